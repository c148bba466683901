"""Writes the cookbook into docs/cypher.md from the recipes. A test holds the two together; run this after changing a recipe."""

from __future__ import annotations

import json
import shlex
import sys
from itertools import takewhile
from pathlib import Path

from lineage_graph.query.recipes import Parameter, Recipe, recipes

PAGE = Path(__file__).parents[1] / "docs" / "cypher.md"
BEGIN, END = "<!-- made by scripts/docs_cookbook.py: do not edit -->\n", "<!-- end of the cookbook -->\n"
HEAD = """## Cookbook

Questions that people ask of lineage. `lineage-graph cypher --recipes` lists them, `--recipe NAME` asks one, and `-p` narrows it:
without `-p` each asks for everything. They give the same rows on Neo4j and without a server, and tests hold both to what the Python
API answers. The queries are here to be changed; in Neo4j Browser give the parameters first: `:params {source: "", column: ""}`.

Live, here, is a deployment, a consumer, or an alias or stage, now. Where a query walks, it walks as `upstream` and `downstream` do:

- over the types of flow alone. `EVALUATED_IN` is none of these: data that only judged a model is no origin of it
- `r.evidence <> 'possible'`: a hint is not followed
- `r.valid_to IS NULL`: where an alias stood once, what a deployment served once is not followed
- `coalesce(r.role, '') <> 'inference'`: data that a run only scored is no origin of what it trained. What a scoring run wrote goes
  with it; `lineage-graph downstream` follows that too
- `(target:!Source)` with `WITH DISTINCT` or `min(length(path))` after it: so both walk breadth first from the source, each node once. With
  a narrower label on the end Neo4j may begin there, and go through every path one by one: a graph of 18 layers of three has
  387 million paths
"""


def render_section() -> str:
    """The cookbook, between its marks."""
    return "\n".join([BEGIN + HEAD, *map(render_recipe, recipes().values()), END])


def render_recipe(recipe: Recipe) -> str:
    """One question: what is asked, what comes, the query, the command."""
    lines = recipe.query.splitlines()
    notes = [line.removeprefix("// ") for line in takewhile(lambda line: line.startswith("// "), lines)]
    query = "\n".join(lines[len(notes) :])
    narrowed = "\n".join(
        f"- `-p {each.name}=…`: {each.meaning}{_default(each)}" for each in recipe.parameters
    )
    shown = "\n".join(notes)
    return (
        f"### {recipe.title}\n\n{recipe.question}\n\n    lineage-graph cypher --recipe {shlex.quote(recipe.name)}\n\n"
        f"{narrowed}\n\n{shown}\n\n```cypher\n{query}\n```\n"
    )


def _default(parameter: Parameter) -> str:
    return f" [{json.dumps(parameter.default)}]" if parameter.default != "" else ""


def insert(page: str) -> str:
    """The page with the section in its place, at the end where it has none."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return (before if rest else page.rstrip("\n") + "\n\n") + render_section() + after


if __name__ == "__main__":
    PAGE.write_text(insert(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"wrote {PAGE}", file=sys.stderr)
