"""What every store must do, as tests to inherit."""

from __future__ import annotations

from lineage_graph.testing.contract_reading import ReadingContract
from lineage_graph.testing.contract_time import TimeContract
from lineage_graph.testing.contract_writing import WritingContract
from lineage_graph.testing.equivalence import EquivalenceContract


class StoreSuite(WritingContract, ReadingContract, TimeContract, EquivalenceContract):
    """Subclass it and say how to open an empty store and how to look inside: pytest runs all that a store must do."""
