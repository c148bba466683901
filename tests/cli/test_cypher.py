"""`cypher` on the embedded store: what is asked, how it is written, what is refused."""

import csv
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import jsonschema
import pytest

import lineage_graph
from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node
from lineage_graph.query.recipes import recipes
from tests.cli.graphs import write_graph
from tests.render import answers

SCHEMAS = Path(lineage_graph.__file__).parent / "schemas"
RUNS = "MATCH (n:Run) RETURN n.run_id AS id, n.status ORDER BY id"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Where the copy is that Cypher asks: made by the first question, as on a person's machine."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def ask(run, shop, made, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(made))

    def call(*arguments):
        return run("cypher", "--store", shop, *arguments)

    return call


def validate(name, document):
    jsonschema.validate(document, json.loads((SCHEMAS / f"{name}.json").read_text()))


def test_a_table(ask):
    code, out, err = ask(RUNS)
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines()] == [
        ["id", "n.status"],
        ["1a00000001", "FINISHED"],
        ["2b00000002", "FINISHED"],
        ["9c04d2ab77", "FINISHED"],
    ]


@pytest.mark.parametrize(
    "query",
    [
        RUNS,
        "MATCH (n:LineageNode) RETURN n",
        "MATCH (a)-[r]->(b) RETURN a, r, b",
        "MATCH p = (:Source)-[*1..4]->(:Model) RETURN p, length(p), [x IN nodes(p) | x.name]",
        "MATCH (n:Nothing) RETURN n",
        "RETURN 1 AS a, 'x', null AS n, [1, 2] AS l, true AS b, datetime('2026-01-01') AS t",
        "MATCH (d:Dataset) RETURN d.names, collect(d) AS ds",
    ],
)
def test_json_keeps_to_its_schema(query, ask):
    code, out, err = ask(query, "-o", "json")
    assert (code, err) == (0, "")
    validate("table-1", json.loads(out))


def test_nodes_relationships_and_paths_in_json(ask):
    query = "MATCH p = (a:Alias)-[r:SERVED_BY]->(d) RETURN a, r, p"
    (row,) = json.loads(ask(query, "-o", "json")[1])["rows"]
    node, relationship, path = row
    assert (node["id"], node["kind"], node["name"]) == (answers.ALIAS.id, "Alias", "churn@champion")
    assert node["properties"]["version"] == 3
    assert (relationship["from"], relationship["to"]) == (answers.ALIAS.id, answers.DEPLOYMENT.id)
    assert relationship["properties"]["evidence"] == "declared"
    assert [item.get("kind") or item["type"] for item in path] == ["Alias", "SERVED_BY", "Deployment"]


def test_times_are_rfc_3339(ask):
    out = ask(
        "MATCH (:Dataset)-[r:READ_BY]->(:Run {run_id: '9c04d2ab77'}) RETURN r.valid_from", "-o", "json"
    )[1]
    assert json.loads(out)["rows"] == [["2026-11-20T09:00:00.000Z"]]


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("x=3", 3),
        ("x=churn", "churn"),
        ('x="3"', "3"),
        ("x=[1, 2]", [1, 2]),
        ("x=null", None),
        ("x=a=b", "a=b"),
        ("x=NaN", "NaN"),
    ],
)
def test_parameters_are_json_where_they_parse(given, value, ask):
    out = ask("RETURN $x AS x", "-p", given, "-o", "json")[1]
    assert json.loads(out)["rows"] == [[value]]


def test_from_a_file_and_from_standard_input(ask, tmp_path, shop):
    file = tmp_path / "query.cypher"
    file.write_text(f"// runs\n{RUNS};\n")
    expected = ask(RUNS)[1]
    assert ask(f"@{file}")[1] == expected
    command = [sys.executable, "-m", "lineage_graph.cli", "cypher", "--store", str(shop), "-"]
    done = subprocess.run(command, input=RUNS, capture_output=True, text=True, check=True)
    assert done.stdout == expected


def test_a_file_that_is_not_there(ask):
    code, out, err = ask("@nowhere.cypher")
    assert (code, out) == (2, "")
    assert "nowhere.cypher cannot be read" in err


