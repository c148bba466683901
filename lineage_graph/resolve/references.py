"""References in a declaration: what a text may mean, the most exact reading first, and what follows when it is found. Pure.

A reading is what to look up; the first that leads anywhere decides. One node is used. None or several is a gap, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import Kind, Node
from lineage_graph.naming.looks import begins_id

Kinds = frozenset[Kind]
PRODUCTS: Kinds = frozenset({Kind.MODEL, Kind.MODEL_VERSION, Kind.ALIAS})
"""What can be served or loaded."""
JUDGED: Kinds = frozenset({Kind.MODEL, Kind.MODEL_VERSION})
USED: Kinds = frozenset({Kind.DEPLOYMENT, Kind.SOURCE, Kind.DATASET})
RUNS: Kinds = frozenset({Kind.RUN})
DESCRIBED: Kinds = frozenset(Kind) - {Kind.FEATURE, Kind.FEATURE_SET, Kind.JOB, Kind.EVALUATION}
"""What can have an owner or tags."""

KIND_WORDS: Mapping[str, Kinds] = {
    **{kind.lower(): frozenset({kind}) for kind in Kind},
    "model": frozenset({Kind.MODEL, Kind.REGISTERED_MODEL}),
    "version": frozenset({Kind.MODEL_VERSION}),
    "stage": frozenset({Kind.ALIAS}),
    "registered-model": frozenset({Kind.REGISTERED_MODEL}),
}
"""The words before the colon of `kind:text`."""
_BY_NAME: tuple[Kinds, ...] = (
    frozenset({Kind.REGISTERED_MODEL}),
    frozenset({Kind.DEPLOYMENT, Kind.CONSUMER}),
    frozenset({Kind.SOURCE}),
    frozenset({Kind.DATASET}),
    frozenset({Kind.EXPERIMENT}),
    frozenset({Kind.RUN, Kind.MODEL}),
)
"""Of several kinds with one name the first is meant; the others need `kind:`."""
_STAGES = frozenset({"staging", "production", "archived"})
_HEX = frozenset("0123456789abcdef")
_RUN_ID_LENGTH = 32


class Lookup(NamedTuple):
    """One reading of a text: nodes by their ids, and nodes that are found."""

    kinds: Kinds
    ids: tuple[str, ...] = ()
    name: str | None = None
    id_prefix: str | None = None
    properties: tuple[tuple[str, object], ...] = ()


class Scope(NamedTuple):
    """Where a declaration's names are meant: the stores (one, where it names one), the workspace, the sites of local paths."""

    stores: tuple[str, ...]
    workspace: str
    sites: tuple[str, ...]


def read_reference(text: str, at: str | None, scope: Scope, kinds: Kinds) -> Iterator[Lookup]:
    """What a text may mean among things of these kinds. `at` is the location that it is if it is one."""
    if naming.is_id(text):
        yield Lookup(kinds, (text,))
    word, colon, rest = text.partition(":")
    if colon and rest and word.lower() in KIND_WORDS:
        kinds, text = kinds & KIND_WORDS[word.lower()], rest
        at = at if Kind.SOURCE in kinds else None
    if kinds:
        yield from _read_native(text, scope, kinds)
        yield from _read_version(text, scope, kinds)
        yield from _read_location(at, scope, kinds)
        yield from _read_name(text, scope, kinds)
        yield from _read_prefix(text, kinds)


def _read_native(text: str, scope: Scope, kinds: Kinds) -> Iterator[Lookup]:
    """Ids and URIs of MLflow: `m-…`, `models:/m-…`, run ids, `runs:/ID`, `runs:/ID/PATH`."""
    if text.startswith("m-"):
        yield Lookup(kinds, (naming.model_id(text),))
    if text.lower().startswith("models:") and (model := naming.logged_model_of(text)):
        yield Lookup(kinds, (naming.model_id(model),))
    if artifact := naming.artifact_run_path(text):
        run, path = artifact
        if path:
            yield Lookup(kinds, properties=(("run_id", run), ("path", path)))
        else:
            yield Lookup(kinds, (naming.run_id(run),))
    if len(text) == _RUN_ID_LENGTH and _HEX.issuperset(text):
        yield Lookup(kinds, (naming.run_id(text),))


def _read_version(text: str, scope: Scope, kinds: Kinds) -> Iterator[Lookup]:
    """`churn/3`, `churn@champion`, `churn/Production`, each also after `models:/`."""
    is_uri = text.lower().startswith("models:")
    reference = naming.version_of_uri(text if is_uri else f"models:/{text}")
    if reference is None:
        return
    name, place = reference.name, [(store, scope.workspace) for store in scope.stores]
    if reference.version is not None:
        yield Lookup(kinds, tuple(naming.model_version_id(*each, name, reference.version) for each in place))
    elif reference.alias is not None:
        yield Lookup(kinds, tuple(naming.alias_id(*each, name, reference.alias) for each in place))
    elif reference.stage is not None and (is_uri or reference.stage.lower() in _STAGES):
        yield Lookup(kinds, tuple(naming.stage_id(*each, name, reference.stage) for each in place))


def _read_location(at: str | None, scope: Scope, kinds: Kinds) -> Iterator[Lookup]:
    if at and Kind.SOURCE in kinds:
        locations = [naming.name_location(at, site=site) for site in scope.sites]
        ids = [naming.source_id(each) for each in locations if each is not None]
        yield Lookup(kinds, tuple(dict.fromkeys(ids)))


def _read_name(text: str, scope: Scope, kinds: Kinds) -> Iterator[Lookup]:
    for group in _BY_NAME:
        wanted = group & kinds
        if wanted == {Kind.REGISTERED_MODEL}:
            places = [(store, scope.workspace) for store in scope.stores]
            yield Lookup(wanted, tuple(naming.registered_model_id(*place, text) for place in places))
        if wanted:
            yield Lookup(wanted, name=text)
    place, slash, name = text.rpartition("/")
    if slash and Kind.DEPLOYMENT in kinds:
        platform, _, namespace = place.rpartition("/")
        if platform:
            yield Lookup(kinds, (naming.deployment_id(platform, namespace, name),))


def _read_prefix(text: str, kinds: Kinds) -> Iterator[Lookup]:
    """The beginning of a run's or a logged model's id, as git reads commits; after its name, as tables print both."""
    artifact = naming.artifact_run_path(text)
    name, _, beginning = (text if artifact is None or artifact[1] else artifact[0]).rpartition(" ")
    low = (naming.logged_model_of(beginning) or beginning).lower()
    digits = low.removeprefix("m-")
    if not begins_id(digits):
        return
    kind, identity = (Kind.RUN, naming.run_id) if digits == low else (Kind.MODEL, naming.model_id)
    if kind in kinds:
        yield Lookup(frozenset({kind}), name=name or None, id_prefix=identity(low))


def is_known(node: Node) -> bool:
    """Whether something other than a followed reference speaks of a node: else one reference would bear out the next."""
    return any(not record.startswith("resolve/declared/") for record in node.records)


def why_not(text: str, found: Sequence[Node]) -> str:
    """Why a reference leads nowhere, for the property `unresolved` of who declares it."""
    if not found:
        return f"{text}: nothing goes by that name"
    named = ", ".join(node.id for node in found[:3])
    return f"{text}: {len(found)} things go by that name: {named}{', …' if len(found) > 3 else ''}"
