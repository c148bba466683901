"""What is secret by its name, and what by its shape."""

from functools import lru_cache

from lineage_graph.redact.patterns import pattern

MASK = "***"

# Names are compared in lower case without separators: Client-Secret, client_secret, clientSecret.
_SECRET_NAMES = frozenset(
    {
        "auth",
        "authorization",
        "proxyauthorization",
        "basicauth",
        "bearer",
        "cookie",
        "setcookie",
        "jwt",
        "sas",
    }
    | {"pass", "userpass", "dbpass", "jsessionid"}
)
_SECRET_ENDINGS = (
    *(
        "password",
        "passwords",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "token",
        "apikey",
        "accesskey",
        "secretkey",
    ),
    *("privatekey", "accountkey", "sharedkey", "storagekey", "signingkey", "encryptionkey", "masterkey"),
    *("subscriptionkey", "licensekey", "accesskeyid", "credential", "credentials", "sharedaccesssignature"),
)
# `password_hash`, `token_value`, `secret2` are what the word before them is.
_TRAILERS = frozenset({"value", "hash", "text", "string", "base64", "plain"})
# Tokens of a tokenizer, a page or a count, which training code logs by the dozen.
_HARMLESS_TOKENS = frozenset(
    {
        "eos",
        "bos",
        "pad",
        "unk",
        "mask",
        "sep",
        "cls",
        "special",
        "next",
        "page",
        "stop",
        "start",
        "end",
        "begin",
    }
    | {
        "image",
        "video",
        "audio",
        "num",
        "n",
        "max",
        "min",
        "per",
        "first",
        "last",
        "version",
        "decoder",
        "total",
    }
    | {"additional", "prompt", "completion", "cached", "new", "time", "line", "word"}
)
_WORD = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=8192)
def is_secret_name(name: str) -> bool:
    """Whether what is kept under this name (a parameter, a key, a variable) is a secret.

    >>> is_secret_name("AWS_SECRET_ACCESS_KEY"), is_secret_name("sslPassword"), is_secret_name("eos_token")
    (True, True, False)
    """
    words = [word.lower() for word in _WORD.findall(name)]
    while len(words) > 1 and (words[-1] in _TRAILERS or words[-1].isdigit()):
        words.pop()
    if not words or (words[-1] == "token" and len(words) > 1 and words[-2] in _HARMLESS_TOKENS):
        return False
    joined = "".join(words)
    return joined in _SECRET_NAMES or joined.endswith(_SECRET_ENDINGS)


_KEY_SHAPE = pattern(r"(?=[^\d]{0,512}\d)(?=[^A-Za-z]{0,512}[A-Za-z])[\w+=.~-]{16,512}")


def is_secret_key(value: str) -> bool:
    """Whether the value of something called just `key` is a secret: long, of letters and digits, no path."""
    return _KEY_SHAPE.fullmatch(value) is not None


TOKEN_MARKS = (
    *(
        "dapi",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "hf_",
        "AKIA",
        "ASIA",
        "sk-",
        "sk_live_",
    ),
    *("rk_live_", "xox", "AIza", "ya29.", "eyJ", "npm_", "dckr_pat_", "pypi-AgE", "SG.", "PRIVATE KEY"),
)
# Each alternative begins with a letter of its own, which lets the engine skip to it; hence the late looks behind.
_TOKEN = pattern(
    r"dapi(?<![A-Za-z0-9]dapi)[0-9a-f]{12,}(?:-\d+)?|ghp_[A-Za-z0-9]{12,}|gho_[A-Za-z0-9]{12,}|ghu_[A-Za-z0-9]{12,}"
    r"|ghs_[A-Za-z0-9]{12,}|ghr_[A-Za-z0-9]{12,}|github_pat_\w{12,}|glpat-[\w-]{12,}"
    r"|hf_(?<![A-Za-z0-9_]hf_)[A-Za-z0-9]{12,}|AKIA(?<![A-Za-z0-9]AKIA)[A-Z0-9]{12,}|ASIA(?<![A-Za-z0-9]ASIA)[A-Z0-9]{12,}"
    r"|sk-(?<![A-Za-z0-9]sk-)(?:(?:proj|ant|or|svcacct|admin|lf)-[\w-]{12,}|[A-Za-z0-9]{16,})"
    r"|sk_live_\w{12,}|rk_live_\w{12,}|xox[a-z]-[\w-]{10,}|AIza[\w-]{30,}|ya29\.[\w-]{12,}|npm_[A-Za-z0-9]{20,}"
    r"|dckr_pat_[\w-]{12,}|pypi-AgE[\w-]{12,}|SG\.[\w-]{16,}\.[\w-]{16,}"
    r"|eyJ(?<![A-Za-z0-9]eyJ)[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?"
)
_PRIVATE_KEY = pattern(r"(-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----)[^-]*(-----END [A-Z ]{0,30}-----)?")


def has_token_mark(text: str) -> bool:
    """Whether a secret of a known shape may be in the text: cheap, and never wrongly no."""
    return any(mark in text for mark in TOKEN_MARKS)


def mask_tokens(text: str) -> str:
    """The text without secrets that are known by their shape: keys and tokens of well-known services, JWTs."""
    if not has_token_mark(text):
        return text
    text = _TOKEN.sub(MASK, text)
    return _PRIVATE_KEY.sub(rf"\1{MASK}\2", text) if "PRIVATE KEY" in text else text
