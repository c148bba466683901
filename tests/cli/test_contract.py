"""Exit codes, streams, errors: what a script relies on."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys

import pytest

from lineage_graph import __version__
from lineage_graph.cli.root import COMMANDS
from lineage_graph.graph import Edge, EdgeType, Evidence, Kind, Node
from tests.cli.graphs import write_graph
from tests.render import answers

HEAVY = [
    "asyncio",
    "importlib.metadata",
    "jinja2",
    "mlflow",
    "neo4j",
    "networkx",
    "numpy",
    "pandas",
    "rich",
    "sqlalchemy",
    "urllib3",
    "yaml",
]
QUERIES = {
    "upstream": ["upstream", "churn@champion"],
    "downstream as JSON": ["downstream", "orders.parquet", "-o", "json"],
    "impact": ["impact", "orders.parquet"],
    "path as CSV": ["path", "orders.parquet", "churn/3", "-o", "csv"],
    "show": ["show", "churn@champion"],
    "search": ["search", "orders"],
    "status": ["status"],
}
LOADED = """
import sys
from lineage_graph.cli.__main__ import main
code = main(sys.argv[2:])
print(*[name for name in sys.argv[1].split(",") if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize("arguments", QUERIES.values(), ids=QUERIES.keys())
def test_a_query_loads_nothing_heavy(arguments, shop):
    command = [sys.executable, "-c", LOADED, ",".join(HEAVY), *arguments, "--store", str(shop)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
    assert done.returncode == 0
    assert done.stdout


def test_the_version_is_a_constant(process):
    done = process("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"lineage-graph {__version__}\n", "")


USAGE = {
    "no command": [],
    "no such command": ["upstraem", "x"],
    "no such option": ["upstream", "x", "--bogus"],
    "no reference": ["upstream"],
    "a limit that is none": ["upstream", "x", "--limit", "-1"],
    "a kind that is none": ["upstream", "x", "--kind", "Modle"],
    "a time that is none": ["upstream", "x", "--as-of", "yesterday-ish"],
    "half a window": ["impact", "x", "--read-between", "2026-01-01"],
    "a format that is none": ["show", "x", "-o", "xml"],
    "a scheme that no store has": ["upstream", "x", "--store", "redis://h/0"],
    "a tracking scheme that nothing reads": ["ingest", "mlflow", "gopher://h/x"],
    "a root without a directory": ["ingest", "mlflow", "--root", "churn"],
    "an age that is none": ["status", "--max-age", "old"],
    "a gap code that is none": ["doctor", "relative-paht"],
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE.keys())
def test_usage_is_2_and_says_so_on_stderr_only(arguments, run, shop, monkeypatch):
    monkeypatch.setenv("LINEAGE_GRAPH_STORE", str(shop))
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert err
    assert "Traceback" not in err


def test_the_nearest_command_and_gap_code_are_named(run, shop):
    assert "Did you mean upstream?" in run("upstraem", "x")[2]
    assert "did you mean relative-path?" in run("doctor", "relative-paht", "--store", shop)[2]


FAILURES = {
    "not found": (["upstream", "nobody-knows-this"], "not-found"),
    "ambiguous": (["upstream", "churn"], None),
    "no graph": (["upstream", "x", "--store", "absent.db"], "store-missing"),
    "not a graph": (["upstream", "x", "--store", "noise.db"], "store-unreadable"),
}


@pytest.mark.parametrize(("arguments", "code"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_is_1_and_json_on_stderr(arguments, code, run, shop, tmp_path):
    (tmp_path / "work/noise.db").write_bytes(
        b"this is no database, and long enough to be looked at twice" * 9
    )
    where = [] if "--store" in arguments else ["--store", shop]
    exit_code, out, err = run(*arguments, *where, "-o", "json")
    if code is None:
        assert exit_code in {0, 1}
        return
    failure = json.loads(err)
    assert exit_code == 1
    assert out == ""
    assert failure["schema"] == "lineage-graph/error/1"
    assert set(failure["error"]) == {"code", "message", "hint", "candidates"}
    assert failure["error"]["code"] == code
    assert not (tmp_path / "work/absent.db").exists()


def test_a_usage_error_is_json_too(run):
    code, out, err = run("upstream", "-o", "json", "--bogus")
    assert (code, out) == (2, "")
    assert json.loads(err)["error"]["code"] == "usage"


def test_an_empty_answer_is_0(run, shop):
    code, out, _ = run("impact", "retention-mails", "--store", shop)
    assert code == 0
    assert "NO DEPENDENTS" in out.split("\n")[0]


GATES = {
    ("impact", "orders.parquet", "--fail-on", "live"): 3,
    ("impact", "orders.parquet", "--fail-on", "gap"): 3,
    ("impact", "orders.parquet", "--fail-on", "none"): 0,
    ("impact", "retention-mails", "--fail-on", "live"): 0,
    ("upstream", "churn@champion", "--fail-on", "not-captured"): 0,
    ("upstream", "churn@champion", "--fail-on", "found"): 3,
    ("status", "--max-age", "1h"): 3,
    ("status", "--max-age", "999999w"): 0,
    ("doctor", "--fail-on", "evaluation-without-model"): 3,
    ("doctor", "--fail-on", "no-run"): 0,
}


def test_a_pointer_that_no_deployment_is_declared_for_is_live(run, tmp_path):
    """It may be loaded by anybody: what the screen calls live, the gate does too."""
    version, champion = "modelversion:p/default/churn/1", "alias:p/default/churn@champion"
    nodes = [
        Node(version, Kind.MODEL_VERSION, "churn/1", properties={"model": "churn", "version": 1}),
        Node(champion, Kind.ALIAS, "churn@champion", properties={"model": "churn", "alias": "champion", "pointer": "alias"}),
    ]  # fmt: skip
    staging = "alias:p/default/churn/Staging"
    nodes.append(
        Node(staging, Kind.ALIAS, "churn/Staging", properties={"alias": "Staging", "pointer": "stage"})
    )
    edges = [Edge(version, champion, EdgeType.ALIASED_AS, Evidence.LOGGED, "alias")]
    edges.append(
        Edge("modelversion:p/default/churn/2", staging, EdgeType.ALIASED_AS, Evidence.LOGGED, "stage")
    )
    nodes.append(nodes[0]._replace(id="modelversion:p/default/churn/2", name="churn/2"))
    graph = write_graph(tmp_path / "graph.db", nodes, edges)
    assert run("impact", "churn/1", "--fail-on", "live", "--store", graph)[0] == 3
    assert run("downstream", "churn/1", "--fail-on", "live", "--store", graph)[0] == 3
    assert run("impact", "churn@champion", "--fail-on", "live", "--store", graph)[0] == 0
    assert run("impact", "churn/2", "--fail-on", "live", "--store", graph)[0] == 0
    assert run("downstream", champion, "--kind", "Run", "--fail-on", "live", "--store", graph)[0] == 0


@pytest.mark.parametrize(("arguments", "expected"), GATES.items(), ids=map(" ".join, GATES))
def test_a_gate_answers_and_then_says_no(arguments, expected, run, shop, tmp_path):
    from tests.cli.graphs import write_shop

    old = write_shop(tmp_path / "old.db", read_at=1_600_000_000_000)
    code, out, err = run(*arguments, "--store", old if "--max-age" in arguments else shop)
    assert code == expected
    assert out
    assert bool(err) == (expected == 3)


SECRET = "s3cr3t-hunter2"
LEAKS = {
    "a store": ["upstream", "x", "--store", f"neo4j+x://ana:{SECRET}@h/db"],
    "a reference": ["upstream", f"https://ana:{SECRET}@host.example/data.parquet"],
    "a tracking URI": ["ingest", "mlflow", f"gopher://ana:{SECRET}@h/x"],
    "a server that is not there": ["ingest", "mlflow", f"http://ana:{SECRET}@127.0.0.1:9/", "--timeout", "1"],
    "an option": ["upstream", "x", "--as-of", f"password={SECRET}"],
}


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
@pytest.mark.parametrize("arguments", LEAKS.values(), ids=LEAKS.keys())
def test_no_error_shows_a_secret_or_a_control_character(arguments, as_json, run, shop, monkeypatch):
    monkeypatch.setenv("LINEAGE_GRAPH_STORE", str(shop))
    monkeypatch.setenv("LINEAGE_GRAPH_TRACEBACK", "1")
    code, out, err = run(*arguments, *(["-o", "json"] if as_json else []))
    assert code in {1, 2}
    assert SECRET not in out + err
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", err)


def test_a_reader_that_leaves_is_no_error(shop):
    command = [
        sys.executable,
        "-m",
        "lineage_graph.cli",
        "downstream",
        "orders.parquet",
        "--store",
        str(shop),
    ]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout
    assert running.stderr
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait(30) == 0


def test_control_c_is_130(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}"
        command = [
            sys.executable,
            "-m",
            "lineage_graph.cli",
            "ingest",
            "mlflow",
            uri,
            "--store",
            str(tmp_path / "g.db"),
        ]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        silent.settimeout(30)
        connection, _ = silent.accept()
        with connection:
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert out == b""
    assert err.strip().decode().endswith("error: interrupted")


def test_a_pipe_gets_no_colour_even_if_colour_is_forced(process, shop):
    environment = {**os.environ, "FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}
    done = process("impact", "orders.parquet", "--store", shop, env=environment)
    assert "\x1b" not in done.stdout
    assert not re.search("[\u2500-\u257f]", done.stdout)


def test_a_name_fits_no_locale_and_still_gets_out(process, shop):
    done = process(
        "impact", "orders.parquet", "--store", shop, env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0"}
    )
    assert done.returncode == 0
    assert "←" in done.stdout


def test_json_csv_and_table_agree(run, shop):
    as_json = json.loads(run("downstream", "orders.parquet", "--store", shop, "-o", "json")[1])
    as_csv = run("downstream", "orders.parquet", "--store", shop, "-o", "csv")[1].strip().split("\n")
    assert len(as_json["nodes"]) == len(answers.NODES)
    assert len(as_json["edges"]) == len(as_csv) - 1 == len(answers.EDGES)


@pytest.mark.parametrize("direction", ["upstream", "downstream"])
@pytest.mark.parametrize(
    "options",
    [[], ["--kind", "Run", "--kind", "Dataset"], ["--limit", "3"], ["--depth", "2"], ["--include-possible"],
     ["--include-evaluation"], ["--as-of", "2100-01-01"]],
    ids=" ".join,
)  # fmt: skip
def test_a_gate_that_is_not_met_changes_no_row(direction, options, run, shop):
    for ref in [node.id for node in answers.NODES]:
        asked = (direction, ref, *options, "--store", shop, "-o", "csv")
        # A gate makes it look at the whole answer.
        assert run(*asked) == run(*asked, "--fail-on", "unreadable")


@pytest.mark.parametrize("form", ["table", "tree", "json", "csv", "mermaid", "dot", "html", "md"])
@pytest.mark.parametrize(
    "arguments", [value for key, value in QUERIES.items() if key != "status"], ids=lambda a: a[0]
)
def test_every_question_has_every_format(arguments, form, run, shop):
    plain = [argument for argument in arguments if argument not in {"-o", "json", "csv"}]
    code, out, err = run(*plain, "--store", shop, "-o", form)
    assert (code, err) == (0, "")
    assert out.endswith("\n")
    assert not out.endswith("\n\n")


def test_every_reference_of_an_example_leads_somewhere(run, tmp_path):
    column = Node(
        "feature:source:file:///srv/shop/data/orders.parquet#price",
        Kind.FEATURE,
        "price",
        properties={"column": "price", "source": answers.URI},
        records=("r",),
    )
    elsewhere = Node(
        "source:s3://shop/orders.parquet", Kind.SOURCE, "s3://shop/orders.parquet", records=("r",)
    )
    # As a declaration writes it: its name has the namespace.
    nodes = [
        each._replace(name="shop/churn-api") if each is answers.DEPLOYMENT else each for each in answers.NODES
    ]
    graph = write_graph(tmp_path / "shop.db", [*nodes, column], answers.EDGES)
    shared = write_graph(tmp_path / "shared.db", [elsewhere], [])
    tried = 0
    for name in ("upstream", "downstream", "impact", "path", "show", "audit"):
        for example in re.findall(rf"^ +lineage-graph ({name} .*)$", run(name, "--help")[1], re.MULTILINE):
            command = re.split(r"  | > ", example)[0]
            if "--from" not in command:
                store = shared if "s3:" in command else graph
                code, _, err = run(*shlex.split(command), "--store", store)
                assert code in {0, 3}, (command, err)
                tried += 1
    assert tried > 20


@pytest.mark.parametrize("name", [*COMMANDS, "ingest mlflow", "ingest declared", "declare init"])
def test_every_command_has_examples_that_run_it(name, run):
    code, out, _ = run(*name.split(), "--help")
    assert code == 0
    assert "Examples:" in out
    assert f"  lineage-graph {name}" in out
