"""Requests to an MLflow tracking server, with the user's own MLflow settings: credentials, workspace, TLS, proxy, retries.

https://mlflow.org/docs/latest/api_reference/python_api/mlflow.environment_variables.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit

from lineage_graph.errors import SourceDenied, SourceUnreadable, UsageError
from lineage_graph.redact import redact_text, redact_uri

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse, PoolManager, Retry

CONNECTIONS = 8
RETRIES = 4
LONGEST_WAIT = 60.0
"""Seconds that a server may make us wait with Retry-After before each further try."""
TRANSIENT = (429, 500, 502, 503, 504)


class Credentials(NamedTuple):
    """Who we are to the server. Never shown."""

    username: str = ""
    password: str = ""
    token: str = ""


class Server:
    """One tracking server. Safe to use from several threads."""

    workers = 4

    def __init__(self, uri: str, timeout: float, environ: Mapping[str, str]) -> None:
        self.shown = redact_uri(uri).rstrip("/")
        parts = urlsplit(uri)
        if not parts.hostname:
            raise UsageError(f"{self.shown} names no server", hint="write http://HOST:PORT")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        place = f"{host}:{parts.port}" if parts.port else host
        self._base = urlunsplit((parts.scheme, place, parts.path.rstrip("/"), "", ""))
        in_uri = Credentials(unquote(parts.username or ""), unquote(parts.password or ""))
        self._headers = _headers(in_uri if parts.username else _read_credentials(environ), environ)
        self.workspace = environ.get("MLFLOW_WORKSPACE", "")
        self._timeout = timeout
        self._pool = _pool(parts.scheme, parts.hostname, timeout, environ)

    def post(self, path: str, body: Mapping[str, object]) -> dict[str, Any] | None:
        """The JSON answer to a search; None where this server has no such path."""
        return self._json("POST", path, json.dumps(body).encode())

    def get(self, path: str, query: Mapping[str, str]) -> dict[str, Any] | None:
        """The JSON answer to a look-up; None where there is no such thing."""
        return self._json("GET", f"{path}?{urlencode(query)}" if query else path, None)

    def content(self, path: str, limit: int) -> bytes | None:
        """A file that the server hands out; None where it has none, denies it, or it is longer than `limit`."""
        response = self._ask("GET", quote(path), None)
        return response.data if response.status == 200 and len(response.data) <= limit else None

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.clear()

    def _json(self, method: str, path: str, body: bytes | None) -> dict[str, Any] | None:
        response = self._ask(method, path, body)
        data = response.data
        if response.status == 404:
            return None
        if response.status != 200:
            raise self._refused(response.status, path, data)
        try:
            answer = json.loads(data)
        except (ValueError, RecursionError):
            raise self._no_json(path, data, response.headers.get("content-type", "")) from None
        if not isinstance(answer, dict):
            raise self._no_json(path, data, "")
        return answer

    def _ask(self, method: str, path: str, body: bytes | None) -> BaseHTTPResponse:
        from urllib3.exceptions import HTTPError

        try:
            return self._pool.request(method, self._base + path, body=body, headers=self._headers)
        except HTTPError as error:
            raise self._silent(path, error) from None

    def _refused(self, status: int, path: str, data: bytes) -> SourceUnreadable | SourceDenied:
        place = self._place(path)
        if status in (401, 403):
            return SourceDenied(
                f"{place} answered {status}: it wants other credentials",
                hint="set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
            )
        if status == 429:
            return SourceUnreadable(f"{place} still answered 429, too many requests", hint="try again later")
        said = _said(data)
        return SourceUnreadable(
            f"{place} answered {status}{': ' + said if said else ''}", hint="see the server's log"
        )

    def _no_json(self, path: str, data: bytes, kind: str) -> SourceUnreadable:
        place = self._place(path)
        if "html" in kind or data.lstrip()[:1] == b"<":
            return SourceUnreadable(
                f"{place} answered a web page, not JSON",
                hint="is this an MLflow server, or a login page before it?",
            )
        if not data:
            return SourceUnreadable(f"{place} answered nothing", hint="is this an MLflow server?")
        return SourceUnreadable(
            f"{place} answered what is no JSON, or half of it ({len(data)} bytes)",
            hint="is this an MLflow server?",
        )

    def _silent(self, path: str, error: Exception) -> SourceUnreadable:
        from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError, SSLError, TimeoutError

        reason = error.reason if isinstance(error, MaxRetryError) and error.reason else error
        place = self._place(path)
        if isinstance(reason, ReadTimeoutError | TimeoutError) and "onnect" not in type(reason).__name__:
            return SourceUnreadable(
                f"{place} did not answer within {self._timeout:g} s",
                hint="wait longer with --timeout SECONDS",
            )
        if isinstance(reason, ProtocolError):
            return SourceUnreadable(
                f"{place} closed the connection before its answer was whole",
                hint="is this an MLflow server? If it is, see its log",
            )
        words = redact_text(" ".join(str(reason).split()))[:200]
        if isinstance(reason, SSLError):
            return SourceUnreadable(
                f"{place}: its certificate is not trusted: {words}",
                hint="set MLFLOW_TRACKING_SERVER_CERT_PATH to the authority's certificate",
            )
        return SourceUnreadable(
            f"{place} cannot be reached: {words}", hint="check the address, and that it runs"
        )

    def _place(self, path: str) -> str:
        return self.shown + path.partition("?")[0]


def _said(data: bytes) -> str:
    """MLflow's own error message, in one line."""
    try:
        content = json.loads(data)
    except ValueError:
        return ""
    message = content.get("message") if isinstance(content, dict) else None
    return redact_text(" ".join(str(message).split()))[:200] if message else ""


