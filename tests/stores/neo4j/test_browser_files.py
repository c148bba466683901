"""What is handed to Neo4j Browser, and compose.yaml: made from what is, and right in form."""

from __future__ import annotations

import importlib.util
import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

from lineage_graph.api import Lineage
from lineage_graph.graph import Kind
from lineage_graph.render.labels import FAMILIES, FILLS
from lineage_graph.stores.neo4j.console import Neo4jConsole
from tests.support.neo4j import connected, on_neo4j, wipe

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "docs/neo4j"
QUERIES = sorted(FOLDER.glob("queries/*.cypher"))
SHOP = ROOT / "tests/data/mlflow/shop/mlflow.db"


def maker():
    spec = importlib.util.spec_from_file_location("neo4j_files", ROOT / "scripts/neo4j_files.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rules(text: str) -> dict[str, dict[str, str]]:
    """As Browser reads it: `selector { name: value; … }`, braces inside quotes kept, no comments."""
    found = re.findall(r"([^{}]+)\{((?:[^{}']|'[^']*')*)\}", text)
    return {
        selector.strip(): {
            name.strip(): value.strip()
            for name, _, value in (pair.partition(":") for pair in body.split(";") if pair.strip())
        }
        for selector, body in found
    }


def test_the_files_are_what_the_script_makes():
    made = maker()
    assert (FOLDER / "lineage_graph.grass").read_text() == made.render_grass()
    assert (FOLDER / "saved-queries.zip").read_bytes() == made.render_archive()


def test_each_kind_has_the_colour_that_it_has_everywhere():
    found = rules((FOLDER / "lineage_graph.grass").read_text())
    assert set(found) == {"node", "relationship", *(f"node.{kind}" for kind in Kind)}
    for kind in Kind:
        assert found[f"node.{kind}"]["color"] == FILLS[FAMILIES[kind]][1]
        assert re.fullmatch(r"'\{\w+\}'", found[f"node.{kind}"]["caption"])
    assert found["relationship"]["caption"] == "'<type>'"


def test_the_style_sheet_has_nothing_that_browser_cannot_read():
    text = (FOLDER / "lineage_graph.grass").read_text()
    assert "/*" not in text
    assert "//" not in text
    assert all(line.count(":") <= 1 for line in text.splitlines())


def test_the_archive_has_each_query_under_its_name():
    with zipfile.ZipFile(io.BytesIO((FOLDER / "saved-queries.zip").read_bytes())) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert contents == {f"lineage_graph/{path.name}": path.read_bytes() for path in QUERIES}
    # Browser shows the first line as the name.
    assert all(content.startswith(b"// ") for content in contents.values())
    assert len({content.split(b"\n")[0] for content in contents.values()}) == len(QUERIES) == 9


@pytest.fixture(scope="module")
def shop(neo4j_server):
    with connected(neo4j_server) as connection:
        wipe(connection)
        with Lineage.open(neo4j_server.full_url) as lineage:
            lineage.ingest("mlflow", str(SHOP))
        yield Neo4jConsole(connection)


class TestOnAServer:
    pytestmark = on_neo4j

    @pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
    def test_each_query_answers(self, path, shop):
        table = shop.run(path.read_text(), {}, timeout=60)
        # This shop judged nothing on what it was trained on, and hints at nothing that it does not say.
        assert bool(table.rows) is (path.stem[:2] not in ("07", "09"))
        assert table.notes == ()

    def test_the_origins_are_those_of_the_answer(self, shop, neo4j_server):
        """The picture in Browser and the answer of `upstream` are of one mind."""
        (path,) = (path for path in QUERIES if "origins" in path.name)
        shown = {item.id for row in shop.run(path.read_text(), {}).rows for item in row[0].items[::2]}
        with Lineage.open(neo4j_server.full_url) as lineage:
            assert shown == {node.id for node in lineage.upstream("models:/churn/1").nodes}


def test_compose_is_sound():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    assert set(compose["services"]) == {"mlflow", "neo4j", "lineage-graph"}
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    # No password of its own: without one in the environment nothing starts.
    secrets = [
        value
        for service in compose["services"].values()
        for name, value in service.get("environment", {}).items()
        if "PASSWORD" in name or "AUTH" in name
    ]
    assert len(secrets) == 2
    assert all("${NEO4J_PASSWORD:?" in value for value in secrets)
    known = {
        "build",
        "image",
        "command",
        "entrypoint",
        "environment",
        "ports",
        "volumes",
        "healthcheck",
        "depends_on",
    }
    for service in compose["services"].values():
        assert set(service) <= known | {"profiles"}
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        named = {volume.split(":")[0] for volume in service.get("volumes", ())}
        assert named <= set(compose["volumes"])


def test_compose_reads_it():
    """Where docker compose is: it needs no daemon for this."""
    docker = shutil.which("docker")
    if (
        docker is None
        or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode
    ):
        return
    done = subprocess.run(
        [docker, "compose", "config", "--quiet"],
        cwd=ROOT, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "NEO4J_PASSWORD": "x"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
