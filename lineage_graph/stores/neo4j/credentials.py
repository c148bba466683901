"""Who we are to the server: from the URL, else the environment, else a settings file. The password goes nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping

from lineage_graph.stores.neo4j.address import Address

DEFAULT_USER = "neo4j"


def find_credentials(address: Address, environ: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """User and password, or None for a server that wants none. Each is looked for on its own."""
    environ = os.environ if environ is None else environ
    user = address.user or environ.get("NEO4J_USERNAME")
    password = address.password if address.password is not None else environ.get("NEO4J_PASSWORD")
    if password is None:
        return None if user is None else (user, "")
    return user or DEFAULT_USER, password
