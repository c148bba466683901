"""A dataset that a run read, as claims that any number of runs share: its source, the version, and the columns.

A version's token is its digest; without one the table version or revision. Without a location (code, a query, a form that
nobody knows) it is known by name and digest within the reading run's experiment, and that is a gap, not an origin: code
was recorded instead of data, or something that can't be read.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim, Record
from lineage_graph.naming import Location
from lineage_graph.naming.rows import experiment_in
from lineage_graph.sources.mlflow.digests import Columns, Coverage, read_columns, read_coverage
from lineage_graph.sources.mlflow.origins import Origin, read_origin
from lineage_graph.sources.mlflow.payload import DatasetInput, RunPayload
from lineage_graph.sources.mlflow.remembered import remember
from lineage_graph.sources.mlflow.scope import Scope
from lineage_graph.sources.mlflow.texts import clean

UNVERSIONED = "unversioned"
_CACHED_TEXT = 65_536


class Place(NamedTuple):
    """Whose words a dataset's source is in: the store, the machine, the reading run's experiment and its directory."""

    store: str
    site: str
    experiment: str
    experiment_id: str
    root: str | None


class Input(NamedTuple):
    """One dataset as the graph has it. `source` is the Source's id, None without a location."""

    dataset: str
    source: str | None
    name: str
    digest: str
    recorded: tuple[str, str]
    """Name and digest as metrics and tags refer to them."""
    coverage: Coverage
    shared: tuple[Record, ...]


_ANYWHERE = Place("", "", "", "", None)
"""Of data whose location is known, it makes no difference which experiment's run reads it."""
_TWO_PLACES = (Place("a", "", "a", "a", "/a"), Place("b", "", "b", "b", None))
_Given = tuple[str, str, str, str, str | None, str | None]


def place_of(scope: Scope, run: RunPayload) -> Place:
    """Where a run of its experiment reads from."""
    named = _experiment(run.workspace, run.experiment_name, run.experiment_id)
    return Place(scope.store, scope.site, named, run.experiment_id, scope.roots.get(named))


@lru_cache(maxsize=4096)
def _experiment(workspace: str, name: str, experiment_id: str) -> str:
    # An experiment whose record is lost has no name.
    return experiment_in(clean(workspace), clean(name) or experiment_id)


def map_input(given: DatasetInput, place: Place) -> Input:
    """The dataset of one input; the same one is mapped once for many runs, of whatever experiments if it has a location."""
    if len(given[3]) + len(given[4] or "") > _CACHED_TEXT:
        recorded = Recorded(*given[:6])
        return _map_input(recorded, _locate(recorded.source_type, recorded.source, place), place)
    return _map_from_anywhere(given[:6], place.site) or _map_at(Recorded(*given[:6]), place)


def _locate(source_type: str, source: str, place: Place) -> Location | None:
    origin = read_origin(source_type, source)
    return name_place(origin.location, place, is_table=origin.is_table)


@remember
def _map_from_anywhere(given: _Given, site: str) -> Input | None:
    """The dataset if it is the same whichever experiment's run reads it; None where that decides its location."""
    location = _locate_anywhere(given[2], given[3], site)
    return _map_input(Recorded(*given), location, _ANYWHERE) if location is not None else None


@remember
def _locate_anywhere(source_type: str, source: str, site: str) -> Location | None:
    here, there = (_locate(source_type, source, place._replace(site=site)) for place in _TWO_PLACES)
    return here if here == there else None


def _map_at(recorded: Recorded, place: Place) -> Input:
    location = _locate(recorded.source_type, recorded.source, place)
    return _map_cached(recorded, location, _ANYWHERE if location else place)


class Recorded(NamedTuple):
    """What makes a dataset: an input without its tags."""

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None
    profile: str | None


def name_place(text: str, place: Place, *, is_table: bool = False) -> Location | None:
    """The location that a recorded text names; a relative path is one within the store and experiment, or below a root."""
    if not text:
        return None
    scope = f"{place.store}/{place.experiment}"
    if is_table:
        return naming.name_table(text, site=place.site, scope=scope, root=place.root)
    return naming.name_location(text, site=place.site, scope=scope, root=place.root)


def claim_source(location: Location, evidence: Evidence = Evidence.LOGGED) -> NodeClaim:
    """The Source at a location, with its gap where the directory of a relative path was not recorded."""
    properties: dict[str, object] = {"uri": location.uri}
    if location.relative:
        properties |= {"recorded": location.name, "scope": location.scope}
    elif location.scope:
        properties["site"] = location.scope
    gaps = ("relative-path",) if location.relative else ()
    name = location.name if location.relative else location.uri
    return NodeClaim(naming.source_id(location), Kind.SOURCE, name, properties, gaps, evidence=evidence)


