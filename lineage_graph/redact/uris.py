"""One URI, JDBC URL, ODBC string or keyword DSN, without its user info and its secret parameters."""

import re

from lineage_graph.redact.names import is_secret_key, is_secret_name
from lineage_graph.redact.patterns import pattern

# Signing parameters are secret in a URI only: elsewhere `signature` is a model's signature.
_SIGNING = frozenset(
    {
        "sig",
        "signature",
        "expires",
        "googleaccessid",
        "keypairid",
        "policy",
        "awsaccesskeyid",
        "securitytoken",
    }
)
# A shared access signature of Azure: harmless words alone, a credential as a set.
# https://learn.microsoft.com/rest/api/storageservices/create-service-sas
_AZURE_SAS = frozenset(
    {
        "sv",
        "ss",
        "srt",
        "sp",
        "se",
        "st",
        "spr",
        "sig",
        "sr",
        "si",
        "skoid",
        "sktid",
        "skt",
        "ske",
        "sks",
        "skv",
        "sip",
    }
    | {"sdd", "saoid", "suoid", "scid", "ses", "rscc", "rscd", "rsce", "rscl", "rsct"}
)
_USER_NAMES = frozenset({"user", "username", "uid", "userid"})
_DATABASES = frozenset(
    {
        "postgres",
        "postgresql",
        "mysql",
        "mariadb",
        "mssql",
        "sqlserver",
        "oracle",
        "redshift",
        "snowflake",
        "db2",
    }
    | {
        "cockroachdb",
        "clickhouse",
        "trino",
        "presto",
        "hive",
        "hive2",
        "impala",
        "teradata",
        "vertica",
        "mongodb",
    }
    | {"redis", "rediss", "amqp", "amqps", "cassandra", "databricks", "bolt", "neo4j", "exasol"}
)
_CONTAINERS = frozenset({"abfs", "abfss", "wasb", "wasbs"})

PORT_OR_END = r"\d{0,5}(?:[/?#;,\s\"'<>)\]]|\Z)"
_SCHEME = pattern(r"[A-Za-z0-9+._\-]*\Z")
# `user:pa/ss@host`: what follows the colon is no port, so a password with a slash in it has begun.
# SQLAlchemy (engine/url.py) and others read such a password up to the first "@".
_PASSWORD_BEGINS = pattern(rf"[^/?#@:\[\]]*:(?!{PORT_OR_END})")
_AUTHORITY = pattern(r"[^/?#;]*")
_AT_HOST = pattern(r"@(?=[\w\[\-.{$%(])")
_HOST_AND_PATH = pattern(r"[\w.\-]+(?::\d+)?/")
_NESTED_USER = pattern(rf"://(?:[^\s/?#]*|[^\s/?#@:]*:(?!{PORT_OR_END})(?:(?!://)[^\s@])*)@")
_ORACLE = pattern(r"(?i)^(jdbc:oracle:\w+:)[^@]*@")
_BARE_USER = pattern(
    r"(?<![\w/.:@-])(?!mailto:|consumer:)(?://)?[\w.\-]{1,64}:[^\s@/:\"'<>,;]{1,128}@"
    r"(?!sha\d+:)(?=[\w.\-]{1,253}(?::\d{2,5}(?!\d)|/))"
)
_PIECES = pattern(r"([?&;#]?)((?:[^?&;#=]+|=\{[^{}]*\}|=)*)")
_ESCAPED = pattern(r"(?:%[0-9A-Fa-f]{2})+")
_RESERVED = pattern(r"[\x00-,/:-@\[-^`{-\x7f]")
_KEYWORD = pattern(r"(?:^|(?<=\s))([A-Za-z_]\w*)\s*=\s*(?:'(?:[^'\\]|\\.)*'?|[^\s']+)\s*")


def unescape(text: str) -> str:
    """Percent-encoding undone; bytes that are no UTF-8 become lone surrogates, as Python spells file names."""

    def decode(match: re.Match[str]) -> str:
        return bytes.fromhex(match[0].replace("%", "")).decode("utf-8", "surrogateescape")

    return _ESCAPED.sub(decode, text) if "%" in text else text


def clean_uri(text: str) -> str:
    """One pass over a URI; what it leaves may need another."""
    if "@" in text:
        text = _without_user_info(text)
        if "://" not in text:
            text = without_bare_user(text)
    if "=" in text:
        if "://" not in text and ";" not in text:
            text = _without_keywords(text)
        text = _without_parameters(text)
    return text


def without_bare_user(text: str) -> str:
    """The text without `user:password@` before a host, where no scheme announces it."""
    return _BARE_USER.sub("", text)


def _scheme_before(text: str, colon: int) -> str:
    match = _SCHEME.search(text[max(0, colon - 32) : colon])
    return match[0].lower().partition("+")[0] if match else ""


def _without_user_info(text: str) -> str:
    """The URI without what stands between "://" and its host, then any URI nested in it likewise."""
    colon = text.find("://")
    if colon < 0:
        return _ORACLE.sub(r"\1@", text)
    scheme, head, rest = _scheme_before(text, colon), text[: colon + 3], text[colon + 3 :]
    at = _user_info_end(scheme, rest)
    if at >= 0 and scheme in _CONTAINERS:
        head += _container(rest)
    rest = rest[at + 1 :]
    if "://" in rest and "@" in rest:
        rest = _NESTED_USER.sub(_nested_user, rest)
    return _ORACLE.sub(r"\1@", head + rest)


