"""Relative paths made absolute: a record's claims, as they are below the directories that its experiments' paths start from. Pure.

A source keeps its path as recorded and what that belongs to, so that a root can be changed or taken back without reading the
store again: rebasing goes from any roots to any others, and gives what mapping would have given.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import Kind, NodeClaim, Record
from lineage_graph.naming import Location
from lineage_graph.naming.spelling import escape_file

_MARK = "~"
"""Between the key of a shared record and what tells its rebased forms apart."""
_CUT = "…"
_RELATIVE = "source:relative:"
GAP = "relative-path"


class Roots(NamedTuple):
    """The directories of one store's experiments, and the site that local ones are on."""

    store: str
    site: str
    folders: Mapping[str, str]
    """Experiment -> absolute directory."""


class _Move(NamedTuple):
    """From one place of a source to another."""

    old: str
    new: str
    old_uri: str
    new_uri: str
    claim: NodeClaim


def rebase(record: Record, roots: Roots) -> Record:
    """The record with every relative source of the store where the roots say; the very record where nothing moves."""
    moves = {claim.id: move for claim in _sources(record) if (move := _move(claim, roots)) is not None}
    if not moves:
        return record
    rebased = _rewrite(record, moves)
    shared = tuple(_rebase_shared(each, moves) for each in record.shared)
    return rebased._replace(shared=shared)


def _sources(record: Record) -> list[NodeClaim]:
    claims = list(record.nodes)
    for shared in record.shared:
        claims += shared.nodes
    # Columns are in a record of their own, which names the source in its edges only: any claim of it tells of its move.
    return [claim for claim in claims if claim.kind is Kind.SOURCE and "recorded" in claim.properties]


def name_rooted(recorded: str, scope: str, roots: Roots) -> Location | None:
    """Where a path of `STORE/EXPERIMENT` lies: below its root, or still relative."""
    folder = roots.folders.get(scope.removeprefix(f"{roots.store}/"))
    uri = "file:" + escape_file(recorded)
    return naming.name_location(uri, site=roots.site, scope=scope, root=folder)


def claim_rooted(location: Location, recorded: str, scope: str) -> NodeClaim:
    """The source at such a place, with what it was recorded as."""
    properties: dict[str, object] = {"uri": location.uri}
    if location.scope and not location.relative:
        properties["site"] = location.scope
    properties |= {"recorded": recorded, "scope": scope}
    name = location.name if location.relative else location.uri
    gaps = (GAP,) if location.relative else ()
    return NodeClaim(naming.source_id(location), Kind.SOURCE, name, properties, gaps)


def _move(claim: NodeClaim, roots: Roots) -> _Move | None:
    recorded, scope = str(claim.properties["recorded"]), str(claim.properties.get("scope") or "")
    if not scope.startswith(f"{roots.store}/"):
        return None
    location = name_rooted(recorded, scope, roots)
    if location is None:
        return None
    rooted = claim_rooted(location, recorded, scope)
    other_gaps = tuple(gap for gap in claim.gaps if gap != GAP)
    new = rooted._replace(gaps=(*other_gaps, *rooted.gaps), state=claim.state, evidence=claim.evidence)
    if new.id == claim.id:
        return None
    return _Move(claim.id, new.id, str(claim.properties.get("uri")), location.uri, new)


def _rewrite(record: Record, moves: Mapping[str, _Move]) -> Record:
    nodes = tuple(_rewrite_node(claim, moves) for claim in record.nodes)
    edges = tuple(
        edge._replace(src=_rename(edge.src, moves), dst=_rename(edge.dst, moves)) for edge in record.edges
    )
    mentions = tuple(mention._replace(node=_rename(mention.node, moves)) for mention in record.mentions)
    return record._replace(nodes=nodes, edges=edges, mentions=mentions)


def _rewrite_node(claim: NodeClaim, moves: Mapping[str, _Move]) -> NodeClaim:
    if claim.kind is Kind.SOURCE:
        move = moves.get(claim.id)
        if move is None:
            return claim
        return move.claim._replace(state=claim.state, evidence=claim.evidence)
    move = moves.get(_source_of(claim.id))
    if move is None:
        return claim
    properties = dict(claim.properties)
    if properties.get("source") == move.old_uri:
        properties["source"] = move.new_uri
    return claim._replace(id=_rename(claim.id, moves), properties=properties)


def _rebase_shared(record: Record, moves: Mapping[str, _Move]) -> Record:
    """A shared record's key stands for its content: a rebased form has one of its own, and the first form its first."""
    base, mark, _ = record.key.partition(_MARK)
    # What no root has touched yet has only relative paths to move: an absolute one in it was recorded so.
    own = moves if mark else {old: move for old, move in moves.items() if old.startswith(_RELATIVE)}
    rewritten = _rewrite(record, own)
    if rewritten == record:
        return record
    places = sorted({move.new for move in moves.values() if _names(rewritten, move.new)})
    relative = all(place.startswith(_RELATIVE) for place in places)
    if relative:
        return rewritten._replace(key=base)
    digest = blake2b("\0".join(places).encode("utf-8", "backslashreplace"), digest_size=8).hexdigest()
    return rewritten._replace(key=f"{base}{_MARK}{digest}")


def _names(record: Record, source: str) -> bool:
    ids = [claim.id for claim in record.nodes]
    ids += [end for edge in record.edges for end in (edge.src, edge.dst)]
    return any(source in (each, _source_of(each)) for each in ids)


def _source_of(node: str) -> str:
    """The source whose id another's is built on: of a dataset, a column, a set of columns; empty for what has none."""
    kind, _, rest = node.partition(":")
    if _CUT in node:  # too long to be taken apart: it keeps its id, which nobody reads
        return ""
    if kind == "dataset":
        return "source:" + rest.rpartition("@")[0]
    if kind in ("feature", "featureset"):
        parent = rest.rpartition("#")[0]
        return _source_of(parent) if parent.startswith("dataset:") else parent
    return ""


def _rename(node: str, moves: Mapping[str, _Move]) -> str:
    if node in moves:
        return moves[node].new
    move = moves.get(_source_of(node))
    if move is None:
        return node
    kind, _, rest = node.partition(":")
    if kind == "dataset":
        return f"dataset:{move.new.removeprefix('source:')}@{rest.rpartition('@')[2]}"
    parent, _, column = rest.rpartition("#")
    return f"{kind}:{_rename(parent, moves)}#{column}"
