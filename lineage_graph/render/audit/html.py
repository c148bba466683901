"""The report as one file of HTML: it runs nothing, loads nothing, and prints well."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lineage_graph.governance.report import Audit
from lineage_graph.query.answer import Verdict
from lineage_graph.render.audit import words
from lineage_graph.render.audit.bands import render_bands
from lineage_graph.render.labels import FILLS, Family
from lineage_graph.render.notes import where_to_paste
from lineage_graph.render.svg import MOST_DRAWN
from lineage_graph.render.text import clean, count_of

if TYPE_CHECKING:
    from jinja2 import Environment


def render_html(audit: Audit) -> str:
    """The whole report."""
    from markupsafe import Markup

    report = audit.to_dict()
    template = _environment().get_template("audit.html.j2")
    # `render_svg` escapes every crawled text in it.
    bands = [Markup(band) for band in render_bands(audit.drawn)]  # noqa: S704
    return template.render(
        report=report,
        is_good=audit.upstream.verdict in {Verdict.FOUND, Verdict.NONE},
        what=words.subject_text(audit, report),
        origins_said=words.origins_text(audit, report),
        bands=bands,
        not_drawn=max(0, len(audit.drawn.nodes) - MOST_DRAWN),
        families=[(family.value, *FILLS[family]) for family in Family if family is not Family.GROUP],
        versions=words.shown_versions(report),
        kinds={node.id: node.kind.value for node in audit.whole.nodes},
    ).strip()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("lineage_graph.render.audit"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # Whatever a template prints is free of credentials and control characters before it is escaped.
        finalize=_cleaned,
    )
    environment.filters.update(
        said=words.said,
        moment=words.moment,
        number=words.number,
        strength=words.strength_text,
        owner=words.reference_text,
        began=words.interval_text,
        own_tags=words.own_tags,
        where=where_to_paste,
    )
    environment.globals.update(
        count_of=count_of,
        use_text=words.use_text,
        judged_text=words.judged_text,
        warnings=words.crawl_warnings,
        systems=words.systems,
        shown_data=words.shown_data,
    )
    return environment


def _cleaned(value: Any) -> Any:
    # Markup is a text that is escaped already: a macro's result, or the picture.
    return clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
