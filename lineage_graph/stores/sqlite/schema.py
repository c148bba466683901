"""The tables of the embedded store, and the small integers that stand for words.

A claim's id is its record's id shifted left, plus its place in the record: whatever belongs to a record is one range of ids, and
no index by record is needed. Places from `OBSERVED_FROM` on are intervals of observed edges: they outlive the record's rewriting.
"""

from __future__ import annotations

from collections.abc import Mapping

from lineage_graph.graph import EdgeType, Evidence, Kind, State

APPLICATION_ID = 0x4C475248
"""`LGRH`, in the file's header: how we know our own file."""

VERSION = 2
"""Of the schema, kept as the file's user_version."""

RECORD_SHIFT = 20
OBSERVED_FROM = 1 << (RECORD_SHIFT - 1)
PLACES = 1 << RECORD_SHIFT

# Numbers are on disk: never reuse or renumber one, only append.
KIND_CODES: Mapping[Kind, int] = {
    Kind.SOURCE: 1,
    Kind.DATASET: 2,
    Kind.FEATURE: 3,
    Kind.FEATURE_SET: 4,
    Kind.RUN: 5,
    Kind.EVALUATION: 6,
    Kind.MODEL: 7,
    Kind.MODEL_VERSION: 8,
    Kind.ALIAS: 9,
    Kind.DEPLOYMENT: 10,
    Kind.CONSUMER: 11,
    Kind.EXPERIMENT: 12,
    Kind.REGISTERED_MODEL: 13,
    Kind.JOB: 14,
}
NOT_FLOW_FROM = 64
"""Edge types that are no flow have codes from here on, so that one comparison tells."""
TYPE_CODES: Mapping[EdgeType, int] = {
    EdgeType.HAS_VERSION: 1,
    EdgeType.READ_BY: 2,
    EdgeType.WROTE: 3,
    EdgeType.CONTINUES_AS: 4,
    EdgeType.HAS_COLUMN: 5,
    EdgeType.PART_OF: 6,
    EdgeType.USED_BY: 7,
    EdgeType.PRODUCED: 8,
    EdgeType.REGISTERED_AS: 9,
    EdgeType.COPIED_TO: 10,
    EdgeType.ALIASED_AS: 11,
    EdgeType.SERVED_BY: 12,
    EdgeType.LOADED_BY: 13,
    EdgeType.EVALUATED_IN: 14,
    EdgeType.FEEDS: 15,
    EdgeType.CHILD_OF: NOT_FLOW_FROM,
    EdgeType.IN_EXPERIMENT: NOT_FLOW_FROM + 1,
    EdgeType.INSTANCE_OF: NOT_FLOW_FROM + 2,
    EdgeType.VERSION_OF: NOT_FLOW_FROM + 3,
    EdgeType.SAME_CONTENT: NOT_FLOW_FROM + 4,
    EdgeType.ATTEMPTED: NOT_FLOW_FROM + 5,
}
EVIDENCE_CODES: Mapping[Evidence, int] = {
    Evidence.LOGGED: 0,
    Evidence.DECLARED: 1,
    Evidence.INFERRED: 2,
    Evidence.POSSIBLE: 3,
}
STATE_CODES: Mapping[State, int] = {State.LIVE: 0, State.DELETED: 1, State.FAILED: 2, State.SUPERSEDED: 3}

KINDS: Mapping[int, Kind] = {code: kind for kind, code in KIND_CODES.items()}
TYPES: Mapping[int, EdgeType] = {code: edge_type for edge_type, code in TYPE_CODES.items()}
EVIDENCES: Mapping[int, Evidence] = {code: evidence for evidence, code in EVIDENCE_CODES.items()}
STATES: Mapping[int, State] = {code: state for state, code in STATE_CODES.items()}

ABSENT, PAST, PRESENT = range(3)
"""A node's standing: nothing speaks of it any more; only what was; something that is now."""

# `name` and `text` tables are there for people who open the file: the program has the numbers.
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
CREATE TABLE kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE edge_type (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE evidence (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE state (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);

CREATE TABLE origin (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, type TEXT NOT NULL, uri TEXT NOT NULL, settings TEXT NOT NULL,
    read_at INTEGER, complete INTEGER NOT NULL, whole_at INTEGER, report TEXT NOT NULL);

CREATE TABLE record (
    id INTEGER PRIMARY KEY, origin INTEGER NOT NULL, key TEXT NOT NULL, fingerprint BLOB NOT NULL,
    first_seen INTEGER, last_seen INTEGER, shares TEXT, needed INTEGER, retracted_at INTEGER,
    UNIQUE (origin, key));
CREATE INDEX record_retracted ON record (retracted_at) WHERE retracted_at IS NOT NULL;

CREATE TABLE node (
    id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL, standing INTEGER NOT NULL,
    changed INTEGER NOT NULL);
CREATE INDEX node_kind ON node (kind, standing);
CREATE INDEX node_changed ON node (changed);

CREATE TABLE node_claim (
    id INTEGER PRIMARY KEY, node INTEGER NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL, evidence INTEGER NOT NULL,
    gaps INTEGER, properties TEXT);
CREATE INDEX node_claim_state ON node_claim (node, state);
CREATE INDEX node_claim_name ON node_claim (name);
CREATE INDEX node_claim_gaps ON node_claim (gaps, node) WHERE gaps IS NOT NULL;
CREATE TABLE label (text TEXT NOT NULL, claim INTEGER NOT NULL, PRIMARY KEY (text, claim)) WITHOUT ROWID;
CREATE INDEX label_claim ON label (claim);

CREATE TABLE edge (
    id INTEGER PRIMARY KEY, src INTEGER NOT NULL, dst INTEGER NOT NULL, type INTEGER NOT NULL, evidence INTEGER NOT NULL,
    mark INTEGER NOT NULL, valid_from INTEGER, valid_to INTEGER, rule INTEGER NOT NULL, ref TEXT NOT NULL, properties TEXT);
CREATE INDEX edge_out ON edge (src, type, dst, evidence, mark, valid_from, valid_to);
CREATE INDEX edge_in ON edge (dst, type, src, evidence, mark, valid_from, valid_to);

CREATE TABLE mention (id INTEGER PRIMARY KEY, key TEXT NOT NULL, node INTEGER NOT NULL);
CREATE INDEX mention_key ON mention (key, node);
CREATE INDEX mention_node ON mention (node, key);

CREATE TABLE history (
    record INTEGER NOT NULL, node INTEGER NOT NULL, until INTEGER NOT NULL, tracked TEXT NOT NULL,
    PRIMARY KEY (record, node, until)) WITHOUT ROWID;
"""


def words() -> dict[str, list[tuple[int, str]]]:
    """What the tables of names hold."""
    return {
        "kind": [(code, kind.value) for kind, code in KIND_CODES.items()],
        "edge_type": [(code, edge_type.value) for edge_type, code in TYPE_CODES.items()],
        "evidence": [(code, evidence.value) for evidence, code in EVIDENCE_CODES.items()],
        "state": [(code, state.value) for state, code in STATE_CODES.items()],
    }
