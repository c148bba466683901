"""Settings that every test shares."""

import os

from hypothesis import HealthCheck, settings

# `ci` is the default: the same examples in every run, so a red build is red for the one who changed something.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile(
    "nightly", max_examples=2000, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
