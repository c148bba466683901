"""Commands that crawl, on a real MLflow store."""

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import ValidationError

from tests.support.databases import edited
from tests.support.schemas import check

STORE = Path(__file__).parents[1] / "data/mlflow/shop/mlflow.db"


@pytest.fixture
def tracking(tmp_path):
    copy = tmp_path / "mlflow.db"
    shutil.copyfile(STORE, copy)
    return copy


def test_crawl_ask_and_forget(run, tracking, tmp_path):
    graph = tmp_path / "graph.db"
    code, out, err = run("ingest", "mlflow", tracking, "--name", "shop", "--store", graph)
    assert (code, err) == (0, "")
    assert out.startswith("mlflow:shop  read in ")
    assert run("upstream", "churn@champion", "--store", graph)[0] == 0
    again = json.loads(run("ingest", "mlflow", tracking, "--name", "shop", "--store", graph, "-o", "json")[1])
    check("ingest", again)
    assert again["records"]["retracted"] == 0
    assert run("backup", tmp_path / "copy.db", "--store", graph)[0] == 0
    assert run("forget", "nosuch", "--store", graph)[0] == 1
    assert run("forget", "shop", "--store", graph)[0] == 0
    assert run("upstream", "churn@champion", "--store", graph)[0] == 1
    assert run("upstream", "churn@champion", "--store", tmp_path / "copy.db")[0] == 0


def test_what_backup_and_forget_say_in_json(run, tracking, tmp_path):
    graph, copy = tmp_path / "graph.db", tmp_path / "copy.db"
    assert run("ingest", "mlflow", tracking, "--name", "shop", "--store", graph)[0] == 0
    code, out, err = run("backup", copy, "--store", graph, "-o", "json")
    check("backup", json.loads(out))
    assert (code, err, json.loads(out)["path"], json.loads(out)["bytes"]) == (
        0,
        "",
        str(copy),
        copy.stat().st_size,
    )
    code, out, err = run("backup", copy, "--store", graph, "-o", "json")
    assert (code, out, json.loads(err)["error"]["code"]) == (1, "", "store-unreadable")
    code, out, err = run("forget", "shop", "--store", graph, "-o", "json")
    check("forget", json.loads(out))
    assert (code, err, json.loads(out)["origin"]) == (0, "", "mlflow:shop")
    assert (
        json.loads(run("forget", "shop", "--store", graph, "-o", "json")[2])["error"]["code"] == "not-found"
    )


def test_a_dry_run_writes_nothing(run, tracking, tmp_path):
    code, out, _ = run("ingest", "mlflow", tracking, "--dry-run", "--store", tmp_path / "graph.db")
    assert code == 0
    assert "dry run: nothing was written" in out
    assert run("search", "churn", "--store", tmp_path / "graph.db")[0] == 1


def test_crawl_and_answer_in_one_go(run, tracking, tmp_path):
    code, out, err = run("impact", "orders.csv", "--from", tracking)
    assert code == 0
    assert "orders.csv" in out.split("\n")[0]
    assert "crawled" in err
    kept = list((tmp_path / "home/.cache/lineage_graph/from").glob("*.db"))
    assert len(kept) == 1
    code, again, err = run("impact", "orders.csv", "--from", tracking, "-q")
    assert (code, again, err) == (0, out, "")
    assert list((tmp_path / "home/.cache/lineage_graph/from").glob("*.db")) == kept


def test_crawl_first_into_a_graph_of_ones_own(run, tracking, tmp_path):
    graph = tmp_path / "mine.db"
    assert run("upstream", "churn@champion", "--from", tracking, "--store", graph)[0] == 0
    assert graph.exists()
    assert not (tmp_path / "home/.cache").exists()


def test_strict_is_3_where_something_was_skipped(run, tracking, tmp_path):
    code, out, err = run(
        "ingest", "mlflow", tracking, "--strict", "--store", tmp_path / "graph.db", "-o", "json"
    )
    skipped = sum(skip["count"] for skip in json.loads(out)["skipped"])
    assert code == (3 if skipped else 0)
    assert bool(err) == bool(skipped)


def test_the_starter_declaration_is_right_and_says_nothing(run, tmp_path):
    assert run("declare", "init")[0] == 0
    assert run("declare", "init")[0] == 2
    assert run("declare", "init", "--force")[0] == 0
    code, out, err = run("ingest", "declared", "--store", tmp_path / "graph.db")
    assert (code, err) == (0, "")
    assert "0 records" in out


def test_every_example_of_the_starter_is_right(run, tmp_path):
    run("declare", "init")
    starter = (tmp_path / "work/lineage.yaml").read_text()
    head, _, body = starter.partition("version: 1\n")
    assert head
    lines = [text.removeprefix("# ") for text in body.split("\n") if text.startswith("# ")]
    prose = [text for text in lines if text[:1].isupper() or text.startswith("lineage-graph doctor")]
    (tmp_path / "work/all.yaml").write_text(
        "version: 1\n" + "\n".join(text for text in lines if text not in prose)
    )
    code, out, err = run(
        "ingest", "declared", "all.yaml", "--dry-run", "--store", tmp_path / "graph.db", "-o", "json"
    )
    assert (code, err) == (0, "")
    assert json.loads(out)["skipped"] == []


