"""The documentation's example is valid, and no section of it is missing."""

import re
from pathlib import Path

from lineage_graph.cli.demo_story import LINEAGE_YAML
from lineage_graph.sources.declared.validation import SECTIONS
from tests.support.declarations import validated

ROOT = Path(__file__).parents[3]


def test_the_page_shows_every_section():
    (example,) = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs/lineage-yaml.md").read_text("utf-8"), re.DOTALL
    )
    sections = {entry.section for entry in validated(example).entries}
    assert sections == set(SECTIONS) - {"experiments"}


def test_the_demo_declares_what_is_valid():
    assert len(validated(LINEAGE_YAML).entries) == 9


def test_the_starter_without_a_graph_is_valid_with_everything_in_it_switched_on():
    text = (ROOT / "lineage_graph/cli/starter.yaml").read_text("utf-8")
    lines = []
    for line in text.splitlines():
        entry = line.removeprefix("# ")
        begins = re.fullmatch(r"[a-z]+:( [\[\w].*)?", entry) or entry.startswith("  ")
        lines.append(entry if begins else line)
    assert {entry.section for entry in validated("\n".join(lines)).entries} >= {
        "inputs",
        "owners",
        "derivations",
    }
