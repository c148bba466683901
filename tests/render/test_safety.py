"""No format lets crawled text out of its place, whatever it is."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineage_graph.graph import Kind, Node
from lineage_graph.query.answer import Answer, Options, Root, Verdict
from lineage_graph.query.impact import Header, Impact
from lineage_graph.render.card import render_card
from lineage_graph.render.csv import render_csv, safe_cell
from lineage_graph.render.dot import render_dot
from lineage_graph.render.html import render_fragment, render_html
from lineage_graph.render.impact import render_impact
from lineage_graph.render.json import render_json
from lineage_graph.render.md import code, render_md
from lineage_graph.render.mermaid import escape as escape_mermaid
from lineage_graph.render.mermaid import render_mermaid
from lineage_graph.render.table import render_table
from lineage_graph.render.text import Screen, clean
from lineage_graph.render.tree import render_tree
from tests.render import answers

FORMATS = {
    "table": render_table,
    "verbose": lambda answer: render_table(answer, Screen(verbose=True)),
    "terminal": lambda answer: render_table(answer, Screen(terminal=True, width=100, fold=100)),
    "tree": render_tree,
    "impact": lambda answer: render_impact(impact_of(answer)),
    "card": render_card,
    "json": lambda answer: render_json(answer.to_dict()),
    "csv": render_csv,
    "mermaid": render_mermaid,
    "dot": render_dot,
    "html": render_html,
    "fragment": render_fragment,
    "md": render_md,
}


def impact_of(answer: Answer) -> Impact:
    return Impact(
        answer,
        Header(answer.nodes[-1], 1, 1, 1, 0, 0, 1, len(answer.gaps)),
        (),
        (f"lineage-graph {answers.EVIL}",),
    )


CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


@pytest.mark.parametrize("answer", answers.ALL.values(), ids=answers.ALL.keys())
@pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS.keys())
def test_no_control_character_and_no_secret(render, answer):
    text = render(answer)
    assert not CONTROL.search(text)
    assert answers.SECRET not in text
    assert not text.endswith("\n")


def one(text: str, kind: Kind = Kind.RUN) -> Answer:
    node = Node(f"run:{text}", kind, text, properties={"run_id": text, "status": text}, gaps=(text,))
    return Answer(
        "downstream",
        "downstream",
        (Root(text, node.id),),
        Options(),
        answers.GRAPH,
        Verdict.FOUND,
        nodes=(node,),
        hops={node.id: 0},
        counts={kind.value: 1},
    )


@given(st.text())
def test_any_text_is_safe_in_every_format(text):
    for render in FORMATS.values():
        assert not CONTROL.search(render(one(text)))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


@given(
    st.text()
    | st.just(answers.EVIL)
    | st.sampled_from(["<img src=x onerror=a>", "</title><script>", "'\" onload=x"])
)
def test_html_has_our_elements_only(text):
    seen = Tags()
    seen.feed(render_html(one(text)))
    assert not seen.tags & {
        "script",
        "img",
        "a",
        "iframe",
        "object",
        "link",
        "form",
        "base",
        "foreignobject",
        "image",
        "use",
    }
    assert not {name for name in seen.attributes if name.startswith("on") or name in {"href", "src", "style"}}


def test_html_has_a_policy_that_runs_and_loads_nothing():
    page = render_html(answers.IMPACT)
    assert "default-src 'none'; style-src 'sha256-" in page
    assert "@media print" in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)


def test_colour_is_never_alone():
    picture = render_fragment(answers.IMPACT)
    for word in ("source", "dataset", "run", "version", "alias", "deployment", "consumer", "evaluation"):
        assert f">{word}" in picture
    assert "evaluation · ? gap" in picture


@given(st.text())
def test_a_mermaid_label_has_nothing_that_mermaid_reads(text):
    escaped = escape_mermaid(clean(text))
    assert not set(re.sub(r"#\d+;", "", escaped)) & set('"<>[](){}|%`;#&\\:')


@given(st.text())
def test_markdown_keeps_foreign_text_in_its_code_span(text):
    span = code(text)
    if not span:
        return
    fence = re.match("`+", span)
    assert fence
    inner = span[len(fence[0]) : -len(fence[0])]
    assert not any(len(run) == len(fence[0]) for run in re.findall("`+", inner))


CELLS = {
    "=1+1": "'=1+1",
    "+a": "'+a",
    "-1.5e3": "-1.5e3",
    "+7": "+7",
    "@x": "'@x",
    "-": "'-",
    " =x": "' =x",
    "＝x": "'＝x",
    "a=b": "a=b",
}


@pytest.mark.parametrize(("text", "cell"), CELLS.items())
def test_no_cell_is_a_formula(text, cell):
    assert safe_cell(text) == cell


@given(st.text(alphabet=st.sampled_from("=+-@ 1a\t\"',\n")) | st.text())
def test_csv_reads_back_as_it_was_written(text):
    rows = list(csv.reader(io.StringIO(render_csv(one(text)))))
    assert rows == [["from", "from_kind", "to", "to_kind", "type", "evidence", "rule", "hops"]]
    assert not re.match(r"[=+\-@]", safe_cell(text)) or re.fullmatch(
        r"[+-]?[\d.]+([eE][+-]?\d+)?", safe_cell(text)
    )


def test_csv_has_as_many_rows_as_the_json_has_edges():
    rows = list(csv.DictReader(io.StringIO(render_csv(answers.IMPACT))))
    edges = json.loads(render_json(answers.IMPACT.to_dict()))["edges"]
    assert [(row["from"], row["to"], row["type"]) for row in rows] == [
        (edge["from"], edge["to"], edge["type"]) for edge in edges
    ]
    assert [row["hops"] for row in rows if row["type"] == "FEEDS"] == ["7"]


def test_a_search_is_called_by_what_was_sought():
    found = Answer("search", None, (), Options(), answers.GRAPH, Verdict.NONE, sought="a|<b>")
    assert render_md(found).split("\n")[0] == "# search: `a|<b>`"
    assert "<h1>search: a|&lt;b&gt;</h1>" in render_html(found)
    assert "<title>search: a|&lt;b&gt;</title>" in render_html(found)


def test_search_lists_nodes_as_csv():
    found = Answer("search", None, (), Options(), answers.GRAPH, Verdict.FOUND, nodes=(answers.SOURCE,))
    assert render_csv(found).split("\n") == [
        "id,kind,name,state",
        f"{answers.SOURCE.id},Source,orders.parquet,live",
    ]


def test_json_is_json_whatever_the_numbers():
    nan = {"schema": "x", "metrics": {"loss": float("nan"), "gain": float("inf"), "ok": 0.5}}
    assert json.loads(render_json(nan))["metrics"] == {"loss": None, "gain": None, "ok": 0.5}


def test_json_keeps_a_version_token_and_masks_a_password():
    shown = json.loads(render_json({"token": "v7", "why": "password=hunter2hunter2"}))
    assert shown["token"] == "v7"
    assert "hunter2" not in shown["why"]


STRING = r'"(?:[^"\\]|\\.)*"'
DOT_LINE = re.compile(
    rf"digraph lineage {{|}}|  rankdir=LR;|  node \[fontname={STRING}, style=filled\];"
    rf"|  n\d+ \[label={STRING}, shape=\w+, fillcolor={STRING}, color={STRING}, style={STRING}\];"
    rf"|  n\d+ -> n\d+ \[label={STRING}(, style=dashed)?\];"
)


@pytest.mark.parametrize("answer", answers.ALL.values(), ids=answers.ALL.keys())
def test_every_line_of_dot_is_one_statement_of_ours(answer):
    assert all(DOT_LINE.fullmatch(text) for text in render_dot(answer).split("\n"))


@given(st.text())
def test_dot_keeps_foreign_text_in_its_string(text):
    assert all(DOT_LINE.fullmatch(line) for line in render_dot(one(text)).split("\n"))


WORDS = st.text(
    st.characters(codec="ascii", exclude_characters="@:=-", exclude_categories=["Cc"]), max_size=8
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
)


@given(st.dictionaries(WORDS, VALUES, max_size=3))
def test_json_is_spelt_as_json_spells_it(document):
    assert render_json(document) == json.dumps(document, indent=2)


def test_what_json_knows_by_another_type_and_what_it_does_not():
    text = render_json(
        {"kind": Kind.RUN, "of": (1, 2), "none": (), "big": 2**70, "gone": "\ud800", "more": {}}
    )
    assert json.loads(text) == {
        "kind": "Run", "of": [1, 2], "none": [], "big": 2**70, "gone": "\ud800", "more": {},
    }  # fmt: skip
    with pytest.raises(TypeError):
        render_json({"what": object()})
