"""References: whatever people paste, and the node that it means.

The ways to read a text are tried from the most exact to the loosest; the first that leads anywhere decides. One match is used,
several are refused with the candidates, none is answered with the nearest spellings.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.errors import Ambiguous, NotFound, UsageError
from lineage_graph.graph import EdgeType, Kind, Node
from lineage_graph.query.abbreviations import find_artifact, find_by_beginning, find_by_label
from lineage_graph.query.answer import Root
from lineage_graph.query.labels import text_of
from lineage_graph.query.nearest import nearest_spellings, say_what_helps
from lineage_graph.query.spelling import echo, reference_of
from lineage_graph.redact import strip_control
from lineage_graph.stores.base import Direction, NodeFilter, Store

Kinds = frozenset[Kind]
ANY: Kinds = frozenset()
KIND_WORDS: dict[str, Kinds] = {
    **{kind.lower(): frozenset({kind}) for kind in Kind},
    "version": frozenset({Kind.MODEL_VERSION}),
    "stage": frozenset({Kind.ALIAS}),
    "column": frozenset({Kind.FEATURE}),
    "registered-model": frozenset({Kind.REGISTERED_MODEL}),
    "feature-set": frozenset({Kind.FEATURE_SET}),
}
"""The words before the colon of `kind:text`."""
SHOWN_CANDIDATES = 20
_BY_THE_WAY = frozenset({Kind.EXPERIMENT, Kind.JOB, Kind.FEATURE, Kind.FEATURE_SET})
"""Kinds whose names are those of other things by habit: meant only when nothing else goes by the name, or by `kind:`."""
MEMBERS: dict[Kind, EdgeType] = {
    Kind.REGISTERED_MODEL: EdgeType.VERSION_OF,
    Kind.EXPERIMENT: EdgeType.IN_EXPERIMENT,
    Kind.JOB: EdgeType.INSTANCE_OF,
}


class Resolved(NamedTuple):
    """The nodes that a question is about, and how they were understood."""

    roots: list[Root]
    notes: list[str]


def resolve_reference(store: Store, text: str, *, kinds: Collection[Kind] = ()) -> Node:
    """The one node that a text means. Raises `NotFound`, with the nearest spellings, or `Ambiguous`, with the candidates."""
    # Names in the graph have their control characters as visible escapes.
    wanted = strip_control(text.strip())
    if not wanted:
        raise UsageError("an empty reference", hint="such as churn/3, churn@champion, orders.parquet")
    found = find_referenced(store, wanted, frozenset(kinds))
    if len(found) == 1:
        return found[0]
    if not found:
        word, rest = _split_kind(wanted)
        nearest = nearest_spellings(store, rest, frozenset(kinds))
        narrowed = frozenset(kinds) or KIND_WORDS.get(word, ANY)
        hint = f"did you mean {nearest[0]}?" if nearest else say_what_helps(store, rest, narrowed)
        raise NotFound(f"nothing goes by {echo(wanted)!r}", hint=hint, candidates=nearest)
    candidates = [node.id for node in found]
    raise Ambiguous(
        f"{echo(wanted)!r} means {len(found)} things",
        hint="use one of the candidates, or narrow it: source:, run:, dataset:, model:, version:, …",
        candidates=candidates[:SHOWN_CANDIDATES],
    )


def resolve_roots(store: Store, refs: Sequence[str], direction: Direction | None = None) -> Resolved:
    """The roots of a question. A group has no flow of its own: the question is about its members, and a note says so."""
    resolved = Resolved([], [])
    for ref in refs:
        node = resolve_reference(store, ref)
        shown = echo(ref)
        if node.kind not in MEMBERS or direction is None:
            resolved.roots.append(Root(shown, node.id))
            _note_written_versions(store, node, direction, resolved.notes)
            continue
        members = _members(store, node)
        kind = "registered model" if node.kind is Kind.REGISTERED_MODEL else node.kind.lower()
        what = "versions" if node.kind is Kind.REGISTERED_MODEL else "runs"
        if not members:
            raise NotFound(
                f"{kind} {echo(ref)} has no {what}", hint=f"lineage-graph show {reference_of(node)}"
            )
        resolved.notes.append(f"{node.name} is a {kind}: asked of its {len(members)} {what}")
        resolved.roots.extend(Root(shown, member) for member in members)
    return resolved


def _members(store: Store, group: Node) -> list[str]:
    beside = store.neighbours([group.id], frozenset({MEMBERS[group.kind]}))
    return sorted({edge.src for edge in beside.edges if edge.dst == group.id})


def _note_written_versions(store: Store, node: Node, direction: Direction | None, notes: list[str]) -> None:
    """Nothing flows into a location, only into its versions: what wrote those is a question of its own."""
    if node.kind is not Kind.SOURCE or direction is not Direction.UPSTREAM:
        return
    versions = store.neighbours([node.id], frozenset({EdgeType.HAS_VERSION})).nodes
    data = sorted(id for id, each in versions.items() if each.kind is Kind.DATASET)
    if not data:
        return
    beside = store.neighbours(data, frozenset({EdgeType.WROTE, EdgeType.CONTINUES_AS}))
    written = sorted({edge.dst for edge in beside.edges if edge.dst in data})
    if written:
        asked = " ".join(written[:3]) + (" …" if len(written) > 3 else "")
        notes.append(f"{len(written)} versions of it were written by runs: lineage-graph upstream {asked}")


def find_referenced(store: Store, text: str, kinds: Kinds = ANY) -> list[Node]:
    """Every node that the most exact reading of the text leads to."""
    if naming.is_id(text) and (node := store.get([text]).get(text)):
        return [node]
    word, colon, rest = text.partition(":")
    if colon and rest and word.lower() in KIND_WORDS:
        narrowed = KIND_WORDS[word.lower()]
        if found := _narrowed(store, word.lower(), rest, narrowed & kinds if kinds else narrowed):
            return found
    for found in _readings(store, text, kinds):
        kept = _prefer([node for node in found if not kinds or node.kind in kinds])
        if kept:
            return kept
    return []


def _split_kind(text: str) -> tuple[str, str]:
    """The word before the colon where it is a kind's, else none; and the rest."""
    word, colon, rest = text.partition(":")
    return (word.lower(), rest) if colon and rest and word.lower() in KIND_WORDS else ("", text)


