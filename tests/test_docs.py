"""The documents say what is so: what they tell to type is run, every gap code, command and page is there."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lineage_graph.cli.root import COMMANDS
from lineage_graph.query.gaps import WORDINGS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOP = Path(__file__).parent / "data/mlflow/shop/mlflow.db"
CONTENTS = ("docs/index.md", "docs/gaps.md", "docs/decisions/index.md")
ELSEWHERE = ("scripts/demo", "pip install")
"""Run whole by CI and the wheel's smoke test, not here."""


def commands(text: str) -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"`(lineage-graph [^`]+)`", text)
    lines = [line for block in blocks for line in block.splitlines() if line.strip()]
    return [*lines, *inline]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder as a reader of the README has it: a store called mlflow.db, and a declaration."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copy(SHOP, folder / "mlflow.db")
    (folder / "lineage.yaml").write_text("version: 1\nowners:\n  model:churn: growth@shop.example\n")
    environ = {**os.environ, "LINEAGE_GRAPH_STORE": str(folder / "graph.db"), "XDG_CACHE_HOME": str(folder)}
    ingest = [sys.executable, "-m", "lineage_graph.cli", "ingest", "mlflow", "sqlite:///mlflow.db"]
    subprocess.run(ingest, cwd=folder, env=environ, check=True, capture_output=True)
    return folder, environ


@pytest.mark.parametrize(
    "command", [line for line in commands(README) if not line.startswith((*ELSEWHERE, "scripts/test"))]
)
def test_a_command_of_the_readme_runs(command, shop):
    folder, environ = shop
    words = shlex.split(command.split(">", 1)[0])
    if words[1:3] == ["declare", "init"]:
        words += ["other.yaml"]
    done = subprocess.run(
        [sys.executable, "-m", "lineage_graph.cli", *words[1:]],
        cwd=folder, env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.strip() or done.stderr.strip()


def test_the_python_of_the_readme_runs(shop):
    folder, environ = shop
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_readmes_scripts_exist():
    for script in ("scripts/demo", "scripts/test"):
        assert script in README
        assert os.access(ROOT / script, os.X_OK)


@pytest.mark.parametrize("code", sorted(WORDINGS))
def test_a_gap_code_has_a_page(code):
    page = (ROOT / "docs/gaps" / f"{code}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# `{code}`")
    assert "## How to close it" in page
    assert f"gaps/{code}.md" in (ROOT / "docs/gaps.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "schema", sorted(path.stem for path in (ROOT / "lineage_graph/schemas").glob("*.json"))
)
def test_a_schema_is_listed(schema):
    page = "lineage-yaml" if schema.startswith("lineage-yaml") else "json"
    assert f"{schema}.json" in (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_is_documented(command):
    assert f"lineage-graph {command}" in (ROOT / "docs/cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "document", sorted(str(p.relative_to(ROOT)) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
)
def test_links_of_documents_lead_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert ((ROOT / document).parent / target).exists(), target


def load_script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tutorial_is_what_its_commands_print(tmp_path):
    tutorial = load_script("docs_tutorial")
    folder = tmp_path / "shop"
    folder.mkdir()
    written = tutorial.PAGE.read_text(encoding="utf-8")
    printed = tutorial.render_page(written, folder)
    assert tutorial.without_times(printed) == tutorial.without_times(written), "run scripts/docs_tutorial.py"


def test_the_python_of_the_page_prints_what_it_says(tmp_path, monkeypatch):
    page = (ROOT / "docs/python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", page, re.DOTALL)
    folder = tmp_path / "shop"
    folder.mkdir()
    shutil.copy(SHOP, folder / "mlflow.db")
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    assert blocks
    for code, expected in blocks:
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(code, "docs/python.md", "exec"), names)
        assert printed.getvalue() == expected, code


def test_the_table_of_contents_has_every_page():
    contents = "".join((ROOT / page).read_text(encoding="utf-8") for page in CONTENTS)
    for page in (ROOT / "docs").glob("**/*.md"):
        assert page.name == "index.md" or f"{page.name})" in contents, page