def test_a_row_limit_says_so(ask, run, shop):
    assert ask(RUNS, "--limit", "2")[1].endswith("not shown: 1 more row (--limit)\n")
    cut = json.loads(ask(RUNS, "--limit", "2", "-o", "json")[1])
    assert (len(cut["rows"]), cut["truncated"]) == (2, {"rows": 1, "why": "limit"})
    whole = json.loads(ask(RUNS, "--limit", "3", "-o", "json")[1])
    assert whole["truncated"] == {"rows": 0, "why": None}
    code, out, err = ask(RUNS, "--limit", "2", "-o", "csv")
    assert (code, out.count("\n")) == (0, 3)
    assert "1 more row" in err


def test_a_time_limit_names_its_option(ask):
    ask(RUNS)
    slow = "UNWIND $l AS a UNWIND $l AS b UNWIND $l AS c UNWIND $l AS d RETURN sum(a * b + c * d)"
    numbers = json.dumps(list(range(400)))
    began = time.monotonic()
    code, out, err = ask(slow, "-p", f"l={numbers}", "--timeout", "0.3")
    assert (code, out) == (1, "")
    assert "--timeout" in err
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("format", ["table", "json", "csv", "tree", "mermaid", "dot"])
@pytest.mark.parametrize(
    ("query", "exit_code"),
    [
        ("CREATE (n:Run) RETURN n", 1),
        ("MATCH (n:Run) SET n.name = 'x' RETURN n", 1),
        ("MATCH (n:Run) DETACH DELETE n", 1),
        ("MATCH (n:Run) RETURN $missing", 1),
        ("MATCH (n:Run RETURN n", 1),
        ("MATCH (n:Run) RETURN properties(n)", 1),
        ("", 1),
    ],
)
def test_a_failure_leaves_stdout_empty(query, exit_code, format, ask):
    code, out, err = ask(query, "-o", format)
    assert (code, out) == (exit_code, "")
    if format == "json":
        validate("error-1", json.loads(err))


def test_a_refusal_names_neo4j(ask, shop):
    err = ask("MATCH (n:Run) RETURN properties(n)")[2]
    assert "properties()" in err
    assert f"lineage-graph copy {shop} bolt://" in err


def test_the_embedded_store_refuses_to_write(ask):
    code, out, err = ask("MATCH (n:Run) RETURN n", "--write")
    assert (code, out) == (1, "")
    assert "Neo4j" in err


@pytest.mark.parametrize(
    ("format", "begins"), [("tree", "orders.parquet"), ("mermaid", "flowchart LR"), ("dot", "digraph")]
)
def test_a_graph_is_drawn(format, begins, ask):
    code, out, err = ask("MATCH p = (:Source)-[*1..3]->(:Model) RETURN p", "-o", format)
    assert (code, err) == (0, "")
    assert out.startswith(begins)
    assert "asked" not in out
    assert "PRODUCED" in out


def test_relationships_alone_are_drawn_with_their_ends(ask):
    out = ask("MATCH (:Alias)-[r:SERVED_BY]->() RETURN r", "-o", "mermaid")[1]
    assert "churn-api" in out
    assert "SERVED_BY" in out


@pytest.mark.parametrize("format", ["tree", "mermaid", "dot"])
def test_no_graph_is_a_usage_error(format, ask):
    code, out, err = ask(RUNS, "-o", format)
    assert (code, out) == (2, "")
    assert "no graph in these rows" in err


@pytest.mark.parametrize("format", ["tree", "mermaid", "dot"])
def test_no_rows_are_an_empty_picture(format, ask):
    code, out, err = ask("MATCH (n:Run {name: 'nobody'}) RETURN n", "-o", format)
    assert code == 0
    assert "the query found nothing" in out + err
    assert "reaches" not in out
    begins = {"tree": "the query", "mermaid": "flowchart", "dot": "digraph"}[format]
    assert out.startswith(begins)


@pytest.mark.parametrize("format", ["tree", "mermaid", "dot"])
def test_a_limit_that_hides_all_rows_is_no_empty_answer(format, ask):
    code, out, err = ask("MATCH (n:Run) RETURN n", "-o", format, "--limit", "0")
    assert code == 0
    assert "not shown: 3 more rows (--limit)" in err
    assert "--limit hides all that the query found" in out + err
    assert "found nothing" not in out + err
    assert "reaches" not in out


