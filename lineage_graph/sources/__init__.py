"""The systems that lineage is read from, one folder each."""
