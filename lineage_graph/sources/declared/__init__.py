"""What no system records and a person knows, from `lineage.yaml`."""