def _map_input(recorded: Recorded, location: Location | None, place: Place) -> Input:
    name, digest = clean(recorded.name) or "dataset", clean(recorded.digest)
    source_type, schema = recorded.source_type, recorded.schema
    origin, columns = read_origin(source_type, recorded.source), read_columns(schema)
    coverage = read_coverage(digest, source_type, recorded.profile)
    properties = _properties(name, digest, origin, coverage, columns)
    properties["source_type"] = clean(source_type)
    properties["source"] = location.uri if location else None
    source_id = naming.source_id(location) if location else None
    if source_id is not None:
        dataset = naming.dataset_id(source_id, digest or origin.version or UNVERSIONED)
        gaps: tuple[str, ...] = ()
    else:
        dataset = naming.dataset_id_without_location(place.store, place.experiment_id, name, digest)
        properties["experiment"] = place.experiment
        gaps = ("source-unreadable",) if "recorded" in origin.details else ("code-only-source",)
    nodes = [NodeClaim(dataset, Kind.DATASET, name, properties, gaps)]
    edges = []
    if location and source_id is not None:
        ref = f"datasets/{name}@{digest}"
        nodes.append(claim_source(location))
        edges.append(
            EdgeClaim(source_id, dataset, EdgeType.HAS_VERSION, Evidence.LOGGED, "dataset-source", ref)
        )
    said = [*(item for item in properties.items() if item[0] != "columns"), columns and columns.digest]
    mentions = _content(dataset, digest, columns, coverage)
    shared = [_shared("datasets", repr((dataset, said)), nodes, edges, mentions)]
    if columns and columns.items:
        owner, called = (source_id, location.uri) if location and source_id else (dataset, dataset)
        keep = len(schema or "") <= _CACHED_TEXT
        shared.append((_map_cached_columns if keep else _map_columns)(owner, called, schema))
    return Input(dataset, source_id, name, digest, recorded[:2], coverage, tuple(shared))


_map_cached = remember(_map_input)


def _properties(
    name: str, digest: str, origin: Origin, coverage: Coverage, columns: Columns | None
) -> dict[str, object]:
    without_digest = "version" if origin.version else "none"
    properties: dict[str, object] = {
        **origin.details,
        "name": name,
        "names": [name],
        "digest": digest,
        "digest_strength": coverage.strength if digest else without_digest,
        "digest_rows": coverage.digest_rows,
        "rows": coverage.rows,
        "token": digest or origin.version or None,
    }
    if columns:
        properties["columns"] = columns.said
    return properties


def _content(dataset: str, digest: str, columns: Columns | None, coverage: Coverage) -> Iterable[Mention]:
    """The content's key, where the digest is of the data and of more than one row of it: less is no evidence."""
    rows, covered = coverage.rows or 0, coverage.digest_rows or 0
    if digest and coverage.strength.startswith("first-") and rows > 1 and covered > 1:
        yield Mention(f"content:{digest}/{columns.digest if columns else ''}/{rows}", dataset)


def _map_columns(owner: str, source: str, schema: str | None) -> Record:
    """The columns of a source (of a dataset without one), once for all versions with the same schema."""
    nodes = []
    edges = []
    columns = read_columns(schema) or Columns((), "", [])
    for column, kind in columns.items:
        feature = naming.feature_id(owner, column)
        nodes.append(
            NodeClaim(feature, Kind.FEATURE, column, {"column": column, "source": source, "type": kind})
        )
        edges.append(EdgeClaim(owner, feature, EdgeType.HAS_COLUMN, Evidence.LOGGED, "schema"))
    return _shared("schemas", repr((owner, source, columns.digest)), nodes, edges)


_map_cached_columns = remember(_map_columns)


def _shared(
    folder: str,
    content: str,
    nodes: Iterable[NodeClaim],
    edges: Iterable[EdgeClaim],
    mentions: Iterable[Mention] = (),
) -> Record:
    """A record whose key is made from its content, given as a text that says all of it."""
    digest = blake2b(content.encode("utf-8", "backslashreplace"), digest_size=12)
    return Record(
        f"{folder}/{digest.hexdigest()}", digest.digest(), tuple(nodes), tuple(edges), tuple(mentions)
    )