def _read_credentials(environ: Mapping[str, str]) -> Credentials:
    """As MLflow finds them: the environment, then `~/.mlflow/credentials`."""
    from configparser import ConfigParser, Error
    from pathlib import Path

    named = {key: environ.get(f"MLFLOW_TRACKING_{key.upper()}", "") for key in Credentials._fields}
    if not (named["token"] or (named["username"] and named["password"])) and environ.get("HOME"):
        file, parser = Path(environ["HOME"]) / ".mlflow" / "credentials", ConfigParser(interpolation=None)
        try:
            parser.read(file)
        except (OSError, Error, UnicodeDecodeError):
            return Credentials(**named)
        for key in ("username", "password"):
            named[key] = named[key] or parser.get("mlflow", f"mlflow_tracking_{key}", fallback="")
    return Credentials(**named)


def _headers(who: Credentials, environ: Mapping[str, str]) -> dict[str, str]:
    from urllib3 import make_headers

    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        **make_headers(accept_encoding="gzip"),
    }
    if who.username:
        headers |= make_headers(basic_auth=f"{who.username}:{who.password}")
    elif who.token:
        headers["Authorization"] = f"Bearer {who.token}"
    if environ.get("MLFLOW_WORKSPACE"):
        headers["X-MLFLOW-WORKSPACE"] = environ["MLFLOW_WORKSPACE"]
    return headers


def _pool(scheme: str, host: str, timeout: float, environ: Mapping[str, str]) -> PoolManager:
    import urllib3

    options: dict[str, Any] = {
        "timeout": urllib3.Timeout(connect=timeout, read=timeout),
        "retries": _retries(),
        "maxsize": CONNECTIONS,
        "block": True,
        **_tls(environ),
    }
    proxy = _proxy(scheme, host, environ)
    if not proxy:
        return urllib3.PoolManager(**options)
    parts = urlsplit(proxy)
    if parts.username:
        who = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        options["proxy_headers"] = urllib3.make_headers(proxy_basic_auth=who)
    return urllib3.ProxyManager(proxy, **options)


def _retries() -> Retry:
    import urllib3

    class Bounded(urllib3.Retry):
        """Waits as the server asks, but not for ever."""

        def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
            asked = super().get_retry_after(response)
            return None if asked is None else min(asked, LONGEST_WAIT)

    # A search changes nothing, so a POST may be sent again. What hangs once is not asked again: it would hang four times as long.
    return Bounded(
        total=RETRIES,
        connect=1,
        read=0,
        status_forcelist=TRANSIENT,
        allowed_methods=None,
        backoff_factor=0.25,
        raise_on_status=False,
    )


def _tls(environ: Mapping[str, str]) -> dict[str, object]:
    """MLflow's TLS variables, then those that requests and OpenSSL read, since MLflow's client heeds them."""
    import os

    options: dict[str, object] = {}
    if environ.get("MLFLOW_TRACKING_INSECURE_TLS", "").lower() in ("true", "1"):
        import urllib3

        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        options["cert_reqs"] = "CERT_NONE"
    variables = ("MLFLOW_TRACKING_SERVER_CERT_PATH", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
    authority = next((environ[name] for name in variables if environ.get(name)), "")
    if authority:
        options["ca_cert_dir" if os.path.isdir(authority) else "ca_certs"] = authority
    if environ.get("MLFLOW_TRACKING_CLIENT_CERT_PATH"):
        options["cert_file"] = environ["MLFLOW_TRACKING_CLIENT_CERT_PATH"]
    return options


def _proxy(scheme: str, host: str, environ: Mapping[str, str]) -> str:
    """The proxy that the environment names for this host, by curl's rules: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY."""
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

    lower = {key.lower(): value for key, value in environ.items() if key.lower().endswith("_proxy")}
    proxies = {key.removesuffix("_proxy"): value for key, value in lower.items() if value}
    if proxy_bypass_environment(host, proxies):
        return ""
    found = proxies.get(scheme) or proxies.get("all") or ""
    return found if not found or "://" in found else f"http://{found}"
