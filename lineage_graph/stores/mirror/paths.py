"""Conditions of an OPTIONAL MATCH or a subquery on a path that begins or ends outside of it.

To ladybug the path has all that the node outside has, its nulls too, and so nothing is found: they are said of the relationships.
"""

from __future__ import annotations

from collections.abc import Sequence

from lineage_graph.stores.mirror.kinds import Step
from lineage_graph.stores.mirror.looking import names_in
from lineage_graph.stores.mirror.reading import refused
from lineage_graph.stores.mirror.rewriting import put_in
from lineage_graph.stores.mirror.syntax import Call, Expression, Literal, PathPattern, Variable


def on_steps(where: Expression, paths: Sequence[PathPattern], steps: Sequence[Step]) -> Expression:
    """The condition without such a path, but for its length; raises `QueryRefused` where it cannot be said so."""
    said = where
    for at, path in enumerate(paths):
        own = [step for step in steps if step.path == at]
        if path.variable is None or all(step.start.is_new and step.end.is_new for step in own):
            continue
        name = Variable(0, path.variable)
        if len(own) == 1 and own[0].pattern.reach is not None:
            key = own[0].pattern.variable if own[0].pattern.variable is not None else f" {own[0].name}"
            said = put_in(said, {Call(0, "relationships", (name,)): Variable(0, key)})
        if path.variable in names_in(put_in(said, {Call(0, "length", (name,)): Literal(0, 0)})):
            raise refused(
                f"a condition on the path {path.variable} from a node of before",
                "",
                "WHERE after a WITH, or a condition on relationships(…)",
            )
    return said