UNRESOLVED = """version: 1
owners:
  churn@champion: risk
  nowhere/7: risk
deployments:
  - {name: churn-api, platform: web, serves: [churn@champion, "chrun@champion"]}
"""


TWO_MISTAKES = """\
version: 1
deployments:
  - name: churn-api
    serves: churn@champion
    platfrom: k8s
"owners\\e[31m\\nerror: forged": []
"""


def test_each_mistake_of_a_declaration_is_a_line_of_its_own(run, tmp_path):
    file = tmp_path / "work/bad.yaml"
    file.write_text(TWO_MISTAKES)
    code, out, err = run("ingest", "declared", "bad.yaml", "--store", tmp_path / "graph.db")
    first, second, hint = err.splitlines()
    assert (code, out) == (1, "")
    assert first == "error: bad.yaml:5: a deployment has no field 'platfrom'; did you mean 'platform'?"
    assert second.startswith("bad.yaml:6: there is no section 'owners\\x1b[31m\\nerror: forged'")
    assert hint.startswith("hint: ")
    code, out, err = run("ingest", "declared", "bad.yaml", "--store", tmp_path / "graph.db", "-o", "json")
    error = json.loads(err)["error"]
    assert (code, out, error["code"]) == (1, "", "declaration")
    assert [first, second] == ["error: " + error["message"].split("\n")[0], *error["message"].split("\n")[1:]]


def test_what_a_declaration_names_in_vain_is_told_each_time(run, tracking, tmp_path):
    graph = tmp_path / "graph.db"
    file = tmp_path / "work/lineage.yaml"
    file.write_text(UNRESOLVED)
    run("ingest", "mlflow", tracking, "--name", "shop", "--store", graph)
    for _ in range(2):
        code, out, err = run("ingest", "declared", file, "--store", graph)
        assert code == 0
        assert err.startswith("2 of its references lead to nothing in the graph:\n")
        assert "chrun@champion" in err
        assert "lineage.yaml:4: nowhere/7" in err
    code, out, err = run("ingest", "declared", file, "--store", graph, "--strict", "-o", "json")
    assert code == 3
    check("ingest", json.loads(out))
    assert len(json.loads(out)["unresolved"]) == 2
    assert "2 of its references unresolved" in json.loads(err)["error"]["message"]
    file.write_text(UNRESOLVED.replace("chrun", "churn").replace("nowhere/7", "churn/1"))
    assert run("ingest", "declared", file, "--store", graph, "--strict")[::2] == (0, "")


def test_a_window_that_ends_before_it_begins_is_a_slip(run, shop):
    code, out, err = run("impact", "churn/1", "--read-between", "2026-01-02", "2026-01-01", "--store", shop)
    assert (code, out) == (2, "")
    assert "--read-between" in err


@pytest.mark.parametrize("format", ["table", "csv", "json"])
def test_upstream_has_no_window(run, shop, format):
    window = ("--read-between", "2026-01-01", "2026-01-02")
    code, out, err = run("upstream", "churn/1", *window, "--store", shop, "-o", format)
    assert (code, out) == (2, "")
    assert "--read-between" in err
    assert "impact" in err


def test_a_copy_answers_as_the_original(run, tracking, tmp_path):
    here, there = tmp_path / "here.db", tmp_path / "there.db"
    run("ingest", "mlflow", tracking, "--name", "shop", "--store", here)
    code, out, err = run("copy", here, there)
    assert (code, out) == (0, "")
    assert "copied" in err
    assert "both stores have the digest" in err
    questions = [("impact", "orders.csv"), ("upstream", "churn@champion", "-o", "csv"), ("doctor",)]
    for question in questions:
        assert run(*question, "--store", here) == run(*question, "--store", there)
    told = json.loads(run("copy", here, there, "-o", "json")[1])
    check("copy", told)
    assert told["origins"] == ["mlflow:shop", "resolve"]


def test_a_copy_that_cannot_be(run, tracking, tmp_path):
    here, there = tmp_path / "here.db", tmp_path / "there.db"
    assert run("copy", here, there)[0] == 1
    assert not there.exists()
    run("ingest", "mlflow", tracking, "--name", "shop", "--store", here)
    code, out, err = run("copy", here, here)
    assert (code, out) == (2, "")
    assert "both source and target" in err


@pytest.mark.parametrize("target", ["memory:", "MEMORY:", "memory://"])
def test_a_copy_into_memory_would_be_gone_at_once(run, tracking, tmp_path, target):
    here = tmp_path / "here.db"
    run("ingest", "mlflow", tracking, "--name", "shop", "--store", here)
    code, out, err = run("copy", here, target)
    assert (code, out) == (2, "")
    assert "memory" in err
    assert "a file" in err


