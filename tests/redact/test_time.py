"""A text that somebody else wrote costs time in proportion to its length."""

import time

import pytest

from lineage_graph.redact import redact_text, redact_uri


def test_a_megabyte_takes_little_time():
    line = "2026-11-20 12:00:00 INFO epoch 5 loss=0.123 wrote s3://shop/part-{}.parquet?versionId=1 for ana@shop.example\n"
    text = "".join(line.format(number) for number in range(9000)) + "postgresql://u:hunter2Zq9@h/d"
    start = time.process_time()
    redacted = redact_text(text)
    assert time.process_time() - start < 1.5  # 0.2 s on an idle machine
    assert redacted == text.replace("u:hunter2Zq9@", "")


HARD = [
    "a", "a ", "://", "a://", "@", "a://b:c/", "password=", '"password": "x", ', "eos_token=", "={",
    "-", "x='", "sk-", "https://h/x?a=1&b=2 ", "\\", "secret ", "Bearer ", "eyJ", "u:p@", "--x",
    "\n", "key: ", "%40", "a;b=", "?a#", "İ", "-----BEGIN ", "postgresql://u:",
    '"key": "a", "value": "b", ', "token", '{"x": "', "a.b-c_d", "gh",
]  # fmt: skip


@pytest.mark.parametrize("part", HARD)
@pytest.mark.parametrize("ending", ["", "@h/x password=y ://"], ids=["", "then-secret"])
def test_no_text_takes_quadratic_time(part, ending):
    text = part * (200_000 // len(part)) + ending
    for redact in (redact_text, redact_uri):
        start = time.process_time()
        redact(text)
        assert time.process_time() - start < 4  # a quadratic pass takes a minute
