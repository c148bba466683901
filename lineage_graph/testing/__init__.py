"""The suite that every store must pass, and its strategies. Needs pytest and hypothesis.

::

    class TestMyStore(StoreSuite):
        def open_store(self, directory):
            return MyStore(directory / "graph")
"""

from lineage_graph.testing.drawing import draw
from lineage_graph.testing.dump import dump
from lineage_graph.testing.stateful import StoreMachine
from lineage_graph.testing.suite import StoreSuite

__all__ = ["StoreMachine", "StoreSuite", "draw", "dump"]
