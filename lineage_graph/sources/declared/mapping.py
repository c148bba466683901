"""What one entry of a declaration claims. Pure.

A reference to what other sources bring is not followed here, since those may come later: it is kept in the property
`declaration` of the entry's own node, which the key `declared:reference` concerns, and followed whenever the graph changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim, Record, Role
from lineage_graph.naming import Location
from lineage_graph.naming.looks import is_table_name
from lineage_graph.redact import is_secret_name, redact_text, redact_uri, redact_value, strip_control
from lineage_graph.sources.declared.validation import Entry

REFERENCE = "declared:reference"
"""The key that concerns every node whose declaration names others."""
WRITTEN = "written"
"""The key that concerns every source that something is known to write."""
TIMELESS = "declared"
"""The token of data that a derivation reads: whatever lies there."""
RULE = "declared-derivation"


class Place(NamedTuple):
    """Which file of which origin an entry stands in, and what its words mean there."""

    name: str
    """The origin's given name."""
    file: str
    """Relative to what was ingested."""
    folder: str
    """The absolute folder that relative paths start from."""
    store: str | None = None
    workspace: str = "default"
    site: str = naming.DEFAULT_SITE


def map_entry(entry: Entry, place: Place) -> Record:
    """The record of one entry, under the key `FILE#SECTION/…`."""
    if entry.section == "derivations":
        nodes, edges, mentions = _map_derivation(entry, place)
    else:
        node = _map_carrier(entry, place)
        nodes, edges, mentions = [node], [], [Mention(REFERENCE, node.id)]
    content = repr((nodes, edges, mentions)).encode("utf-8", "backslashreplace")
    key = f"{place.file}#{_clean(entry.key)}"
    digest = blake2b(content, digest_size=12).digest()
    return Record(key, digest, tuple(nodes), tuple(edges), tuple(mentions))


def _map_carrier(entry: Entry, place: Place) -> NodeClaim:
    fields = entry.fields
    said = _declaration(entry, place)
    if entry.section == "deployments":
        platform, namespace, name = (_clean(fields.get(part)) for part in ("platform", "namespace", "name"))
        properties = {
            "platform": platform,
            "namespace": namespace,
            "names": [name],
            "owner": _clean(fields.get("owner")) or None,
            "declaration": said,
        }
        shown = f"{namespace}/{name}" if namespace else name
        node = naming.deployment_id(platform, namespace, name)
        return NodeClaim(node, Kind.DEPLOYMENT, shown, properties, evidence=Evidence.DECLARED)
    if entry.section == "consumers":
        name = _clean(fields["name"])
        properties = {"owner": _clean(fields.get("owner")) or None, "declaration": said}
        return NodeClaim(
            naming.consumer_id(name), Kind.CONSUMER, name, properties, evidence=Evidence.DECLARED
        )
    node = naming.job_id(f"declared:{place.name}", f"{place.file}#{_clean(entry.key)}")
    name = f"{place.file}:{entry.line}"
    return NodeClaim(node, Kind.JOB, name, {"declaration": said}, evidence=Evidence.DECLARED)


def _declaration(entry: Entry, place: Place) -> dict[str, object]:
    """The entry with its file and line, free of secrets, its references as texts and as the places that they may be."""
    said: dict[str, object] = {
        "section": entry.section,
        "file": place.file,
        "line": entry.line,
        "store": _clean(place.store) or None,
        "workspace": _clean(place.workspace),
    }
    for name, value in entry.fields.items():
        match entry.section, name:
            case (_, "of" | "model") | ("evaluations" | "loads", "run"):
                said[name] = _reference(str(value), place)
            case _, "serves" | "uses":
                assert isinstance(value, list)  # noqa: S101 - `check_texts` gives a list
                said[name] = [_reference(text, place) for text in value]
            case _, "tags":
                said[name] = _clean_pairs(value)
            case _, "folder":
                location = naming.name_location(str(value), site=place.site, root=place.folder)
                said[name] = location.uri if location else ""
            case _, "name" | "platform" | "namespace":
                pass  # the node's own properties
            case _:
                said[name] = _clean(value) if isinstance(value, str) else redact_value(value)
    return said


def _reference(text: str, place: Place) -> dict[str, object]:
    """`text`, and `at`: the location that it is if it is one."""
    word, colon, rest = text.partition(":")
    where = rest if colon and word.lower() in ("source", "dataset") else text
    location = locate(where, place)
    return {"text": _clean(redact_uri(text)), "at": location.uri if location else None}


def locate(text: str, place: Place) -> Location | None:
    """The location that a text of the file names: a relative path starts from the file's folder."""
    if is_table_name(text):
        return naming.name_table(text, site=place.site)
    return naming.name_location(text, site=place.site, root=place.folder)


