"""A report as JSON, `lineage-graph/audit/1`: every key always there, times in RFC 3339, no control character in a text."""

from __future__ import annotations

from collections.abc import Mapping

from lineage_graph.governance.report import Audit
from lineage_graph.graph import Origin
from lineage_graph.query.answer import rfc3339
from lineage_graph.query.envelope import map_answer, map_origin, map_value
from lineage_graph.query.labels import label

SCHEMA = "lineage-graph/audit/1"
MOMENTS = frozenset({"created", "updated", "start", "end", "since", "until", "not_before", "observed_since"})
"""Fields of sections that hold epoch milliseconds."""


def map_audit(audit: Audit) -> dict[str, object]:
    """The whole report."""
    whole = map_answer(audit.judged)
    return {
        "schema": SCHEMA,
        "created": rfc3339(audit.created),
        "as_of": rfc3339(audit.upstream.options.as_of),
        "subject": _map_subject(audit),
        "graph": {
            "store": audit.upstream.graph.store,
            "change": audit.upstream.graph.change,
            "origins": [_map_crawl(origin) for origin in audit.upstream.graph.origins],
        },
        "verdict": str(audit.upstream.verdict),
        "gaps": whole["gaps"],
        "possible": whole["possible"],
        "versions": map_section(audit.history.versions),
        "pointers": map_section(audit.history.pointers),
        "origins": map_section(audit.origins),
        "models": map_section(audit.models),
        "runs": map_section(audit.runs),
        "steps": map_section(audit.steps),
        "evaluations": map_section(audit.judgements.evaluations),
        "deployments": map_section(audit.deployments),
        "consumers": map_section(audit.consumers),
        "counts": dict(audit.upstream.counts),
        "lineage": {"nodes": whole["nodes"], "edges": whole["edges"]},
    }


def _map_subject(audit: Audit) -> dict[str, object]:
    node = audit.subject
    return {
        "ref": map_value(audit.ref),
        "id": map_value(node.id),
        "kind": str(node.kind),
        "name": map_value(label(node)),
        "state": str(node.state),
        "owner": map_section(audit.owner),
        "records": map_section(audit.records),
    }


def _map_crawl(origin: Origin) -> dict[str, object]:
    skipped = origin.report.get("skipped")
    return {
        **map_origin(origin),
        "uri": map_value(origin.uri),
        "skipped": map_value(skipped) if isinstance(skipped, (list, tuple)) else [],
    }


def map_section(value: object) -> object:
    """A section's records as JSON; a crawled mapping stays as it is."""
    fields = getattr(value, "_fields", None)
    if isinstance(value, tuple) and fields:
        return {name: _map_field(name, inner) for name, inner in zip(fields, value)}
    if isinstance(value, tuple):
        return [map_section(item) for item in value]
    return map_value(value) if not isinstance(value, Mapping) else map_value(dict(value))


def _map_field(name: str, value: object) -> object:
    return rfc3339(value) if name in MOMENTS and isinstance(value, int) else map_section(value)
