"""MATCH in ladybug's words: labels and types decided before it runs, no relationship twice in a match, no silent limit of depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from lineage_graph.errors import QueryInvalid
from lineage_graph.graph import EdgeType, Kind
from lineage_graph.naming import kind_of
from lineage_graph.naming.ids import is_id
from lineage_graph.stores.mirror.kinds import Node, Step, can_be, narrow
from lineage_graph.stores.mirror.labels import matching_labels, matching_types, means_ours
from lineage_graph.stores.mirror.lengths import Length, take_filters
from lineage_graph.stores.mirror.looking import COUNTING, EXISTENCE, After, conjuncts, names_in
from lineage_graph.stores.mirror.outside import Outside
from lineage_graph.stores.mirror.paths import on_steps
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.scope import Binding, Context, Scope
from lineage_graph.stores.mirror.shortest import check_ends, tell_apart
from lineage_graph.stores.mirror.syntax import (
    Binary,
    Expression,
    HasLabel,
    Match,
    NodePattern,
    PathPattern,
    Property,
    Variable,
)
from lineage_graph.stores.mirror.types import BOOL, MAY_BE_NULL, TEXT, PythonFunction, Type, Value, list_of
from lineage_graph.stores.mirror.values import Values

ALL_KINDS = frozenset(kind.value for kind in Kind)
ALL_TYPES = frozenset(edge_type.value for edge_type in EdgeType)


@dataclass(slots=True)
class Matching:
    """One MATCH and what is found out about it."""

    context: Context
    match: Match
    scope: Scope
    after: After
    within: bool = False
    """Whether it is a subquery of an expression."""
    steps: list[Step] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    conditions: list[str] = field(default_factory=list)
    wheres: list[Expression] = field(default_factory=list)
    inner: Scope = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    """What an OPTIONAL MATCH needs to have worked out before it."""
    guards: list[str] = field(default_factory=list)
    """What must be true before anything is looked for."""
    impossible: bool = False
    """Whether nothing here joins such kinds. ladybug's OPTIONAL MATCH would then find something all the same."""

    def translate(self) -> tuple[str, Scope]:
        """Its text, and the names after it."""
        self.wheres = conjuncts(self.match.where)
        paths = [self._see_path(at, path) for at, path in enumerate(self.match.patterns)]
        self._narrow()
        for step in self.steps:
            if step.may_meet and self.match.patterns[step.path].shortest:
                check_ends(self.context, step.start.name, step.end.name)
        self._check_ours()
        self.impossible = not all(can_be(self.context.catalog, step) for step in self.steps)
        if self.impossible:
            self.conditions.append("false")
        self.inner = {**self.scope, **self._bindings(paths)}
        self._keep_apart()
        drawn = [self._draw(path, nodes, steps) for path, (nodes, steps) in zip(self.match.patterns, paths)]
        self._say_conditions()
        word = "OPTIONAL MATCH" if self.match.optional else "MATCH"
        tell_apart(self.context, self.wheres if word == "MATCH" else (), self.inner)
        text = f"WITH *, {', '.join(self.before)} " if self.before else ""
        text += f"{word} {', '.join(drawn)}"
        if self.conditions:
            text += f" WHERE {' AND '.join(self.conditions)}"
        if self.match.optional:
            self.context.optional.update(node.name for node in self.nodes.values() if node.is_new)
            self.context.optional.update(step.name for step in self.steps)
        return (text + self._let_paths_be_null(), self.inner) if self.match.optional else (text, self.inner)

    def _say_conditions(self) -> None:
        outside = None
        if self.scope and (self.match.optional or self.within):
            joined = {node.name for node in self.nodes.values()}
            outside = Outside(self.context, self.scope, self.inner, joined, self._subquery)
            self.wheres = [on_steps(where, self.match.patterns, self.steps) for where in self.wheres]
        for where in self.wheres:
            said = outside.look(where, self.match.optional) if outside else where
            if said is None:
                continue
            condition = Values(self.context, self.inner, self._subquery).condition(said)
            if condition.aggregated:
                raise QueryInvalid("an aggregate in WHERE", hint="WITH … AS name WHERE name > 1")
            self.conditions.append(self._hold_back(said, condition.text))
        if outside:
            self.before, self.guards = outside.before, outside.guards

    def _let_paths_be_null(self) -> str:
        """Where nothing was found ladybug has a path of its start alone, and of a relationship that is none."""
        made = []
        for at, path in enumerate(self.match.patterns):
            if path.variable is None:
                continue
            found = self.inner[path.variable].value
            steps = [step for step in self.steps if step.path == at]
            missing = " OR ".join(
                f"{'id' if step.pattern.reach is None else 'rels'}({step.name}) IS NULL" for step in steps
            )
            name = self.context.name()
            made.append(f"CASE WHEN {missing} THEN NULL ELSE {found.text} END AS {name}")
            type_ = found.type._replace(among=MAY_BE_NULL)
            self.inner[path.variable] = Binding(found._replace(text=name, type=type_))
        return f" WITH *, {', '.join(made)}" if made else ""

    def _hold_back(self, where: Expression, text: str) -> str:
        """A condition on one relationship waits for both its ends: ladybug forgets it when it walks on from there at once."""
        named = {self.inner[name].value.text for name in names_in(where) if name in self.inner}
        return self.context.wait_for_ends(named, text)

    def _see_path(self, at: int, path: PathPattern) -> tuple[list[Node], list[Step]]:
        nodes = [self._see_node(node) for node in path.nodes]
        steps = []
        for number, pattern in enumerate(path.relationships):
            if pattern.variable is not None and (
                pattern.variable in self.scope
                or any(pattern.variable == step.pattern.variable for step in self.steps)
            ):
                raise refused(f"the relationship {pattern.variable} in a second pattern")
            start, end = nodes[number], nodes[number + 1]
            types = matching_types(pattern.types, ALL_TYPES)
            step = Step(self.context.name(), pattern, types, at, start, end)
            step.may_meet = bool(start.among & end.among)
            if pattern.reach is None or pattern.reach[0] > 0:
                start.is_joined = end.is_joined = True
            if not types:
                self.conditions.append("false")
            if pattern.reach is None:
                self._say(pattern.variable, step.name, pattern.properties, pattern.where)
            elif pattern.where is not None:
                raise QueryInvalid(
                    "WHERE within a relationship of several steps", hint="all(r IN relationships(p) WHERE …)"
                )
            if pattern.reach is None:
                self.context.ends[step.name] = (start.name, end.name)
            steps.append(step)
            self.steps.append(step)
        return nodes, steps

    def _see_node(self, pattern: NodePattern) -> Node:
        name = pattern.variable
        node = self.nodes.get(name) if name is not None else None
        if node is None:
            node = self._new_node(name, pattern.at)
            self.nodes[name if name is not None else f" {node.name}"] = node
        if pattern.labels is not None:
            node.is_ours |= means_ours(pattern.labels)
            if node.is_new:
                node.among &= matching_labels(pattern.labels, ALL_KINDS)
            else:
                self.wheres.append(HasLabel(pattern.at, Variable(pattern.at, name or ""), pattern.labels))
        self._say(name, node.name, pattern.properties, pattern.where)
        return node

    def _new_node(self, name: str | None, at: int) -> Node:
        if name is None or name not in self.scope:
            own = self.context.name()
            self.context.births[own] = at
            return Node(own, self.context.narrowed.get(at, ALL_KINDS), is_new=True)
        bound = self.scope[name]
        if bound.value.type.name != "NODE" or not bound.matchable:
            raise refused(
                f"a pattern from {name}", "it was taken out of a list or is no node", "MATCH it by its id"
            )
        return Node(bound.value.text, bound.value.type.among, is_new=False, is_joined=True, shown=True)

    def _say(
        self,
        name: str | None,
        own: str,
        properties: Sequence[tuple[str, Expression]],
        where: Expression | None,
    ) -> None:
        """What a pattern says in place is said as conditions."""
        subject = name if name is not None else f" {own}"
        for key, value in properties:
            self.wheres.append(Binary(0, "=", Property(0, Variable(0, subject), key), value))
        self.wheres.extend(conjuncts(where))

    def _narrow(self) -> None:
        """Kinds that an id or a type of relationship leaves; the fewer, the surer are the types of properties."""
        constants = Values(self.context, {})
        for where in self.wheres:
            if not (isinstance(where, Binary) and where.sign == "=" and isinstance(where.left, Property)):
                continue
            subject = where.left.subject
            if where.left.name != "id" or not isinstance(subject, Variable) or set(names_in(where.right)):
                continue
            node, value = self.nodes.get(subject.name), constants.translate(where.right)
            if node is not None and node.is_new and value.type == TEXT and is_id(str(value.constant)):
                node.among &= {kind_of(str(value.constant)).value}
                self.context.ids[node.name] = str(value.constant)
        for step in self.steps:
            if step.pattern.direction == "both" and step.types & set(self.context.catalog.loops):
                raise refused(
                    "a pattern without direction", "something here leads to itself", "give it a direction"
                )
        narrow(self.context.catalog, self.steps)
        if not self.match.optional and not self.within:
            self._narrow_from_the_begin()

    def _narrow_from_the_begin(self) -> None:
        """What was matched before and has not all its kinds here: ladybug narrows it wherever it stands, so all is decided by what is left."""
        for name, node in self.nodes.items():
            if node.is_new or node.among == self.scope[name].value.type.among:
                continue
            if node.name in self.context.cut:
                raise refused(
                    f"a pattern from {name} that not all its kinds have, after LIMIT or SKIP",
                    "it would be cut among those that have it",
                    f"give {name} one label where it is matched first",
                )
            value = self.scope[name].value
            narrower = value._replace(type=value.type._replace(among=node.among))
            self.scope = {**self.scope, name: self.scope[name]._replace(value=narrower)}
            self.context.narrow(node.name, node.among)

    def _check_ours(self) -> None:
        for step in (*self.steps, *reversed(self.steps)):
            # What no step leads to is where it began: one of ours if that is.
            if any(end.is_joined or end.is_ours or not end.is_new for end in (step.start, step.end)):
                step.start.is_joined = step.end.is_joined = True
        for name, node in self.nodes.items():
            if node.is_new and not node.is_joined and not node.is_ours:
                shown = name if not name.startswith(" ") else ""
                raise refused(
                    f"({shown}) without a label",
                    "Neo4j would find its bookkeeping too",
                    f"write ({shown}:LineageNode)",
                )
            if not node.among:
                self.conditions.append("false")

    def _bindings(self, paths: list[tuple[list[Node], list[Step]]]) -> Scope:
        """The names that this match makes."""
        made: Scope = {}
        for name, node in self.nodes.items():
            if node.is_new:
                made[name] = Binding(
                    Value(node.name, Type("NODE", None, node.among), free=True), matchable=True
                )
        for step in self.steps:
            type_ = Type("REL", None, step.types)
            key = step.pattern.variable if step.pattern.variable is not None else f" {step.name}"
            if step.pattern.reach is None:
                made[key] = Binding(Value(step.name, type_, free=True))
            else:
                made[key] = Binding(Value(f"rels({step.name})", list_of(type_), free=True))
        for path, (_, steps) in zip(self.match.patterns, paths, strict=True):
            if path.variable is not None:
                if path.variable in self.scope or path.variable in made:
                    raise QueryInvalid(f"the variable {path.variable} is there already")
                if not steps:
                    raise refused("a path of one node")
                types = frozenset(each for step in steps for each in step.types)
                item = Type("NODE", Type("REL", None, types), ALL_KINDS)
                made[path.variable] = Binding(Value(self.context.name(), Type("PATH", item), free=True))
        return made

    def _keep_apart(self) -> None:
        """In Neo4j no relationship is in one match twice; ladybug has to be told."""
        for one, other in combinations(self.steps, 2):
            if not one.types & other.types:
                continue
            if one.pattern.reach is None and other.pattern.reach is None:
                self.conditions.append(f"{one.name}.eid <> {other.name}.eid")
            elif not self._runs_on(one, other):
                self._keep_out(one, other)

    def _keep_out(self, one: Step, other: Step) -> None:
        long, short = (one, other) if one.pattern.reach is not None else (other, one)
        if short.pattern.reach is not None:
            raise refused("two patterns of many steps in one MATCH", "", "use two MATCH clauses")
        long.apart = True
        own = "lg_apart"
        self.context.functions[own] = PythonFunction(
            ("INT64[]", "INT64"), BOOL, lambda walked, one: one not in walked
        )
        self.conditions.append(f"{own}(properties(rels({long.name}), 'eid'), {short.name}.eid)")

    def _runs_on(self, one: Step, other: Step) -> bool:
        """Whether the second only goes on where the first came to: then, without circles, they share nothing."""
        if one.path != other.path:
            return False
        between = self.steps[self.steps.index(one) : self.steps.index(other) + 1]
        directions = {step.pattern.direction for step in between}
        types = frozenset(each for step in between for each in step.types)
        return (
            len(directions) == 1
            and "both" not in directions
            and self.context.topology(types).longest is not None
        )

    def _draw(self, path: PathPattern, nodes: list[Node], steps: list[Step]) -> str:
        text = self._draw_node(nodes[0])
        for step, node in zip(steps, nodes[1:], strict=True):
            text += self._draw_step(step, path) + self._draw_node(node)
        if path.variable is None:
            return text
        return f"{self.inner[path.variable].value.text} = {text}"

    def _draw_node(self, node: Node) -> str:
        if node.shown or not node.among or self.impossible or (node.among == ALL_KINDS and node.is_joined):
            node.shown = True
            return f"({node.name})"
        node.shown = True
        return f"({node.name}:{':'.join(sorted(node.among))})"

    def _draw_step(self, step: Step, path: PathPattern) -> str:
        types = (
            ""
            if self.impossible or step.types in (ALL_TYPES, frozenset())
            else f":{'|'.join(sorted(step.types))}"
        )
        length = (
            ""
            if step.pattern.reach is None
            else "* TRAIL 1..1"
            if self.impossible
            else self._length(step, path)
        )
        left = "<-" if step.pattern.direction == "left" else "-"
        right = "->" if step.pattern.direction == "right" else "-"
        return f"{left}[{step.name}{types}{length}]{right}"

    def _length(self, step: Step, path: PathPattern) -> str:
        pushed = take_filters(step.pattern, path, self.wheres)
        self.wheres = pushed.left
        asked = set(self.after.used) | {name for where in self.wheres for name in names_in(where)}
        asked |= {
            name for each in self.match.patterns for node in each.nodes for name in names_in(node.where)
        }
        hidden = {step.pattern.variable, path.variable} - {None}
        ends_only = (
            self.after.indifferent
            and not step.apart
            and not (self.after.everything and hidden)
            and not hidden & asked
            and len(path.relationships) == 1
        )
        if path.shortest and hidden & {name for where in self.wheres for name in names_in(where)}:
            raise refused("a condition on a shortest path", "Neo4j looks for the shortest that fulfils it")
        if path.shortest and (step.apart or len(path.relationships) != 1):
            raise refused("a shortest path beside such patterns", "", "use two MATCH clauses")
        meet = step.start.among & step.end.among
        assert step.pattern.reach is not None
        if step.pattern.reach[0] == 0:
            pairs = [pair for each in step.types for pair in self.context.catalog.pairs[each]]
            if not meet <= {kind for pair in pairs for kind in pair}:
                # ladybug has no path of no steps from a node that these relationships never join.
                raise refused(
                    "a path of no steps here", "", "give its ends a label that these relationships join"
                )
        return Length(self.context, step.pattern, step.types, path.shortest, ends_only, bool(meet)).draw(
            pushed
        )

    def _subquery(self, match: Match, scope: Scope, what: str) -> str:
        return translate_subquery(self.context, match, scope, what)


def translate_subquery(context: Context, match: Match, scope: Scope, what: str) -> str:
    """`EXISTS { … }`, `COUNT { … }`, or a pattern as a condition."""
    if what == "PATTERN":
        for name in names_in(match):
            if name not in scope:
                raise QueryInvalid(
                    f"the variable {name} is not defined", hint="EXISTS { MATCH … } may name new ones"
                )
    after = COUNTING if what == "COUNT" else EXISTENCE
    matching = Matching(context, match, scope, after, within=True)
    text, _ = matching.translate()
    if all(node.is_new for node in matching.nodes.values()) and any(
        set(names_in(where)) & set(scope) for where in matching.wheres
    ):
        raise refused(f"{what} {{ … }} that looks outside and begins at no node there", "", "OPTIONAL MATCH")
    guard = " AND ".join(matching.guards)
    if what != "COUNT":
        return f"({guard} AND EXISTS {{ {text} }})" if guard else f"EXISTS {{ {text} }}"
    count = f"CAST(COUNT {{ {text} }} AS INT64)"
    return f"(CASE WHEN {guard} THEN {count} ELSE CAST(0 AS INT64) END)" if guard else count
