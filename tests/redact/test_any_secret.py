"""What must hold of every password, every parameter and any text."""

import string

from hypothesis import example, given
from hypothesis import strategies as st

from lineage_graph.redact import redact_text, redact_uri, strip_control

NAME = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
HOST = st.builds("{}.example".format, NAME)
PASSWORD = st.text(string.ascii_letters + string.digits + "@/#?:;&=%+.-_!$*()[]{}|~ '", max_size=12).map(
    lambda text: "Q" + text + "Zq9X7w"  # an end that can't be found by chance
)
SCHEME = st.sampled_from(["postgresql", "mysql+pymysql", "mssql+pyodbc", "redis", "MongoDB", "snowflake"])


@given(SCHEME, NAME, PASSWORD, HOST, NAME)
@example("postgresql", "u", "a://Zq9X7w", "h.example", "d")
def test_no_password_remains_in_a_database_uri(scheme, user, password, host, name):
    redacted = redact_uri(f"{scheme}://{user}:{password}@{host}:5432/{name}")
    assert redacted == f"{scheme}://{host}:5432/{name}"


@given(st.sampled_from(["https", "ftp", "s3", "hdfs"]), NAME, PASSWORD, HOST, NAME)
def test_no_end_of_a_password_remains_in_any_uri(scheme, user, password, host, name):
    assert "Zq9X7w" not in redact_uri(f"{scheme}://{user}:{password}@{host}/{name}")


@given(
    st.lists(st.tuples(st.sampled_from(["a", "version", "part", "year"]), NAME), max_size=3),
    st.sampled_from(
        ["password", "X-Amz-Signature", "sig", "access_token", "clientSecret", "sslpassword", "api_key"]
    ),
    NAME.map(lambda text: text + "Zq9X7w"),
    st.integers(0, 3),
)
def test_no_secret_parameter_remains_and_the_others_keep_their_order(parameters, name, secret, position):
    all_of_them = [*parameters[:position], (name, secret), *parameters[position:]]
    uri, expected = (
        "https://h/x" + ("?" if found else "") + "&".join(f"{key}={value}" for key, value in found)
        for found in (all_of_them, parameters)
    )
    assert redact_uri(uri) == expected


@given(st.sampled_from(["s3", "gs", "https", "file", "hdfs", "postgresql"]), HOST, st.lists(NAME, max_size=4))
def test_a_uri_without_secrets_keeps_every_character(scheme, host, path):
    uri = f"{scheme}://{host}/{'/'.join(path)}"
    assert redact_uri(uri) == uri


@given(st.text())
def test_redaction_of_any_text_is_idempotent(text):
    assert redact_text(redact_text(text)) == redact_text(text)
    assert redact_uri(redact_uri(text)) == redact_uri(text)
    assert strip_control(strip_control(text)) == strip_control(text)


PARTS = [
    "://", "@", ":", "/", "?", "#", "&", ";", "=", "password", "token=", "key", '"', "'", "{", "}",
    "\\", " ", "\n", "%40", "https", "postgresql", "abfss", "jdbc:", "sig=", "Bearer ", "--", "sk-",
    "a", "1", "host=", "***", "-u ", "eyJ", ".",
]  # fmt: skip


@given(st.lists(st.sampled_from(PARTS), max_size=30).map("".join))
def test_redaction_of_what_looks_secret_is_idempotent(text):
    assert redact_text(redact_text(text)) == redact_text(text)
    assert redact_uri(redact_uri(text)) == redact_uri(text)