def _container(rest: str) -> str:
    """https://hadoop.apache.org/docs/stable/hadoop-azure/abfs.html: in container@account there is no user."""
    return re.split("[:@]", rest, maxsplit=1)[0] + "@"


def _nested_user(match: re.Match[str]) -> str:
    if _scheme_before(match.string, match.start()) in _CONTAINERS:
        return "://" + _container(match[0][3:])
    return "://"


def _user_info_end(scheme: str, rest: str) -> int:
    """Where in `rest`, what follows "://", the "@" is that ends the user info; -1 without any."""
    authority = _AUTHORITY.match(rest)
    head = authority[0] if authority else ""
    at = head.rfind("@")
    if at < 0:
        at = _odd_password_end(scheme, head, rest)
    elif scheme not in _CONTAINERS and ":" in head[:at]:
        at = _last_at(scheme, rest, at, head[at + 1 :])
    if at >= 0 and not _AT_HOST.match(rest, at):
        later = _AT_HOST.search(rest, at + 1)
        at = later.start() if later else rest.rfind("@")
    return at


def _last_at(scheme: str, rest: str, at: int, host: str) -> int:
    """The "@" that ends `user:password`, whose password may have an "@" of its own, and "/" or "?" after it."""
    query, last = _query(rest), rest.rfind("@")
    # No path of a database has an "@"; and what has no dot and no port is hardly a host, but the password's rest.
    doubtful = scheme in _DATABASES or not (host == "localhost" or any(sign in host for sign in ".:["))
    if (
        last > query
        and (
            "=" not in rest[query:last]  # u:p@s?word@host: a query has a name and a value
            or (doubtful and "/" not in rest[at:query] and _HOST_AND_PATH.match(rest, last + 1))
        )
    ):
        return last
    return rest.rfind("@", 0, query) if doubtful else at  # u:p@ss/word@host


def _query(rest: str) -> int:
    query = rest.find("?")
    return query if query >= 0 else len(rest)


def _odd_password_end(scheme: str, head: str, rest: str) -> int:
    """The "@" of a password that has "/", "?", "#" or ";" in it, which the authority therefore doesn't reach."""
    if _PASSWORD_BEGINS.match(rest):
        first = rest.find("@")
        tail = _AUTHORITY.match(rest, first + 1)
        return max(first, rest.rfind("@", 0, tail.end())) if tail and first >= 0 else first
    last = rest.rfind("@", 0, _query(rest))
    if scheme in _DATABASES and ":" in head and _HOST_AND_PATH.match(rest, last + 1):
        return last  # scott:1234/x@host/db, but not host:5432/table@version
    return -1


def _is_secret_parameter(name: str, value: str, signed: bool, database: bool) -> bool:
    name = unescape(name).strip()
    plain = re.sub(r"[\W_]", "", name).lower()
    return (
        plain in _SIGNING
        or plain.startswith(("xamz", "xgoog"))
        or (signed and plain in _AZURE_SAS)
        or (database and plain in _USER_NAMES)
        or (plain == "key" and is_secret_key(value))
        or is_secret_name(name)
    )


def _harmless(piece: str) -> str:
    """A parameter that stays; a URI or ODBC string percent-encoded into its value may have secrets of its own."""
    if "%3" not in piece:
        return piece
    name, equals, value = piece.partition("=")
    plain = unescape(value)
    cleaned = clean_uri(plain)
    if cleaned == plain:
        return piece
    return name + equals + _RESERVED.sub(lambda match: f"%{ord(match[0]):02X}", cleaned)


def _is_database(text: str) -> bool:
    colon = text.find("://")
    return colon < 0 or text[:5].lower() == "jdbc:" or _scheme_before(text, colon) in _DATABASES


# Cheap, and never wrongly no: most parameters are a version or a page.
_PARAMETER_MARKS = (
    *(
        "sig",
        "pass",
        "pwd",
        "secret",
        "token",
        "key",
        "cred",
        "auth",
        "amz",
        "goog",
        "expires",
        "policy",
        "cookie",
    ),
    *("jwt", "sas", "bearer", "session", "user", "uid", "%"),
)


def _without_parameters(text: str) -> str:
    """The URI, JDBC URL or ODBC string without its secret parameters; the others keep their order."""
    low = text.lower()
    if not any(mark in low for mark in _PARAMETER_MARKS):
        return text
    pieces = [(match[1], match[2]) for match in _PIECES.finditer(text) if match[0]]
    signed = any(piece.lstrip().lower().startswith("sig=") for _, piece in pieces)
    database = _is_database(text)
    kept: list[str] = []
    dropped, owed = False, ""
    for separator, piece in pieces:
        name, equals, value = piece.partition("=")
        is_location = not separator and ("/" in name or "://" in piece)
        secret = equals and not is_location and _is_secret_parameter(name, value, signed, database)
        # An "&" or "#" that nobody escaped: a piece without a name, after a secret, is the secret's rest.
        if secret or (dropped and piece and not equals):
            dropped = True
            owed = owed or (separator if separator in "?#" else "")
            continue
        if owed and separator not in "?#":
            separator = owed
        dropped, owed = False, ""
        kept.append(separator + (piece if is_location else _harmless(piece)))
    result = "".join(kept)
    return result[1:] if result[:1] == ";" and text[:1] != ";" else result


def _without_keywords(text: str) -> str:
    """A keyword DSN, `host=… password='…'`, without user and secrets.

    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
    """

    def keep(match: re.Match[str]) -> str:
        return "" if is_secret_name(match[1]) or match[1].lower() in _USER_NAMES else match[0]

    result = _KEYWORD.sub(keep, text)
    return result.rstrip() if result != text else text
