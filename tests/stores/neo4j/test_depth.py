"""What a depth cuts off, on Neo4j as on the embedded stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lineage_graph.query.answer import Answer, Options
from lineage_graph.query.paths import path
from lineage_graph.stores.base import Store
from tests.query.shop import draw_shop
from tests.query.test_depth import CASES, PATHS
from tests.support.neo4j import Server, connected, on_neo4j, wipe

pytestmark = on_neo4j


@pytest.fixture(scope="module")
def shop(neo4j_server: Server) -> Iterator[Store]:
    with connected(neo4j_server) as connection:
        wipe(connection)
    store = draw_shop(url=neo4j_server.full_url)
    yield store
    store.close()


@pytest.mark.parametrize(("ask", "ref", "options", "left_out"), CASES.values(), ids=CASES)
def test_what_the_depth_cut_is_said(
    ask: Callable[..., Answer], ref: str, options: dict[str, Any], left_out: tuple[object, ...], shop: Store
) -> None:
    assert tuple(ask(shop, ref, Options(**options)).truncated) == left_out


@pytest.mark.parametrize(("a", "b", "options", "ways", "verdict", "why"), PATHS.values(), ids=PATHS)
def test_a_path_that_is_longer_than_asked_is_no_gap(
    a: str, b: str, options: dict[str, Any], ways: int, verdict: str, why: str | None, shop: Store
) -> None:
    answer = path(shop, a, b, Options(**options))
    assert (len(answer.paths), answer.verdict, answer.truncated.why) == (ways, verdict, why)
