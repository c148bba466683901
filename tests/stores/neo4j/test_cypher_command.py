"""`lineage-graph cypher` on a real Neo4j, as a program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lineage_graph.api import Lineage
from tests.support.neo4j import connected, on_neo4j, wipe

pytestmark = on_neo4j

SHOP = Path(__file__).parents[2] / "data/mlflow/shop/mlflow.db"
COUNT = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN count(DISTINCT n), count(r), count(n._changed)"


@pytest.fixture(scope="module")
def ask(neo4j_server, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    with connected(neo4j_server) as connection:
        wipe(connection)
    with Lineage.open(neo4j_server.full_url) as lineage:
        lineage.ingest("mlflow", str(SHOP), name="shop")

    def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lineage_graph.cli", "cypher", *arguments, "--store", neo4j_server.url],
            capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL,
            env={**os.environ, **neo4j_server.environ, "HOME": str(home)},
        )  # fmt: skip

    return ask


def test_rows_as_json(ask):
    query = "MATCH (v:ModelVersion)-[:ALIASED_AS]->(a) WHERE v.model = $m RETURN v.name AS v, a.alias AS a ORDER BY a"
    done = ask(query, "-p", "m=churn", "-o", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "schema": "lineage-graph/table/1",
        "columns": ["v", "a"],
        "rows": [["churn/3", "champion"], ["churn/2", "previous"]],
        "truncated": {"rows": 0, "why": None},
    }


def test_a_node_has_nothing_of_the_stores_own(ask):
    done = ask(
        "MATCH (v:ModelVersion {model: 'churn', version: 3}) RETURN v, properties(v) AS p", "-o", "json"
    )
    ((node, properties),) = json.loads(done.stdout)["rows"]
    assert set(node) == {"id", "kind", "name", "properties"}
    assert (node["kind"], node["name"]) == ("ModelVersion", "churn/3")
    assert not [name for name in (*node["properties"], *properties) if name.startswith("_")]


def test_a_row_limit_is_said(ask):
    done = ask("MATCH (n:LineageNode) RETURN n.id", "--limit", "2", "-o", "json")
    answer = json.loads(done.stdout)
    assert (len(answer["rows"]), answer["truncated"]["why"]) == (2, "limit")


def test_a_look_at_everything_is_noted_on_stderr(ask):
    done = ask("MATCH (n) RETURN count(n) AS n", "-o", "csv")
    assert done.returncode == 0
    assert "LineageNode" in done.stderr
    assert "LineageNode" not in done.stdout


REFUSED = {
    "write": (["CREATE (:X)"], 1, "would write"),
    "load": (["LOAD CSV FROM 'file:///etc/passwd' AS l RETURN l"], 1, "load a file"),
    "terminate": (["TERMINATE TRANSACTIONS 'x'"], 1, "end what others"),
    "parameter": (["RETURN $x"], 1, "x"),
    "syntax": (["MATCH (n RETURN n"], 1, "line 1, column 10"),
    "time": (
        ["UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b)", "--timeout", "0.5"],
        1,
        "--timeout",
    ),
}


@pytest.mark.parametrize("output", ["table", "json"])
@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_stdout_empty(arguments, code, said, output, ask, neo4j_server):
    with connected(neo4j_server) as connection:
        before = connection.read(COUNT)
        done = ask(*arguments, "-o", output)
        assert connection.read(COUNT) == before
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr


def test_writing_is_allowed_by_its_option(ask, neo4j_server):
    done = ask("CREATE (:Mine {x: 1})", "--write")
    assert done.returncode == 0, done.stderr
    with connected(neo4j_server) as connection:
        assert connection.read("MATCH (m:Mine) RETURN m.x") == [[1]]
        connection.write(lambda transaction: transaction.run("MATCH (m:Mine) DELETE m"))


def test_a_picture(ask):
    done = ask("MATCH p = (:ModelVersion)-[:ALIASED_AS]->(:Alias) RETURN p", "-o", "mermaid")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("flowchart")


def test_a_number_of_a_recipe_is_one(ask):
    done = ask("--recipe", "most-reused-sources", "-p", "least=x")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: the parameter least takes a whole number")


@pytest.mark.parametrize("format", ["tree", "mermaid", "dot"])
def test_a_picture_says_what_of_others_it_leaves_out(format, ask, neo4j_server):
    """Nodes, relationships of their types, and relationships of our types that join their nodes; each once."""
    beside = """MATCH (v:LineageNode&ModelVersion {model: 'churn', version: 3})
    CREATE (m:Mine {x: 1})-[:READ_BY {evidence: 'logged'}]->(v)-[:LIKES]->(:Mine {x: 2}), (v)-[:LIKES]->(v)"""
    query = "MATCH p = (v:LineageNode&ModelVersion {model: 'churn', version: 3})--(n) RETURN p, n UNION ALL MATCH p = (:Mine)--(n) RETURN p, n"
    with connected(neo4j_server) as connection:
        connection.write(lambda transaction: transaction.run(beside))
        try:
            done = ask(query, "-o", format)
            theirs = ask("MATCH (m:Mine) RETURN m", "-o", format)
        finally:
            connection.write(lambda transaction: transaction.run("MATCH (m:Mine) DETACH DELETE m"))
            connection.write(
                lambda transaction: transaction.run("MATCH (:LineageNode)-[r:LIKES]->() DELETE r")
            )
    assert done.returncode == 0, done.stderr
    assert "churn/3" in done.stdout
    assert "2 nodes and 3 relationships of others not drawn" in (
        done.stdout if format == "tree" else done.stderr
    )
    assert (theirs.returncode, theirs.stdout) == (2, "")
    assert "no graph in these rows to draw, only 2 nodes of others" in theirs.stderr
