"""Nested values keep their form and lose what their names call a secret."""

import json

import pytest

from lineage_graph.redact import is_secret_name, redact_text, redact_value


@pytest.mark.parametrize(
    "value",
    [{"password": "x", "n": [1, {"api_key": 5, "ok": None}]}, {"a": {"token": "t" * 8}, "b": "password=q"}],
)
def test_redacted_json_is_still_json(value):
    redacted = json.loads(redact_text(json.dumps(value)))
    assert redacted == redact_value(value)


def test_a_nested_value_keeps_its_form():
    value = {
        "lr": 0.1,
        "Password": 12345,
        "flag": {"use_token": True, "token": None},
        "list": ["postgresql://u:p@h/d", 3, ("https://u@h/x",)],
        "tags": [{"key": "db.password", "value": "x"}, {"key": "note", "value": "ok"}],
        "key": "orders",
        "https://u:p@h/x": 1,
    }
    assert redact_value(value) == {
        "lr": 0.1,
        "Password": "***",
        "flag": {"use_token": True, "token": None},
        "list": ["postgresql://h/d", 3, ["https://h/x"]],
        "tags": [{"key": "db.password", "value": "***"}, {"key": "note", "value": "ok"}],
        "key": "orders",
        "https://h/x": 1,
    }


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        *(
            (name, True)
            for name in ("password", "DB_PASSWORD", "sslPassword", "x-api-key", "clientSecret", "secret2")
        ),
        *(
            (name, True)
            for name in ("AWS_SECRET_ACCESS_KEY", "hf_token", "Authorization", "password_hash", "PGPASSWORD")
        ),
        *(
            (name, False)
            for name in ("", "key", "user", "author", "tokens", "eos_token", "tokenizer", "signature", "7")
        ),
    ],
)
def test_names_of_secrets(name, secret):
    assert is_secret_name(name) is secret