ODD = "=cmd|' /C calc'!A0 \x1b[2J\u202e https://ana:hunter2@host.example/x?X-Amz-Signature=abc"


@pytest.fixture
def odd(tmp_path):
    source = Node(
        "source:s3://b/odd",
        Kind.SOURCE,
        ODD,
        properties={"uri": ODD, "note": "+1+cmd", "weight": -1.5},
        records=("r",),
    )
    run_node = Node("run:odd", Kind.RUN, "@sum(1)", properties={"run_id": "odd"}, records=("r",))
    edge = Edge(source.id, run_node.id, EdgeType.READ_BY, Evidence.LOGGED, "", ("r",))
    return write_graph(tmp_path / "odd.db", [source, run_node], [edge])


@pytest.mark.parametrize("format", ["table", "json", "csv", "tree", "mermaid", "dot"])
def test_no_control_character_and_no_secret(format, run, odd):
    query = "MATCH p = (s:Source)-[r]->(n) RETURN p, s.name AS `na\x1b[2Jme`, s, [s.uri, 'x'] AS l"
    code, out, err = run("cypher", "--store", odd, query, "-o", format)
    assert (code, err) == (0, "")
    assert "hunter2" not in out
    assert "Signature=abc" not in out
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_no_cell_is_a_formula(run, odd):
    query = (
        "MATCH (s:Source), (n:Run) RETURN s.name, s.note, n.name, s.weight, -3 AS `=minus`, '-x' AS `-dash`"
    )
    out = run("cypher", "--store", odd, query, "-o", "csv")[1]
    header, row = csv.reader(io.StringIO(out))
    assert row[3:5] == ["-1.5", "-3"]
    for cell in [*header, *row[:3], row[5]]:
        assert not cell.startswith(("=", "+", "-", "@"))


def test_a_graph_that_is_not_there(run, tmp_path):
    code, out, err = run("cypher", "--store", tmp_path / "none.db", "RETURN 1")
    assert (code, out) == (1, "")
    assert "no graph" in err
    assert list(tmp_path.glob("none*")) == []


def test_recipes_are_listed(ask):
    listed = json.loads(ask("--recipes", "-o", "json")[1])
    validate("table-1", listed)
    assert "name" in listed["columns"]
    assert [row[listed["columns"].index("name")] for row in listed["rows"]] == sorted(recipes())
    assert len(listed["rows"]) > 2


@pytest.mark.parametrize("name", recipes())
def test_every_recipe_runs_without_parameters(name, ask):
    code, out, err = ask("--recipe", name, "-o", "json")
    assert (code, err) == (0, "")
    validate("table-1", json.loads(out))


@pytest.mark.parametrize("recipe", recipes().values(), ids=recipes())
def test_a_recipe_says_what_it_answers(recipe):
    assert recipe.title
    assert recipe.question.endswith("?")
    assert all(f"${each.name}" in recipe.query and each.meaning for each in recipe.parameters)


def test_a_recipe_that_is_not_there(ask):
    code, _, err = ask("--recipe", "most-reused-source")
    assert code == 1
    assert "most-reused-sources" in err


def test_a_parameter_that_a_recipe_has_not(ask):
    code, _, err = ask("--recipe", "most-reused-sources", "-p", "colour=red")
    assert code == 2
    assert "least" in err


def test_a_number_of_a_recipe_is_one(ask):
    code, out, err = ask("--recipe", "most-reused-sources", "-p", "least=x")
    assert (code, out) == (2, "")
    assert err.startswith("error: the parameter least takes a whole number")


def test_without_a_query_on_no_terminal(ask):
    code, out, err = ask()
    assert (code, out) == (2, "")
    assert "there is no query" in err


def test_what_to_install(shop, tmp_path):
    hidden = "import sys; sys.modules['ladybug'] = None; from lineage_graph.cli.__main__ import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", hidden, "cypher", "--store", str(shop), "RETURN 1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install 'lineage-graph[cypher]'" in done.stderr
