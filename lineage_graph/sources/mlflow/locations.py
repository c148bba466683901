"""What a bare text looks like: a URI, a path, a data file, a database table. Looks decide only what is *possible*."""

from __future__ import annotations

import re

from lineage_graph.naming.looks import IDENTIFIER, ends_like_data

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+://\S")
_ONE_SLASH = ("file:/", "dbfs:/")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
# Schemes that name a model, a run or code, never data.
_NO_DATA = (
    *(
        "models:",
        "runs:",
        "run:",
        "mlflow-artifacts:",
        "mlflow:",
        "git:",
        "ssh:",
        "docker:",
        "endpoints:",
        "ws:",
        "wss:",
    ),
    *("git+https:", "git+ssh:"),
)
_DATABASES = "postgres|postgresql|mysql|mariadb|mssql|oracle|snowflake|bigquery|redshift|hive|delta|iceberg|databricks|sqlite"
_PREFIXED_TABLE = re.compile(rf"(?:{_DATABASES}|table):({IDENTIFIER}(?:\.{IDENTIFIER}){{0,3}})")


def is_uri(text: str) -> bool:
    """Whether a text is a URI that could be of data."""
    if "://" not in text and not text.startswith(_ONE_SLASH):
        return False
    return (
        (text.startswith(_ONE_SLASH) or _URI.match(text) is not None)
        and not text.lower().startswith(_NO_DATA)
        and not any(sign in text for sign in "\n\r\t\"'<>")
        and " " not in text.strip()
    )


def is_absolute(text: str) -> bool:
    """Whether a path begins at a root, a drive or a home."""
    return text.startswith(("/", "\\\\", "~/")) or _DRIVE.match(text) is not None


def is_path(text: str) -> bool:
    """Whether a text can only be meant as a path or URI: it has a slash between words, a root, or a data file's ending."""
    if not text or len(text) > 4096 or "\n" in text:
        return False
    return (
        "://" in text
        or is_absolute(text)
        or ("/" in text and " " not in text)
        or ("\\" in text and " " not in text)
        or (ends_like_data(text) and " " not in text.strip())
    )


def is_prefixed_table(text: str) -> bool:
    """A table with its kind of database before it: `postgres:orders`."""
    return _PREFIXED_TABLE.fullmatch(text) is not None
