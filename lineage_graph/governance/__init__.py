"""Reports on what was found: what an auditor asks about one version, pointer or deployment, each statement with its record."""
