"""The report on paper and screen: ours alone are the elements, the crawled texts stay texts."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from lineage_graph.graph import Kind
from lineage_graph.render.audit.bands import render_bands
from lineage_graph.render.audit.html import render_html
from lineage_graph.render.audit.md import render_md
from lineage_graph.render.audit.words import interval_text, shown_data, shown_versions, strength_text
from lineage_graph.render.json import render_json
from lineage_graph.render.svg import render_svg
from lineage_graph.stores.base import NodeFilter
from tests.governance.stories import CREATED, crawled, declare
from tests.render.hostile import MARK, SECRET, hostile_audit
from tests.render.test_safety import CONTROL

FORMATS = {
    "html": render_html,
    "md": render_md,
    "json": lambda audit: render_json(audit.to_dict()),
}
ELEMENTS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "section",
        "article",
        "h1",
        "h2",
        "h3",
        "p",
        "b",
        "br",
        "span",
        "code",
        "pre",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "svg",
        "defs",
        "marker",
        "path",
        "g",
        "rect",
        "polygon",
        "text",
    ]
)
ATTRIBUTES = frozenset(
    [
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "xmlns",
        "role",
        "aria-label",
        "aria-hidden",
        "width",
        "height",
        "viewbox",
        "font-family",
        "font-size",
        "id",
        "refx",
        "refy",
        "markerwidth",
        "markerheight",
        "orient",
        "d",
        "fill",
        "stroke",
        "stroke-width",
        "stroke-dasharray",
        "marker-end",
        "text-anchor",
        "x",
        "y",
        "rx",
        "points",
    ]
)


class Page(HTMLParser):
    """The elements of a page, and the texts in them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: dict[str, set[str]] = {}
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, set()).add(value or "")

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture(scope="module")
def hostile():
    return hostile_audit()


@pytest.fixture(scope="module")
def champion(tmp_path_factory):
    with crawled("shop") as lineage:
        declare(lineage, tmp_path_factory.mktemp("declared"))
        yield lineage.audit("churn@champion", created=CREATED)


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
def test_no_control_character_and_no_secret(render, hostile):
    text = render(hostile)
    assert not CONTROL.search(text)
    assert SECRET not in text
    assert not text.endswith("\n")


def test_a_page_has_our_elements_and_attributes_only(hostile):
    page = Page(render_html(hostile))
    # Elements that an SVG's title is parsed as are ours too.
    assert page.elements == page.elements & ELEMENTS
    assert set(page.attributes) == set(page.attributes) & ATTRIBUTES
    assert "<script>" in page.text
    assert MARK in page.text
    # A template in a name is a text.
    assert "{{ 7*7 }}" in page.text
    assert page.attributes["marker-end"] == {"url(#lg-tip)"}
    assert page.attributes["class"] <= {
        *(
            "what",
            "small",
            "summary",
            "facts",
            "pairs",
            "columns",
            "column",
            "cite",
            "none",
            "time",
            "good",
            "bad",
        ),
        *("gap", "picture", "small on", "key small", "asked", "evidence logged"),
    }


def test_a_page_has_a_policy_by_which_nothing_runs_or_loads(champion):
    html = render_html(champion)
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in html
    assert html.index("Content-Security-Policy") < html.index("<title>")
    assert "<script" not in html
    assert "href" not in html
    assert "src=" not in html


def test_a_page_is_the_same_twice_but_for_its_date(champion):
    assert render_html(champion) == render_html(champion)
    assert "made 2026-11-24 09:00:00 UTC · graph change " in render_html(champion)


