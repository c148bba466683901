"""Settings that every test shares."""

import os
import signal

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.support.neo4j import neo4j_server

__all__ = ["neo4j_server"]

# `ci` is the default: the same examples in every run, so a red build is red for the one who changed something.
# Before Python 3.12 explaining a failure traces every line of every example: several times the time for a comment.
PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True, phases=PHASES)
settings.register_profile(
    "nightly", max_examples=2000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# What a developer's shell says about stores and servers must not decide a test. Set here, before any test module is
# imported, so that processes started by tests inherit it.
FOREIGN = ("LINEAGE_GRAPH_", "MLFLOW_", "NEO4J_", "OPENLINEAGE_")
KEPT = ("LINEAGE_GRAPH_TEST_", "NEO4J_TEST_")
for variable in list(os.environ):
    if variable.startswith(FOREIGN) and not variable.startswith(KEPT):
        del os.environ[variable]
for variable in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"):
    os.environ.pop(variable, None)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"

# A shell that runs the tests in the background lets them ignore Ctrl-C, and whatever they start would ignore it too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A group that is not kept together would start its servers in each process, and nothing would tell."""
    if getattr(item.config.option, "loadgroup", False) and item.get_closest_marker("xdist_group"):
        # The end of its name is how pytest-xdist tells a test's group from one process to another.
        grouped = "@" in item.nodeid.rpartition("]")[2]
        assert grouped, "this pytest-xdist cannot name groups in this pytest: see pyproject.toml"
