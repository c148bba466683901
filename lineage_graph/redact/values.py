"""JSON-like data, strings in it redacted and secret keys emptied."""

from collections.abc import Mapping

from lineage_graph.redact.names import MASK, is_secret_key, is_secret_name
from lineage_graph.redact.texts import redact_text


def redact_value(value: object) -> object:
    """The same data, each string in it redacted, and `***` under every name that is secret.

    >>> redact_value({"lr": 0.1, "api_key": "s3cr3t", "tags": [{"key": "db.password", "value": "x"}]})
    {'lr': 0.1, 'api_key': '***', 'tags': [{'key': 'db.password', 'value': '***'}]}
    """
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        named = value.get("key", value.get("name"))  # MLflow's pairs: {"key": "api_token", "value": "…"}
        is_pair = isinstance(named, str) and is_secret_name(named)
        return {_text(key): _item(key, item, is_pair and key == "value") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redact_value(item) for item in value]
    return value


def _text(key: object) -> object:
    return redact_text(key) if isinstance(key, str) else key


def _item(key: object, item: object, hidden: bool) -> object:
    if item is None or isinstance(item, bool):
        return item
    if hidden or (isinstance(key, str) and is_secret_name(key)):
        return MASK
    return MASK if key == "key" and isinstance(item, str) and is_secret_key(item) else redact_value(item)