def _narrowed(store: Store, word: str, rest: str, kinds: Kinds) -> list[Node]:
    if word == "column" and "#" in rest:
        return _find_column(store, rest)
    found = find_referenced(store, rest, kinds) if kinds else []
    if not found and word == "model":
        # What people call a model is mostly the registered one; a logged model of that text goes before it.
        return find_referenced(store, rest, frozenset({Kind.REGISTERED_MODEL}))
    return found


def _find_column(store: Store, text: str) -> list[Node]:
    """`SOURCE#COLUMN`; both may hold a "#" of their own."""
    for cut in [place for place, sign in enumerate(text) if sign == "#"][::-1]:
        owners = find_referenced(store, text[:cut], frozenset({Kind.SOURCE, Kind.DATASET}))
        ids = [naming.feature_id(owner.id, text[cut + 1 :]) for owner in owners]
        if ids and (found := store.get(ids)):
            return [found[id] for id in ids if id in found]
    return []


def _find_column_label(store: Store, text: str) -> list[Node]:
    """`amount of orders.csv`, as tables print a column."""
    column, of, source = text.rpartition(" of ")
    return _find_column(store, f"{source}#{column}") if of and column and source else []


def _readings(store: Store, text: str, kinds: Kinds) -> Iterator[list[Node]]:
    """The readings of a text, the most exact first; each is asked of the store only if those before led nowhere."""
    yield _find_native(store, text, kinds)
    yield _find_location(store, text)
    yield store.find(NodeFilter(kinds=kinds, name=text))
    yield _find_version(store, text)
    yield _find_dataset(store, text)
    yield find_by_beginning(store, text, kinds)
    yield find_by_label(store, text, kinds)
    yield _find_column_label(store, text)
    yield _find_last_part(store, text)


def _find_native(store: Store, text: str, kinds: Kinds) -> list[Node]:
    """Ids and URIs of MLflow: run ids, `runs:/`, `m-…`, `models:/`."""
    if text.lower().startswith("models:"):
        model = naming.logged_model_of(text)
        return _get(store, naming.model_id(model)) if model else _find_version(store, text)
    if artifact := naming.artifact_run_path(text):
        return find_artifact(store, *artifact)
    ids = [naming.model_id(text)] if text.startswith("m-") else []
    if Kind.EVALUATION in kinds:
        ids.append(naming.evaluation_id(text))
    return _get(store, naming.run_id(text), *ids)


