"""The documentation's example is valid, and no section of it is missing."""

import re
from pathlib import Path

from lineage_graph.cli.demo_story import LINEAGE_YAML
from lineage_graph.sources.declared.problems import Problems
from lineage_graph.sources.declared.reading import read_tree
from lineage_graph.sources.declared.validation import SECTIONS, Declaration, validate

ROOT = Path(__file__).parents[3]


def check(text: str) -> Declaration:
    problems = Problems("lineage.yaml")
    root = read_tree(text, problems)
    assert root is not None
    declaration = validate(root, problems)
    assert problems.lines() == []
    return declaration


def test_the_page_shows_every_section():
    (example,) = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs/lineage-yaml.md").read_text("utf-8"), re.DOTALL
    )
    sections = {entry.section for entry in check(example).entries}
    assert sections == set(SECTIONS) - {"experiments"}


def test_the_demo_declares_what_is_valid():
    assert len(check(LINEAGE_YAML).entries) == 9


def test_the_starter_without_a_graph_is_valid_with_everything_in_it_switched_on():
    text = (ROOT / "lineage_graph/cli/starter.yaml").read_text("utf-8")
    lines = []
    for line in text.splitlines():
        entry = line.removeprefix("# ")
        begins = re.fullmatch(r"[a-z]+:( [\[\w].*)?", entry) or entry.startswith("  ")
        lines.append(entry if begins else line)
    assert {entry.section for entry in check("\n".join(lines)).entries} >= {"inputs", "owners", "derivations"}
