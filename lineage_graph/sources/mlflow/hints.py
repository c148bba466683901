"""What a run's parameters and tags hint at and do not say: data by a parameter's name, other runs, models.

Listed as *possible* and followed only when asked, unless a declaration says that the parameter is the location.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim
from lineage_graph.naming.looks import ends_like_data, is_dotted_table
from lineage_graph.naming.words import words_of
from lineage_graph.sources.mlflow.inputs import Input, Place, claim_source, name_place
from lineage_graph.sources.mlflow.locations import is_prefixed_table, is_uri
from lineage_graph.sources.mlflow.payload import RunPayload
from lineage_graph.sources.mlflow.texts import clean, clean_uri, clean_value

_DATA_WORDS = frozenset({"data", "dataset", "input", "train", "file", "path", "table", "source"})
# What a run writes is none of its data.
_WRITTEN = frozenset(
    {
        "output",
        "out",
        "save",
        "saved",
        "dest",
        "destination",
        "export",
        "log",
        "checkpoint",
        "report",
        "result",
    }
)
# `config_file` and `model_path` are what it is set up with; `config.dataset` and `model_input_path` are data all the same.
_SET_UP = {
    "config": frozenset({"file", "path", "source"}),
    "cfg": frozenset({"file", "path", "source"}),
    "model": frozenset({"file", "path", "source", "train"}),
    "artifact": frozenset({"file", "path", "source", "train"}),
}
_RUN_ID_LENGTH = 32
_HEX = frozenset("0123456789abcdef")
_LONGEST_LOCATION = 4096


class Hint(NamedTuple):
    """A place that a text may name: the Source, the data as this run may have read it, and how they hang together."""

    nodes: tuple[NodeClaim, ...]
    edges: tuple[EdgeClaim, ...]


def hint_data(run: RunPayload, place: Place) -> Iterator[Hint]:
    """`param-names-data`: values of parameters and tags that look like a location, under a name that has a data word."""
    for kind, texts in (("params", run.params), ("tags", run.tags)):
        for key in _data_keys(tuple(texts)):
            value = texts[key]
            if ("/" in value or "." in value or ":" in value) and _is_place(key, value):
                ref = f"runs/{run.run_id}/{kind}/{clean(key)}"
                yield from hint_location(
                    value, f"{clean(key)}={clean_value(key, value)}", "param-names-data", ref, run, place
                )


def hint_location(
    text: str, recorded: str, rule: str, ref: str, run: RunPayload, place: Place
) -> Iterator[Hint]:
    """Source HAS_VERSION Dataset READ_BY Run, all possible; the version is the one that this run read."""
    location = name_place(text.strip(), place, is_table=is_dotted_table(text) and not ends_like_data(text))
    if location is None:
        return
    source = claim_source(location, Evidence.POSSIBLE)
    dataset = naming.dataset_id(source.id, f"run:{run.run_id}")
    name = source.name.rstrip("/").rpartition("/")[2] or source.name
    properties = {
        "name": name,
        "names": [name],
        "digest": "",
        "source": location.uri,
        "digest_strength": "none",
    }
    node = NodeClaim(dataset, Kind.DATASET, name, properties, evidence=Evidence.POSSIBLE)
    said = {"text": recorded}
    version = possible(source.id, dataset, EdgeType.HAS_VERSION, rule, ref, said)
    read = possible(dataset, naming.run_id(run.run_id), EdgeType.READ_BY, rule, ref, said)
    yield Hint((source, node), (version, read._replace(valid_from=run.start)))


def hint_context(context: str, given: Input, run: RunPayload, place: Place) -> Iterator[Hint]:
    """`context-path`: a context that is a path may be where the input came from, if that is not known otherwise."""
    ref = f"inputs/{run.run_id}/{given.name}@{given.digest}"
    recorded = clean(context)
    if given.source is not None:
        yield from hint_location(context, recorded, "context-path", ref, run, place)
        return
    location = name_place(context, place)
    if location is not None:
        source = claim_source(location, Evidence.POSSIBLE)
        said = {"text": recorded}
        edge = possible(source.id, given.dataset, EdgeType.HAS_VERSION, "context-path", ref, said)
        yield Hint((source,), (edge,))


def possible(
    src: str, dst: str, kind: EdgeType, rule: str, ref: str, properties: Mapping[str, object]
) -> EdgeClaim:
    """An edge that is hinted at; its properties hold the recorded text."""
    return EdgeClaim(src, dst, kind, Evidence.POSSIBLE, rule, ref, properties=properties)


def mention_others(run: RunPayload, node: str) -> Iterator[Mention]:
    """`run-reference` and `model-uri`: values that are another run's id, or a model's URI."""
    for texts in (run.params, run.tags):
        for key, value in texts.items() if _may_refer(texts.values()) else ():
            if len(value) == _RUN_ID_LENGTH:
                if _HEX.issuperset(value) and value != run.run_id and not key.startswith("mlflow."):
                    yield Mention(f"run:{value}", node)
            elif value.startswith(("models:/", "runs:/")) and not key.startswith("mlflow."):
                yield from _mention_uri(value, run.run_id, node)


def _may_refer(values: Collection[str]) -> bool:
    """Whether one of them can name another: a look at all at once, as nearly always none does."""
    return _RUN_ID_LENGTH in map(len, values) or ":/" in " ".join(values)


def _mention_uri(uri: str, own: str, node: str) -> Iterator[Mention]:
    if uri.startswith("models:/"):
        yield Mention(f"model-uri:{clean_uri(uri)}", node)
        return
    run_id = uri[len("runs:/") :].partition("/")[0]
    if len(run_id) == _RUN_ID_LENGTH and _HEX.issuperset(run_id) and run_id != own:
        yield Mention(f"run:{run_id}", node)


@lru_cache(maxsize=1024)
def _data_keys(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Those that name data that is read."""
    own = (key for key in keys if not key.startswith("mlflow."))
    return tuple(key for key in own if _names_data(words_of(key)))


def _names_data(words: frozenset[str]) -> bool:
    said = words & _DATA_WORDS
    is_set_up = any(said <= _SET_UP[word] for word in words & _SET_UP.keys())
    return bool(said) and words.isdisjoint(_WRITTEN) and not is_set_up


def _is_place(key: str, value: str) -> bool:
    if len(value) > _LONGEST_LOCATION or "\n" in value:
        return False
    if is_uri(value) or is_prefixed_table(value):
        return True
    if ends_like_data(value):
        return not any(sign in value for sign in "{}[],;=\"'<>|*?")
    return "table" in words_of(key) and is_dotted_table(value)