def _get(store: Store, *ids: str) -> list[Node]:
    return list(store.get(ids).values())


def _find_location(store: Store, text: str) -> list[Node]:
    """A URI or a path in any spelling, on each site that was crawled; a relative path is also one on this machine."""
    ids: dict[str, None] = {}
    spellings = [text] if "://" in text else [text, os.path.abspath(text)]
    for site in _sites(store):
        for spelling in spellings:
            location = naming.name_location(spelling, site=site)
            table = naming.name_table(text, site=site) if "." in text and "/" not in text else None
            for each in (location, table):
                if each is not None and not each.relative:
                    ids[naming.source_id(each)] = None
    return _get(store, *ids)


def _sites(store: Store) -> list[str]:
    sites = {str(origin.settings.get("site") or naming.DEFAULT_SITE) for origin in store.state()[1]}
    return sorted(sites | {naming.DEFAULT_SITE})


def _find_version(store: Store, text: str) -> list[Node]:
    """`churn/3`, `churn@champion`, `churn/Production`, `models:/churn/latest`, with or without `models:/`."""
    uri = text if text.lower().startswith("models:") else f"models:/{text}"
    reference = naming.version_of_uri(uri)
    if reference is None:
        return []
    wanted: dict[str, object] = {"model": reference.name}
    kind = Kind.ALIAS
    if reference.version is not None:
        kind, wanted["version"] = Kind.MODEL_VERSION, reference.version
    elif reference.alias is not None:
        wanted |= {"alias": reference.alias, "pointer": "alias"}
    elif reference.stage is not None:
        wanted |= {"alias": reference.stage.capitalize(), "pointer": "stage"}
    else:
        return _latest(store.find(NodeFilter(kinds=frozenset({Kind.MODEL_VERSION}), properties=wanted)))
    return store.find(NodeFilter(kinds=frozenset({kind}), properties=wanted))


def _latest(versions: Sequence[Node]) -> list[Node]:
    """The highest version in each store."""
    best: dict[str, Node] = {}
    for node in versions:
        place = node.id.rpartition("/")[0]
        if place not in best or _number(node) > _number(best[place]):
            best[place] = node
    return list(best.values())


def _number(node: Node) -> int:
    version = node.properties.get("version")
    return version if isinstance(version, int) else -1


def _find_dataset(store: Store, text: str) -> list[Node]:
    """`name@digest`; a part of the digest is enough where it says which."""
    name, at, digest = text.rpartition("@")
    if not at or not name or not digest:
        return []
    named = store.find(NodeFilter(kinds=frozenset({Kind.DATASET}), name=name))
    exact = [node for node in named if digest in (text_of(node, "digest"), text_of(node, "token"))]
    return exact or [node for node in named if text_of(node, "digest").startswith(digest)]


def _find_last_part(store: Store, text: str) -> list[Node]:
    """`churn-api` for the deployment `shop/churn-api`, `raw/orders.csv` for the file that alone ends so."""
    kinds = frozenset({Kind.SOURCE, Kind.DEPLOYMENT, Kind.CONSUMER})
    ending = f"/{text.removeprefix('./')}"
    found = store.find(NodeFilter(kinds=kinds, name_contains=ending))
    whole = [text_of(node, "uri") if node.kind is Kind.SOURCE else node.name for node in found]
    return [node for node, name in zip(found, whole, strict=True) if name.endswith(ending)]


def _prefer(found: Sequence[Node]) -> list[Node]:
    """Of several things by one name the one that is meant.

    What is named after something else by habit gives way to it; an evaluation to its run; data to its location, which it lies below.
    """
    if len(found) < 2:
        return list(found)
    kept = [node for node in found if node.kind not in _BY_THE_WAY] or list(found)
    runs = {text_of(node, "run_id") for node in kept if node.kind is Kind.RUN}
    uris = {text_of(node, "uri") for node in kept if node.kind is Kind.SOURCE}
    return list(_unless_of(kept, runs, uris))


def _unless_of(nodes: Iterable[Node], runs: set[str], uris: set[str]) -> Iterator[Node]:
    for node in nodes:
        if node.kind is Kind.EVALUATION and text_of(node, "run_id") in runs:
            continue
        if node.kind is Kind.DATASET and text_of(node, "source") in uris:
            continue
        yield node
