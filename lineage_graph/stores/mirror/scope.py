"""What names mean at a place in a query, and the parameters that the translation binds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import NamedTuple

from lineage_graph.errors import QueryInvalid
from lineage_graph.stores.mirror.catalog import Catalog
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.times import is_utc
from lineage_graph.stores.mirror.types import NULL, PythonFunction, Type, Value, name_type, type_of


class Topology(NamedTuple):
    """How relationships of some types lie: the most that follow one another, None where they run in circles."""

    longest: int | None


@dataclass(slots=True)
class Context:
    """Of one translation."""

    catalog: Catalog
    parameters: Mapping[str, object]
    topology: Callable[[frozenset[str]], Topology]
    bound: dict[str, object] = field(default_factory=dict)
    """What ladybug gets as parameters: our own names, so that no text of a person's is in the query."""
    functions: dict[str, PythonFunction] = field(default_factory=dict)
    """Python functions that the query calls, by their names in it."""
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Relationships that were matched since the last WITH, and the nodes that each joins."""
    ids: dict[str, str] = field(default_factory=dict)
    """Nodes that were asked for by their id."""
    apart: set[frozenset[str]] = field(default_factory=set)
    """Pairs of nodes that are two, as a condition before says."""
    births: dict[str, int] = field(default_factory=dict)
    """Nodes, and where in the query each is first matched."""
    narrowed: dict[int, frozenset[str]] = field(default_factory=dict)
    """Where a node is first matched, and the kinds that later ones leave of it."""
    cut: set[str] = field(default_factory=set)
    """Names whose rows LIMIT or SKIP has cut."""
    optional: set[str] = field(default_factory=set)
    """Nodes and relationships that an OPTIONAL MATCH may not have found."""
    names: count[int] = field(default_factory=count)

    def name(self) -> str:
        """A variable's name that nothing else has."""
        return f"v{next(self.names)}"

    def narrow(self, name: str, among: frozenset[str]) -> None:
        """Leave a node only these kinds, from where it is first matched: for the next translation."""
        at = self.births[name]
        self.narrowed[at] = self.narrowed.get(at, among) & among

    def wait_for_ends(self, named: Iterable[str], text: str) -> str:
        """The same condition, looking at both ends of the relationships in it."""
        # One of an earlier MATCH is walked on from here just the same, and so is one beside its near end.
        ends = sorted({(end, name in self.optional) for name in named for end in self.ends.get(name, ())})
        if not ends:
            return text
        # What an OPTIONAL MATCH before has not found has no ends, and a condition may hold for it.
        here = [f"(id({end}) IS NOT NULL{f' OR id({end}) IS NULL' if may else ''})" for end, may in ends]
        return f"({text} = ({' AND '.join(here)}))"

    def bind(self, value: object, type_: Type) -> Value:
        """A constant, as a parameter of ours."""
        if isinstance(value, bool):
            return Value("true" if value else "false", type_, constant=value)
        if isinstance(value, int):
            return Value(f"CAST({value} AS INT64)", type_, constant=value)
        if isinstance(value, datetime):
            value = to_naive(value)
        elif isinstance(value, list | tuple):
            value = [to_naive(item) if isinstance(item, datetime) else item for item in value]
            if not value or type_.item is NULL:
                nulls = ", ".join(["NULL"] * len(value))
                return Value(f"CAST([{nulls}] AS {name_type(type_)})", type_, constant=value)
        name = f"c{len(self.bound)}"
        self.bound[name] = value
        return Value(f"${name}", type_, constant=value)

    def parameter(self, name: str) -> Value:
        """What the person gave."""
        if name not in self.parameters:
            raise QueryInvalid(f"the parameter ${name} has no value", hint=f"-p {name}=VALUE")
        value = self.parameters[name]
        type_ = type_of(value)
        if any(isinstance(each, str) and not _is_text(each) for each in _all_of(value)):
            raise QueryInvalid(f"the parameter ${name} has half a letter (a surrogate) in it")
        if type_ is None:
            raise refused(f"the parameter ${name}", "it is a map or a list of different things")
        if not all(map(is_utc, _moments(value))):
            raise refused(f"the parameter ${name}", "Neo4j compares a time's zone too", "give it in UTC")
        if isinstance(value, int) and not isinstance(value, bool) and not -(2**63) <= value < 2**63:
            raise QueryInvalid(f"the parameter ${name} is too large for an integer")
        return Value("NULL", NULL, constant=None) if value is None else self.bind(value, type_)


def _all_of(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def _moments(value: object) -> list[datetime]:
    return [each for each in _all_of(value) if isinstance(each, datetime)]


def _is_text(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def to_naive(moment: datetime) -> datetime:
    """In UTC without a zone, as ladybug keeps times."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


class Binding(NamedTuple):
    """What a name stands for."""

    value: Value
    matchable: bool = False
    """Whether a pattern may begin at it: a node that a pattern found, not one taken out of a list."""


Scope = dict[str, Binding]