def _map_derivation(entry: Entry, place: Place) -> tuple[list[NodeClaim], list[EdgeClaim], list[Mention]]:
    """Source HAS_VERSION Dataset READ_BY Run WROTE Dataset, for an execution that nobody recorded."""
    native = f"declared/{place.name}/{place.file}#{_clean(entry.key)}"
    run, ref = naming.run_id(native), f"{place.file}:{entry.line}"
    job = _clean(entry.fields.get("by"))
    nodes = [_run_node(run, native, entry, place, job)]
    edges = [_instance_of(run, job, place, ref)] if job else []
    output = locate(str(entry.fields["output"]), place)
    written = naming.source_id(output) if output else ""
    sources = entry.fields["from"]
    assert isinstance(sources, list)  # noqa: S101 - `check_texts` gives a list
    read = [location for text in sources if (location := locate(str(text), place))]
    for location in read:
        # Who reads what it writes reads what was there before: a version of its own, so that no cycle is made.
        own = naming.source_id(location) == written
        dataset = _data(nodes, edges, location, f"{native}:before" if own else TIMELESS, ref)
        role = {"role": Role.UNSPECIFIED.value, "context": None}
        edges.append(EdgeClaim(dataset, run, EdgeType.READ_BY, Evidence.DECLARED, RULE, ref, properties=role))
    mentions = []
    if output:
        dataset = _data(nodes, edges, output, native, ref)
        edges.append(EdgeClaim(run, dataset, EdgeType.WROTE, Evidence.DECLARED, RULE, ref))
        mentions.append(Mention(WRITTEN, written))
        _map_columns(nodes, edges, _clean_map(entry.fields.get("columns")), read, output, ref)
    unique = {node.id: node for node in nodes}
    return list(unique.values()), _distinct(edges), mentions


def _instance_of(run: str, job: str, place: Place, ref: str) -> EdgeClaim:
    group = naming.job_id(f"declared:{place.name}", job)
    return EdgeClaim(run, group, EdgeType.INSTANCE_OF, Evidence.DECLARED, RULE, ref)


def _distinct(edges: list[EdgeClaim]) -> list[EdgeClaim]:
    return list({(edge.src, edge.dst, edge.type): edge for edge in edges}.values())


def _run_node(run: str, native: str, entry: Entry, place: Place, job: str) -> NodeClaim:
    properties: dict[str, object] = {
        "run_id": native,
        "status": "DECLARED",
        "experiment": None,
        "source_name": job or None,
        "declaration": {"section": entry.section, "file": place.file, "line": entry.line},
    }
    if columns := entry.fields.get("columns"):
        properties["column_map"] = _clean_map(columns)
    name = job or f"{place.file}:{entry.line}"
    return NodeClaim(run, Kind.RUN, name, properties, evidence=Evidence.DECLARED)


def _data(nodes: list[NodeClaim], edges: list[EdgeClaim], location: Location, token: str, ref: str) -> str:
    """A version of the data at a location; its id."""
    source = naming.source_id(location)
    dataset = naming.dataset_id(source, token)
    name = location.uri.rstrip("/").rpartition("/")[2] or location.uri
    properties: dict[str, object] = {
        "name": name,
        "names": [name],
        "digest": "",
        "digest_strength": "none",
        "source": location.uri,
        "token": token,
    }
    nodes += [
        NodeClaim(source, Kind.SOURCE, location.uri, {"uri": location.uri}, evidence=Evidence.DECLARED),
        NodeClaim(dataset, Kind.DATASET, name, properties, evidence=Evidence.DECLARED),
    ]
    edges.append(EdgeClaim(source, dataset, EdgeType.HAS_VERSION, Evidence.DECLARED, RULE, ref))
    return dataset


def _map_columns(
    nodes: list[NodeClaim],
    edges: list[EdgeClaim],
    column_map: Mapping[str, list[str]],
    read: list[Location],
    output: Location,
    ref: str,
) -> None:
    """The columns that a map names, at their sources.

    No edge leads from column to column: what became of an input column is in its property `becomes`, and since no walk goes there,
    its use is unknown, which is a gap and not "unused".
    """
    becomes: dict[tuple[str, str], list[str]] = {}
    places = {location.uri: location for location in [*read, output]}
    for out, inputs in sorted(column_map.items()):
        becomes.setdefault((output.uri, out), [])
        for text in inputs:
            if (found := _column_of(text, read)) is not None:
                becomes.setdefault((found[0].uri, found[1]), []).append(f"{output.uri}#{out}")
    for (uri, column), targets in becomes.items():
        source = naming.source_id(places[uri])
        feature = naming.feature_id(source, column)
        properties: dict[str, object] = {"column": column, "source": uri}
        if targets:
            properties["becomes"] = targets
        gaps = ("use-unknown",) if targets else ()
        nodes.append(NodeClaim(feature, Kind.FEATURE, column, properties, gaps, evidence=Evidence.DECLARED))
        edges.append(EdgeClaim(source, feature, EdgeType.HAS_COLUMN, Evidence.DECLARED, RULE, ref))


def _column_of(text: str, read: list[Location]) -> tuple[Location, str] | None:
    """`age` of the only source, or `patients.csv#age` of one of several; None where it is not said which."""
    if len(read) == 1:
        return read[0], text
    name, sharp, column = text.rpartition("#")
    named = [location for location in read if sharp and f"/{location.uri}".endswith(f"/{name}")]
    return (named[0], column) if len(named) == 1 and column else None


def _clean_map(columns: object) -> dict[str, list[str]]:
    pairs = columns if isinstance(columns, Mapping) else {}
    return {_clean(out): [_clean(text) for text in inputs] for out, inputs in pairs.items()}


def _clean(value: object) -> str:
    return strip_control(redact_text(str(value))) if value is not None else ""


def _clean_pairs(value: object) -> dict[str, object]:
    pairs = value if isinstance(value, Mapping) else {}
    return {_clean(key): "***" if is_secret_name(str(key)) else _clean(text) for key, text in pairs.items()}
