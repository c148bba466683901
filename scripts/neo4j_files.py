"""Writes what Neo4j Browser imports by drag and drop: docs/neo4j/lineage_graph.grass and docs/neo4j/saved-queries.zip.

A test holds them to the colours of the reports and to docs/neo4j/queries; run this after changing either.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from lineage_graph.graph import Kind
from lineage_graph.render.labels import FAMILIES, FILLS

FOLDER = Path(__file__).parents[1] / "docs" / "neo4j"
GRASS, ARCHIVE = FOLDER / "lineage_graph.grass", FOLDER / "saved-queries.zip"
CAPTIONS = {Kind.FEATURE: "column"}
"""Which property is written on a node, where it is not its name."""
LARGE = frozenset({Kind.SOURCE, Kind.MODEL_VERSION, Kind.ALIAS, Kind.DEPLOYMENT, Kind.CONSUMER})
"""What people look for first."""


def render_grass() -> str:
    """The style sheet. Its parser knows no comments, and no colon in a value."""
    grey = {"color": "#A5ABB6", "border-color": "#9AA1AC", "text-color-internal": "#FFFFFF"}
    rules = [
        _rule("node", {"diameter": "50px", **grey, "border-width": "2px", "font-size": "10px"}),
        _rule(
            "relationship",
            {
                **grey,
                "shaft-width": "1px",
                "font-size": "8px",
                "padding": "3px",
                "text-color-external": "#000000",
                "caption": "'<type>'",
            },
        ),
    ]
    for kind in Kind:
        _, stroke = FILLS[FAMILIES[kind]]
        size = {"diameter": "65px"} if kind in LARGE else {}
        caption = {"caption": f"'{{{CAPTIONS.get(kind, 'name')}}}'"}
        rules.append(
            _rule(
                f"node.{kind}",
                {
                    "color": stroke,
                    "border-color": stroke,
                    "text-color-internal": "#FFFFFF",
                    **size,
                    **caption,
                },
            )
        )
    return "\n".join(rules)


def _rule(selector: str, properties: dict[str, str]) -> str:
    return f"{selector} {{\n" + "".join(f"  {name}: {value};\n" for name, value in properties.items()) + "}\n"


def render_archive() -> bytes:
    """The queries in a folder of Browser's list, the same bytes on every machine."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(FOLDER.glob("queries/*.cypher")):
            entry = zipfile.ZipInfo(f"lineage_graph/{path.name}", (2026, 1, 1, 0, 0, 0))
            entry.create_system = 3
            archive.writestr(entry, path.read_bytes())
    return content.getvalue()


if __name__ == "__main__":
    GRASS.write_text(render_grass(), encoding="utf-8")
    ARCHIVE.write_bytes(render_archive())
