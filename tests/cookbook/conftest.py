"""The story in each engine, and the consoles that are asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lineage_graph import Lineage
from lineage_graph.graph import Kind, NodeClaim, Origin, Record
from lineage_graph.stores.cypher import CypherConsole
from lineage_graph.stores.mirror.console import MirrorConsole
from lineage_graph.stores.neo4j.console import Neo4jConsole
from tests import truth
from tests.cookbook.drawn import draw_graph
from tests.cookbook.ladder import climb
from tests.cookbook.story import SITE, tell
from tests.support.neo4j import connected, on_neo4j, wipe

ENGINES = ["mirror", pytest.param("neo4j", marks=on_neo4j)]
NEO4J_IF_SLOW = ["mirror", pytest.param("neo4j", marks=[*on_neo4j, pytest.mark.slow])]
"""What the story and the ladder show on Neo4j in any case, further graphs show with `--slow`."""


@pytest.fixture(scope="package")
def story(tmp_path_factory) -> Iterator[Lineage]:
    folder = tmp_path_factory.mktemp("story")
    with Lineage.open(str(folder / "graph.db")) as lineage:
        yield tell(lineage, folder)


@pytest.fixture(scope="package")
def everything(tmp_path_factory) -> Iterator[Lineage]:
    """All the small real stores in one graph."""
    with Lineage.open(str(tmp_path_factory.mktemp("everything") / "graph.db")) as lineage:
        for store in truth.store_names():
            uri = str(truth.STORES / store / truth.read_truth(store)["uri"])
            lineage.ingest("mlflow", uri, name=store, site=SITE)
        yield lineage


@pytest.fixture(scope="package")
def ladder(tmp_path_factory) -> Iterator[Lineage]:
    with Lineage.open(str(tmp_path_factory.mktemp("ladder") / "graph.db")) as lineage:
        yield climb(lineage)


@pytest.fixture(scope="package")
def bare() -> Iterator[Lineage]:
    """A graph that has next to nothing: whatever a recipe looks at is absent."""
    with Lineage.open("memory:") as lineage:
        with lineage.store.writing(Origin("mlflow:bare", "mlflow")) as writing:
            writing.fresh([("runs/a", b"1")])
            writing.write([Record("runs/a", b"1", (NodeClaim("run:a", Kind.RUN, "a", {"run_id": "a"}),))])
            writing.finish(retract=True)
        yield lineage


@pytest.fixture(scope="module", params=ENGINES)
def told(request, story) -> Iterator[CypherConsole]:
    """A console on the story."""
    yield from _console(request, story)


@pytest.fixture(scope="module", params=NEO4J_IF_SLOW)
def crawled(request, everything) -> Iterator[CypherConsole]:
    """A console on all the small real stores."""
    yield from _console(request, everything)


@pytest.fixture(scope="package", params=[2, 5])
def drawn(request) -> Iterator[Lineage]:
    """A graph drawn at random."""
    with Lineage.open("memory:") as lineage:
        yield draw_graph(lineage, request.param)


@pytest.fixture(scope="module", params=NEO4J_IF_SLOW)
def asked_of_drawn(request, drawn) -> Iterator[CypherConsole]:
    """A console on a graph drawn at random."""
    yield from _console(request, drawn)


@pytest.fixture(scope="module", params=NEO4J_IF_SLOW)
def begun(request, bare) -> Iterator[CypherConsole]:
    """A console on a graph of one run."""
    yield from _console(request, bare)


@pytest.fixture(scope="module", params=ENGINES)
def climbed(request, ladder) -> Iterator[CypherConsole]:
    """A console on a graph with hundreds of millions of ways through it."""
    yield from _console(request, ladder)


def _console(request, lineage) -> Iterator[CypherConsole]:
    if request.param == "mirror":
        console = MirrorConsole(lineage.store)
        yield console
        console.close()
        return
    with connected(request.getfixturevalue("neo4j_server")) as connection:
        wipe(connection)
        lineage.copy_to(request.getfixturevalue("neo4j_server").full_url)
        # Plans made for the graph before: Neo4j keeps them for ten seconds at least.
        connection.read("CALL db.clearQueryCaches()")
        yield Neo4jConsole(connection)