def test_verdict_and_gaps_come_first(champion):
    text = Page(render_html(champion)).text
    order = [
        "Alias that stands on churn/3.",
        "comes from 2 first origins, through 1 location of derived data",
        "What is not known",
        "dashed line: inferred",
        "Origins of the data",
        "What made data from data",
        "Runs train-3",
        "Evaluations eval-3",
        "Deployments and consumers",
        "Versions version",
        "What was read, and when",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


SAID = (
    "growth@shop.example",
    "declared:shop/lineage.yaml:4",
    "platform@shop.example",
    "crm@shop.example",
    "file:///srv/shop/raw/orders.csv",
    "fd3f8e55",
    "covers all 36 rows",
    "17a3b97a72600a44e7639483fade9b4844f6e8a6",
    "holdout@5c85bf54",
    "not observed before",
    "mlflow:shop/aliases/churn/champion",
    "mlflow:shop/runs/0fcbe587e43a40da98cbc2a55776a0ac",
)


@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("fact", SAID)
def test_every_format_says_it(render, fact, champion):
    if render is FORMATS["json"] and fact.startswith(("covers", "not observed")):
        return  # what these are told from is in the JSON: digest_rows and rows, not_before
    assert fact in render(champion)


def test_it_prints(champion):
    html = render_html(champion)
    for rule in ("@page { size: A4;", "thead { display: table-header-group; }", "break-inside: avoid"):
        assert rule in html


USED_BY = {
    "a deployment, which is no user of itself": ("deployment:shop/churn-api", "1 consumer"),
    "a pointer": ("churn@champion", "1 deployment, 1 consumer"),
    "a version": ("churn/3", "1 deployment, 1 consumer"),
    "a version that is not used": ("forecast/1", "no deployment and no consumer is recorded"),
}


@pytest.mark.parametrize(("ref", "said"), USED_BY.values(), ids=USED_BY)
def test_who_uses_it(ref, said, tmp_path):
    with crawled("shop") as lineage:
        declare(lineage, tmp_path)
        audit = lineage.audit(ref)
    assert f"| used by | {said} |" in render_md(audit)
    assert f"<tr><th>Used by</th><td>{said}</td></tr>" in render_html(audit)


def test_markdown_keeps_crawled_text_in_code_spans(hostile):
    """Outside code spans and the diagram nothing is left of any attack."""
    text = re.sub(r"```mermaid\n.*?\n```", "", render_md(hostile), flags=re.DOTALL)
    outside = re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", text)
    for foreign in (MARK, "<", "javascript:", "url(", "a heading", "7*7"):
        assert foreign not in outside


def test_every_row_of_markdown_has_as_many_cells_as_its_header(hostile, champion):
    for audit in (hostile, champion):
        width = 0
        for line in render_md(audit).split("\n"):
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert cells in (0, width) or not width
            width = cells


@pytest.mark.parametrize("name", ["names", "versions", "stages24"])
def test_every_report_of_odd_stores_is_a_page(name):
    with crawled(name) as lineage:
        kinds = frozenset({Kind.MODEL_VERSION, Kind.ALIAS})
        for node in lineage.store.find(NodeFilter(kinds=kinds)):
            audit = lineage.audit(node.id, created=CREATED)
            page = Page(render_html(audit))
            assert page.elements <= ELEMENTS
            assert not CONTROL.search(render_html(audit) + render_md(audit))


def test_a_long_chain_is_drawn_in_bands(champion):
    with crawled("shop") as lineage:
        short = lineage.audit("churn/1", created=CREATED)
    assert render_bands(short.drawn) == [render_svg(short.drawn)]
    bands = render_bands(champion.drawn)
    windows = [re.search(r'viewBox="([-\d.]+) 0 (\d+) (\d+)"', band) for band in bands]
    starts = [(float(window[1]), int(window[2])) for window in windows if window]
    assert len(starts) == len(bands) == 2
    # One begins where the other ends, and one arrowhead serves all.
    assert starts[1][0] == starts[0][0] + starts[0][1]
    assert [band.count("<defs>") for band in bands] == [1, 0]


DIGESTS = {
    "all": (
        {"digest": "d", "digest_strength": "first-10000-rows", "digest_rows": 5, "rows": 5},
        "covers all 5 rows",
    ),
    "a part": (
        {"digest": "d", "digest_strength": "first-10000-rows", "digest_rows": 10000, "rows": 25000},
        "covers the first 10,000 of 25,000 rows",
    ),
    "none": ({"digest": None, "digest_strength": "none"}, "no digest"),
    "a plan": ({"digest": "d", "digest_strength": "plan"}, "covers the query's plan, not the data"),
    "a new one": ({"digest": "d", "digest_strength": "sha256"}, "sha256"),
}


@pytest.mark.parametrize(("data", "said"), DIGESTS.values(), ids=DIGESTS)
def test_what_a_digest_vouches_for(data, said):
    assert strength_text(data) == said


def test_when_an_interval_began():
    moved = {"not_before": "2026-11-01T00:00:00.000Z", "since": "2026-11-02T00:00:00.000Z"}
    assert interval_text(moved) == "came after 2026-11-01 00:00:00 UTC, before 2026-11-02 00:00:00 UTC"
    first = {"not_before": None, "since": "2026-11-02T00:00:00.000Z"}
    assert interval_text(first) == "stood there at 2026-11-02 00:00:00 UTC; not observed before"


def test_of_many_versions_the_old_are_left_to_the_json():
    versions = [{"id": str(number), "audited": number == 3, "copied": False} for number in range(120)]
    stood = [{"intervals": [{"version": "7"}]}]
    shown, left = shown_versions({"versions": versions, "pointers": stood})
    assert [each["id"] for each in shown] == ["3", "7", *map(str, range(70, 120))]
    assert left == 68


def test_data_that_goes_on_as_another_is_told_once():
    written: dict[str, Any] = {"reads": [], "digest": None, "derived": True}
    read: dict[str, Any] = {"reads": [{}], "digest": "d", "derived": True}
    assert shown_data({"data": [written, read]}) == [read]
    assert shown_data({"data": [written]}) == [written]
