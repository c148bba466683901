"""No secret survives in a text, whatever stands around it; what is no secret stays as it was."""

import pytest

from lineage_graph.redact import redact_text, redact_uri

SECRET = "hunter2Zq9"
TEXTS = [
    "could not connect to postgresql://ana:hunter2Zq9@db/shop: timeout",
    "sources: s3://a/b,postgresql://u:hunter2Zq9@c/d and more",
    "(https://u:hunter2Zq9@h/x).",
    "url postgresql://u:my hunter2Zq9@h/db",
    '{"uri": "postgresql://u:hunter2Zq9@h/db", "n": 1}',
    '{"password": "hunter2Zq9"}',
    '{"db_password" : "a\\"hunter2Zq9"}',
    "{'api_key': 'hunter2Zq9'}",
    '{"inner": "{\\"password\\": \\"hunter2Zq9\\"}"}',
    "password=hunter2Zq9",
    "PASSWORD = 'x hunter2Zq9'",
    "dbPassword: hunter2Zq9",
    "client_secret=hunter2Zq9&grant=1",
    "password: first hunter2Zq9 third",
    "Server=h;Pwd=my hunter2Zq9;Database=d",
    "Driver=x;Pwd={hunter2Zq9 x};Database=d",
    "export AWS_SECRET_ACCESS_KEY=hunter2Zq9",
    "Authorization: Bearer hunter2Zq9",
    "Authorization: Basic hunter2Zq9==",
    "curl -H 'Authorization: Bearer hunter2Zq9' https://h/x",
    "curl -u ana:hunter2Zq9 https://h/x",
    "got Bearer hunter2Zq9 back",
    "train.py --db-password hunter2Zq9 --lr 0.1",
    "train.py --token=hunter2Zq9 --lr 0.1",
    "CREATE USER ana PASSWORD 'hunter2Zq9'",
    "create user ana identified by 'hunter2Zq9'",
    "connect scott:hunter2Zq9@dbhost:1521/x",
    "https://h/k?sig=hunter2Zq9&sv=1",
    "İİİ password=hunter2Zq9 İ",
    "eos_token=</s> token=hunter2Zq9",
    "key=password=hunter2Zq9",
    "password=\nsecret=hunter2Zq9",
]
SHAPES = [
    "dapi0123456789abcdef0123456789abcdef",
    "ghp_0123456789abcdefghijABCDEFGHIJ",
    "github_pat_11ABCDEFG0123456789_abcdef",
    "hf_abcdefghijklmnopqrstuvwxyzABCDEFGH",
    "AKIAIOSFODNN7EXAMPLE",
    "sk-proj-abc_DEF-0123456789abcd",
    "sk-abcdefghijklmnop0123456789",
    "xoxb-1234567890-abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "AWS secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc+/\n-----END RSA PRIVATE KEY-----",
]
PLAIN_TEXTS = [
    "the author: Ana",
    "tokenizer=bert tokens=512 max_tokens=5 eos_token=</s> num_token=3",
    '{"signature": {"inputs": "[...]"}, "primary_key": "customer_id"}',
    '{"key": "learning_rate", "value": "0.1"}',
    "monkey: 3, compass: north, tasks-1234567890abcdefgh",
    "sk-learn-random-forest-classifier-model",
    "risk-0123456789abcdefghij",
    "mail ana@shop.example or see https://host:8080/x at 12:30",
    "select * from shop.orders where key = 'orders'",
    '{"token": null, "password": true, \'secret\': None}',
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_loses_its_secrets(text):
    redacted = redact_text(text)
    assert SECRET not in redacted
    assert redact_text(redacted) == redacted


@pytest.mark.parametrize("text", SHAPES)
@pytest.mark.parametrize("frame", ["{}", "value {} here", "https://h/{}?x", '"{}"', "x={};"])
def test_a_secret_of_a_known_shape_is_masked_wherever_it_stands(frame, text):
    secret = text.split()[-1] if text.startswith("AWS") else text.splitlines()[len(text.splitlines()) // 2]
    assert secret not in redact_text(frame.format(text))
    if "\n" not in text and "AWS" not in text:
        assert secret not in redact_uri(f"https://h/{text}/x")


@pytest.mark.parametrize("text", PLAIN_TEXTS)
def test_a_text_without_secrets_is_unchanged(text):
    assert redact_text(text) == text


def test_what_surrounds_a_secret_stays():
    assert redact_text("lr=0.1 password=x epochs=3") == "lr=0.1 password=*** epochs=3"
    assert redact_text("see https://u:p@h/x, and y") == "see https://h/x, and y"
    assert redact_text("a: 1\npassword: b c\nd: 2") == "a: 1\npassword: ***\nd: 2"
    assert redact_text("train --token abc --lr 1") == "train --token *** --lr 1"
