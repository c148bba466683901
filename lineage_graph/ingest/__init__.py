"""From a source to the store: crawl, then resolve what only several records together say."""

from lineage_graph.ingest.crawl import IngestReport, crawl
from lineage_graph.ingest.resolving import resolve_changes

__all__ = ["IngestReport", "crawl", "resolve_changes"]
