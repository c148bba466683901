"""Questions drawn by chance: patterns with conditions in WHERE, and in the WHERE of one or two WITH after them; and their rows in plain Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, NamedTuple

from lineage_graph.stores.base import Store
from lineage_graph.stores.mirror.shapes import ShownEdge, gone_records, read_shown

Row = Mapping[str, Any]
Truth = bool | None


class Graph(NamedTuple):
    """What the store has, as it is shown."""

    nodes: dict[str, dict[str, Any]]
    edges: list[ShownEdge]

    @classmethod
    def of(cls, store: Store) -> Graph:
        shown = list(read_shown(store, store.changes(-1).nodes, gone_records(store)))
        nodes = {
            node.id: {**node.flat, "id": node.id, "_kind": node.kind} for part, _ in shown for node in part
        }
        return cls(nodes, [edge for _, part in shown for edge in part])


class Condition(NamedTuple):
    """In Cypher, and in Python with its three truths."""

    text: str
    holds: Callable[[Row], Truth]


def known(value: Any, test: Callable[[Any], bool]) -> Truth:
    return None if value is None else test(value)


def either(one: Truth, other: Truth) -> Truth:
    return True if True in (one, other) else None if None in (one, other) else False


def about_relationship(random: Random, name: str) -> Condition:
    key, value = random.choice(
        [("evidence", "logged"), ("evidence", "inferred"), ("role", "training"), ("role", "evaluation"),
         ("rule", "context"), ("rule", "last-write"), ("context", "train")]
    )  # fmt: skip
    kind = random.choice(["READ_BY", "PRODUCED", "CHILD_OF", "HAS_VERSION"])
    return random.choice(
        [
            Condition(f"{name}.{key} = '{value}'", lambda row: known(row[name].flat.get(key), lambda it: it == value)),
            Condition(f"{name}.{key} <> '{value}'", lambda row: known(row[name].flat.get(key), lambda it: it != value)),
            Condition(f"NOT {name}.{key} = '{value}'", lambda row: known(row[name].flat.get(key), lambda it: it != value)),
            Condition(f"{name}.{key} IS NULL", lambda row: row[name].flat.get(key) is None),
            Condition(f"{name}.valid_from IS NOT NULL", lambda row: row[name].flat.get("valid_from") is not None),
            Condition(f"{name}.valid_to IS NULL", lambda row: row[name].flat.get("valid_to") is None),
            Condition(f"type({name}) = '{kind}'", lambda row: row[name].type == kind),
            Condition(f"type({name}) <> '{kind}'", lambda row: row[name].type != kind),
            Condition(f"{name}.{key} IN ['{value}', 'x']", lambda row: known(row[name].flat.get(key), lambda it: it == value)),
        ]
    )  # fmt: skip


def about_node(random: Random, name: str) -> Condition:
    label = random.choice(["Run", "Dataset", "Model", "ModelVersion"])
    key, value = random.choice(
        [("name", "d1"), ("name", "train-1"), ("name", "model0"), ("status", "FINISHED"), ("experiment", "e0"),
         ("ran_by", "ana"), ("state", "live")]
    )  # fmt: skip
    return random.choice(
        [
            Condition(f"{name}.{key} = '{value}'", lambda row: known(row[name].get(key), lambda it: it == value)),
            Condition(f"{name}.{key} <> '{value}'", lambda row: known(row[name].get(key), lambda it: it != value)),
            Condition(f"{name}.{key} IS NOT NULL", lambda row: row[name].get(key) is not None),
            Condition(f"{name}.rows > 200", lambda row: known(row[name].get("rows"), lambda it: it > 200)),
            Condition(f"{name}:{label}", lambda row: row[name]["_kind"] == label),
            Condition(f"NOT {name}:{label}", lambda row: row[name]["_kind"] != label),
            Condition(f"{name}.id CONTAINS '3'", lambda row: "3" in row[name]["id"]),
        ]
    )  # fmt: skip


def about_two(random: Random, names: Sequence[str], relationships: Sequence[str]) -> Condition:
    rel, other, node = random.choice(relationships), random.choice(relationships), random.choice(names)
    one, two = about_relationship(random, rel), about_node(random, node)
    return random.choice(
        [
            Condition(f"({one.text} OR {two.text})", lambda row: either(one.holds(row), two.holds(row))),
            Condition(f"{rel}.evidence = {other}.evidence", lambda row: row[rel].flat["evidence"] == row[other].flat["evidence"]),
            Condition(f"type({rel}) <> type({other})", lambda row: row[rel].type != row[other].type),
            Condition(f"{rel}.rule <> {node}.name", lambda row: None if None in (row[rel].flat.get("rule"), row[node].get("name")) else row[rel].flat["rule"] != row[node]["name"]),
        ]
    )  # fmt: skip


class Question:
    """A query, and how to answer it over the edges."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._names: list[str] = []
        self._relationships: list[str] = []
        self._clauses: list[str] = []
        self._steps: list[Callable[[Graph, list[dict[str, Any]]], list[dict[str, Any]]]] = []
        self._chain()
        for _ in range(random.choice([1, 1, 2])):
            self._with()
            if random.random() < 0.4:
                self._chain()
        shown = [f"{name}.id" for name in self._names] + [f"type({name})" for name in self._relationships]
        self.text = " ".join([*self._clauses, "RETURN", ", ".join(shown)])

    def answer(self, graph: Graph) -> Counter[tuple[str, ...]]:
        rows: list[dict[str, Any]] = [{}]
        for step in self._steps:
            rows = step(graph, rows)
        return Counter(
            (*(row[name]["id"] for name in self._names), *(row[name].type for name in self._relationships))
            for row in rows
        )

    def _chain(self) -> None:
        """A MATCH of one to three relationships, from a node that is known or a new one; sometimes cut into two MATCH."""
        random = self._random
        start = random.choice(self._names) if self._names else self._new("n", self._names)
        text, drawn = "", list[Any]()
        for _ in range(random.choice([1, 2, 2, 2, 3]) if len(self._relationships) < 2 else 1):
            rel, end = self._new("r", self._relationships), self._new("n", self._names)
            label = random.choice(["", "", "Dataset", "Run"])
            shown = f"({start}:{label})" if label else f"({start})"
            types = random.choice(
                [
                    (),
                    (),
                    ("READ_BY",),
                    ("READ_BY",),
                    ("READ_BY", "PRODUCED", "HAS_VERSION"),
                    ("CHILD_OF", "REGISTERED_AS"),
                ]
            )
            right = random.random() < 0.75
            body = f"[{rel}{':' + '|'.join(types) if types else ''}]"
            joint = f"-{body}->" if right else f"<-{body}-"
            cut = bool(drawn) and random.random() < 0.3
            if drawn and not cut:
                label, shown = "", ""
            text += f"{' ' if cut else ''}{'MATCH ' if shown else ''}{shown}{joint}({end})"
            drawn.append((start, label, rel, end, types, right, cut))
            start = end
        self._clauses.append(text)
        self._steps.append(lambda graph, rows: walk(graph, rows, drawn))
        self._where(random.choice([0, 0, 0, 1]))

    def _with(self) -> None:
        names = [*self._names, *self._relationships]
        self._random.shuffle(names)
        distinct = "DISTINCT " if self._random.random() < 0.15 else ""
        self._clauses.append(
            "WITH *" if self._random.random() < 0.2 else f"WITH {distinct}{', '.join(names)}"
        )
        self._where(self._random.choice([1, 1, 2, 2, 3]))

    def _where(self, count: int) -> None:
        random = self._random
        conditions = []
        for _ in range(count):
            draw = random.random()
            if draw < 0.5:
                conditions.append(about_relationship(random, random.choice(self._relationships)))
            elif draw < 0.85:
                conditions.append(about_node(random, random.choice(self._names)))
            else:
                conditions.append(about_two(random, self._names, self._relationships))
        if conditions:
            self._clauses.append("WHERE " + " AND ".join(each.text for each in conditions))
            self._steps.append(
                lambda _, rows: [row for row in rows if all(each.holds(row) for each in conditions)]
            )

    def _new(self, letter: str, among: list[str]) -> str:
        among.append(f"{letter}{len(among)}")
        return among[-1]


def walk(graph: Graph, rows: list[dict[str, Any]], drawn: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Every way to go on by these relationships, none of them twice in one MATCH."""
    found: list[tuple[dict[str, Any], tuple[Any, ...]]] = [(row, ()) for row in rows]
    for start, label, rel, end, types, right, cut in drawn:
        longer = []
        for row, used in found:
            taken = () if cut else used
            for edge in graph.edges:
                near, far = (edge.src, edge.dst) if right else (edge.dst, edge.src)
                begins = start not in row or row[start]["id"] == near
                begins = begins and label in ("", graph.nodes[near]["_kind"])
                if begins and (not types or edge.type in types) and not any(edge is each for each in taken):
                    more = {start: graph.nodes[near], rel: edge, end: graph.nodes[far]}
                    longer.append(({**row, **more}, (*taken, edge)))
        found = longer
    return [row for row, _ in found]
