"""The words of names, and which of them say what data is for. MLflow has no vocabulary for it; neither have people."""

from __future__ import annotations

import re
from functools import lru_cache

from lineage_graph.graph import Role

_ROLE_WORDS = {
    Role.TRAINING: ("train", "training", "fit", "tune", "tuning"),
    Role.EVALUATION: ("eval", "evaluation", "val", "valid", "validation", "test", "testing", "holdout"),
    Role.INFERENCE: ("predict", "prediction", "inference", "score", "scoring"),
}
_ROLE_OF_WORD = {word: role for role, words in _ROLE_WORDS.items() for word in words}
_WORD = re.compile(r"[^\W\d_]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z]+")


@lru_cache(maxsize=4096)
def words_of(text: str) -> frozenset[str]:
    """The words of a name in lower case, plurals as such and folded: split at all but letters, and at camel case.

    >>> sorted(words_of("valSet_2-TESTS"))
    ['set', 'test', 'tests', 'val']
    """
    words = {part.lower() for run in _WORD.findall(text) for part in _CAMEL.findall(run)}
    return frozenset(words | {word[:-1] for word in words if len(word) > 2 and word.endswith("s")})


@lru_cache(maxsize=4096)
def roles_in(text: str) -> tuple[Role, ...]:
    """The roles that words of the text name: training before evaluation before inference.

    >>> [str(role) for role in roles_in("train+val+test")]
    ['training', 'evaluation']
    """
    named = {_ROLE_OF_WORD[word] for word in words_of(text) if word in _ROLE_OF_WORD}
    return tuple(role for role in _ROLE_WORDS if role in named)
