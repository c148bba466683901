"""Credentials and signing parameters leave here, before anything else sees a URI or a text.

In a URI they are *removed*, so that one location has one spelling whoever read it; in a text they become
``***``. A doubtful case is removed: a leak can't be taken back. Every function is idempotent and takes linear
time: each regular expression begins where no other match of it can begin on the same text, or has a bound.
"""

from lineage_graph.redact.control import strip_control
from lineage_graph.redact.names import is_secret_name
from lineage_graph.redact.texts import is_harmless, redact_text, redact_uri
from lineage_graph.redact.values import redact_value

__all__ = ["is_harmless", "is_secret_name", "redact_text", "redact_uri", "redact_value", "strip_control"]