def test_what_a_crawl_says_in_json_is_as_published(run, tracking):
    """Also where nothing is written, and where something was left out."""
    whole = json.loads(run("ingest", "mlflow", tracking, "--store", "graph.db", "-o", "json")[1])
    check("ingest", whole)
    assert whole["skipped"]
    tried = json.loads(run("ingest", "mlflow", tracking, "--dry-run", "--store", "no.db", "-o", "json")[1])
    check("ingest", tried)
    for changed in ({**whole, "more": 1}, {**whole, "read": {"runs": -1}}, whole | {"origin": {}}):
        with pytest.raises(ValidationError):
            check("ingest", changed)


ROOT_SLIPS = [
    (["--root", "sotck=/srv/shop"], "stock"),
    (["--root", "stock=/srv/shop", "--root", "nowhere=/srv"], ""),
    (["--root", "2=/srv/shop"], "stock"),
]


@pytest.mark.parametrize(
    ("options", "nearest"), ROOT_SLIPS, ids=[" ".join(one[0][1::2]) for one in ROOT_SLIPS]
)
def test_a_root_of_no_experiment_is_said_and_nothing_is_written(run, tracking, tmp_path, options, nearest):
    store = tmp_path / "graph.db"
    code, out, err = run("ingest", "mlflow", tracking, "--store", store, *options)
    assert (code, out) == (2, "")
    assert err.startswith("error: --root ")
    assert f"  {nearest}\n" in err or not nearest
    code, out, _ = run("status", "--store", store, "-o", "json")
    assert code == 1 or json.loads(out)["graph"]["origins"] == []


def test_a_relative_root_undoes_no_good_one(run, tracking, tmp_path):
    store = tmp_path / "graph.db"
    assert run("ingest", "mlflow", tracking, "--store", store, "--root", "stock=/srv/shop")[0] == 0
    before = json.loads(run("status", "--store", store, "-o", "json")[1])
    code, out, err = run("ingest", "mlflow", tracking, "--store", store, "--root", "stock=rel")
    assert (code, out) == (2, "")
    assert err.splitlines()[0] == (
        "error: --root stock=rel: neither absolute nor a directory here; give an absolute path or a URI"
    )
    assert json.loads(run("status", "--store", store, "-o", "json")[1]) == before
    assert run("ingest", "mlflow", tracking, "--dry-run", "--root", "stock=rel")[0] == 2


def test_a_crawl_of_a_part_is_told_from_one_that_broke_off(run, tracking, tmp_path):
    store = tmp_path / "graph.db"

    def status(*options):
        code, out, err = run("status", "--store", store, *options)
        return code, out.splitlines()[1].partition("Z  ")[2], err

    def ingest(*options):
        assert run("ingest", "mlflow", tracking, "--store", store, "--name", "shop", *options)[0] == 0

    ingest("--experiment", "churn", "--since", "2020-01-01")
    part = "only a part: --experiment churn --since 2020-01-01T00:00:00.000Z"
    assert status("--max-age", "24h") == (0, part, "")
    check("status", json.loads(run("status", "--store", store, "-o", "json")[1]))
    with edited(store) as graph:
        graph.execute(
            "UPDATE origin SET read_at = read_at - 90000000, report = json_set(report, '$.part.read_at',"
            " read_at - 90000000) WHERE type = 'mlflow'"
        )
    code, said, err = status("--max-age", "24h")
    assert (code, said) == (3, part)
    assert "older than --max-age: mlflow:shop (only --experiment churn --since 2020-01-01T" in err
    ingest()
    assert status("--max-age", "24h") == (0, "complete", "")
    ingest("--experiment", "churn")
    assert status("--max-age", "24h") == (0, "complete, last read in part: --experiment churn", "")
    with edited(store) as graph:  # as the first batch of the next crawl leaves it
        graph.execute("UPDATE origin SET read_at = read_at + 1, complete = 0 WHERE type = 'mlflow'")
    code, said, err = status("--max-age", "24h")
    assert (code, said) == (3, "NOT COMPLETE: being read, or broken off")
    assert "being read, broken off" in err
    assert "mlflow:shop" in err


def test_a_root_that_is_kept_outlives_its_experiments_name(run, tracking, tmp_path):
    store = tmp_path / "graph.db"
    assert run("ingest", "mlflow", tracking, "--store", store, "--root", "stock=/srv/shop")[0] == 0
    with edited(tracking) as database:
        database.execute("UPDATE experiments SET name = 'renamed' WHERE name = 'stock'")
    assert run("ingest", "mlflow", tracking, "--store", store)[0] == 0
    assert run("ingest", "mlflow", tracking, "--store", store, "--root", "stock=")[0] == 0
