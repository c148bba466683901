"""How Sphinx makes a site of these pages: `make docs`. The pages read as well where they lie."""

from importlib.metadata import version as _version

project = "lineage_graph"
author = "lineage_graph contributors"
release = _version("lineage-graph")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "lineage_graph"
# A heading is linked by its words, as on a forge: concepts.md#verdicts.
myst_heading_anchors = 3
# Links to files outside docs/ are for readers of the repository.
suppress_warnings = ["myst.xref_missing", "toc.not_included"]
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
add_module_names = False
