"""The small graph in a file, without circles and with, and a cache of its own."""

from collections.abc import Iterator

import pytest

from lineage_graph.stores.mirror.console import MirrorConsole
from tests.stores.mirror.graphs import records, write


@pytest.fixture(scope="package", autouse=True)
def cache(tmp_path_factory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="package", params=[False, True], ids=["straight", "circles"])
def graph(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("graph") / "graph.db"
    store = write(path, records(cyclic=request.param))
    yield store
    store.close()


@pytest.fixture(scope="package")
def mirror(graph) -> MirrorConsole:
    return MirrorConsole(graph, graph.path)
