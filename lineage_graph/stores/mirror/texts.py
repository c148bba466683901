"""Functions of texts, in Python: ladybug's know other letters than Neo4j's, and count what one sees."""

from __future__ import annotations

from collections.abc import Mapping

from lineage_graph.stores.mirror.types import INTEGER, TEXT, PythonFunction, list_of

TEXT_FUNCTIONS: Mapping[str, PythonFunction] = {
    "tolower": PythonFunction(("STRING",), TEXT, lambda text: text.lower()),
    "toupper": PythonFunction(("STRING",), TEXT, lambda text: text.upper()),
    "left": PythonFunction(("STRING", "INT64"), TEXT, lambda text, count: text[:count]),
    "right": PythonFunction(("STRING", "INT64"), TEXT, lambda text, count: text[-count:] if count else ""),
    "substring": PythonFunction(
        ("STRING", "INT64", "INT64"),
        TEXT,
        lambda text, start, count: text[start : start + count],
    ),
    "replace": PythonFunction(
        ("STRING", "STRING", "STRING"), TEXT, lambda text, old, new: text.replace(old, new)
    ),
    "split": PythonFunction(("STRING", "STRING"), list_of(TEXT), lambda text, by: text.split(by)),
    "size": PythonFunction(("STRING",), INTEGER, len),
}
