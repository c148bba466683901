"""Where a statement comes from: the source's own record, or the line of the file that declares it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lineage_graph import naming
from lineage_graph.graph import Evidence, Node, NodeClaim
from lineage_graph.stores.base import Store

DECLARED = "declared:"
DERIVED = "resolve/"


class Owner(NamedTuple):
    """Who is said to own something, and by what record."""

    who: str
    evidence: Evidence
    records: tuple[str, ...]


class Citations:
    """Records as a reader can look them up. What `resolve` derived from a declaration is cited as that declaration."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lines: dict[str, str | None] = {}

    def of(self, refs: Iterable[str]) -> tuple[str, ...]:
        """The records behind these, each once."""
        return tuple(dict.fromkeys(self._cite(ref) for ref in refs))

    def of_node(self, node: Node) -> tuple[str, ...]:
        """The records that describe a node. Who only says something more of it is no source of what it is."""
        describing = [ref for ref in node.records if not ref.startswith(DERIVED)]
        self._note_line(node)
        return self.of(describing or node.records)

    def owners(self, nodes: Iterable[Node]) -> dict[str, Owner]:
        """Node id -> who owns it, for those of whom it is known."""
        owned: dict[str, str] = {}
        for node in nodes:
            if node.properties.get("owner"):
                owned[node.id] = str(node.properties["owner"])
                self._note_line(node)
        saying: dict[str, list[str]] = {id: [] for id in owned}
        evidence: dict[str, Evidence] = {}
        for claimed in self._store.claims(sorted(owned)) if owned else ():
            claim = claimed.claim
            if isinstance(claim, NodeClaim) and claim.properties.get("owner") == owned.get(claim.id):
                saying[claim.id].append(claimed.ref)
                # The owner of a registered model owns its versions: that is declared too, one step away.
                said = (
                    Evidence.DECLARED
                    if claimed.ref.startswith(f"{DERIVED}{DECLARED[:-1]}")
                    else claim.evidence
                )
                evidence.setdefault(claim.id, said)
        return {
            id: Owner(who, evidence.get(id, Evidence.LOGGED), self.of(sorted(saying[id])))
            for id, who in owned.items()
        }

    def _note_line(self, node: Node) -> None:
        own = _line_of(node)
        if own is not None:
            self._lines[own[0]] = own[1]

    def _cite(self, ref: str) -> str:
        if ref.startswith(DERIVED + DECLARED):
            return ref.removeprefix(DERIVED)
        if ref not in self._lines:
            self._lines[ref] = self._find_line(ref)
        return self._lines[ref] or ref

    def _find_line(self, ref: str) -> str | None:
        carriers = self._store.get(_carriers(ref))
        for node in carriers.values():
            line = _line_of(node)
            if line is not None and (line[0] == ref or ref.startswith(DERIVED)):
                return line[1]
        return None


def _carriers(ref: str) -> Sequence[str]:
    """The nodes that may hold the file and line of a record."""
    if ref.startswith(f"{DERIVED}declared/"):
        return [ref.removeprefix(f"{DERIVED}declared/")]
    origin, slash, key = ref.partition("/")
    if not slash or not origin.startswith(DECLARED):
        return []
    name = origin.removeprefix(DECLARED)
    return [naming.run_id(f"declared/{name}/{key}"), naming.job_id(origin, key)]


def _line_of(node: Node) -> tuple[str, str] | None:
    """A declaring node's own record, and its file and line."""
    said = node.properties.get("declaration")
    if not isinstance(said, Mapping) or "line" not in said:
        return None
    start = f"{said.get('file')}#{said.get('section')}/"
    for ref in node.records:
        origin, _, key = ref.partition("/")
        if origin.startswith(DECLARED) and key.startswith(start):
            return ref, f"{origin}/{said.get('file')}:{said['line']}"
    return None
