"""What a copy must know of a server: which database it is, and what lies in it beside ours."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from lineage_graph import Lineage
from lineage_graph.cli.root import root
from lineage_graph.errors import StoreDenied, StoreForeign, UsageError
from lineage_graph.stores.neo4j.connection import Connection
from tests.support.neo4j import Server, on_neo4j

pytestmark = on_neo4j

SHOP = str(Path(__file__).parents[2] / "data/mlflow/shop/mlflow.db")


def test_a_database_is_not_copied_onto_itself_by_another_name(
    connection: Connection, neo4j_server: Server
) -> None:
    other_name = neo4j_server.full_url.replace("127.0.0.1", "localhost")
    assert other_name != neo4j_server.full_url
    with Lineage.open(neo4j_server.full_url) as lineage:
        lineage.ingest("mlflow", SHOP, name="shop", artifacts=False)
        for same in (other_name, f"{neo4j_server.full_url}/neo4j"):
            with pytest.raises(UsageError, match="both source and target"):
                lineage.copy_to(same)


def test_a_copy_into_what_was_forgotten(connection: Connection, neo4j_server: Server, tmp_path: Path) -> None:
    """Only what is derived is left there, and that is made anew."""
    with Lineage.open(str(tmp_path / "graph.db")) as lineage:
        lineage.ingest("mlflow", SHOP, name="shop", artifacts=False)
        first = lineage.copy_to(neo4j_server.full_url)
        with Lineage.open(neo4j_server.full_url) as served:
            served.forget("mlflow:shop")
        assert lineage.copy_to(neo4j_server.full_url) == first


def test_user_and_password_by_options(
    connection: Connection, neo4j_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They count for both ends, unless an end's URL names its own."""
    for name in neo4j_server.environ:
        monkeypatch.delenv(name, raising=False)
    first, again = str(tmp_path / "graph.db"), str(tmp_path / "again.db")
    with Lineage.open(first) as lineage:
        lineage.ingest("mlflow", SHOP, name="shop", artifacts=False)

    def copy(source: str, target: str, user: str, password: str) -> BaseException | None:
        (file := tmp_path / "password").write_text(password)
        file.chmod(0o600)
        options = ["--neo4j-user", user, "--neo4j-password-file", str(file)]
        return CliRunner().invoke(root, ["copy", source, target, *options]).exception

    ours, theirs = (neo4j_server.user, neo4j_server.password), ("nobody", "wrong")
    assert isinstance(copy(first, neo4j_server.url, *theirs), StoreDenied)
    assert copy(first, neo4j_server.url, *ours) is None
    assert copy(neo4j_server.url, again, *ours) is None
    assert copy(neo4j_server.full_url, again, *theirs) is None
    assert isinstance(copy(neo4j_server.full_url, neo4j_server.url, *theirs), StoreDenied)
    assert "both source and target" in str(copy(neo4j_server.full_url, neo4j_server.url, *ours))
    assert "both source and target" in str(copy(neo4j_server.url, neo4j_server.full_url, *ours))


def test_others_data_is_left_alone_unless_asked(
    connection: Connection, neo4j_server: Server, tmp_path: Path
) -> None:
    connection.write(lambda transaction: transaction.run("CREATE (:Run {id: 'run:theirs'})"))
    with Lineage.open(str(tmp_path / "graph.db")) as lineage:
        lineage.ingest("mlflow", SHOP, name="shop", artifacts=False)
        with pytest.raises(StoreForeign, match="holds other data"):
            lineage.copy_to(neo4j_server.full_url)
        assert connection.read("MATCH (n) RETURN count(n)") == [[1]]
        lineage.copy_to(neo4j_server.full_url, force=True)
        with Lineage.open(neo4j_server.full_url) as served:
            assert served.status().counts == lineage.status().counts
            assert served.search("theirs").nodes == ()
    assert connection.read("MATCH (n:Run {id: 'run:theirs'}) RETURN properties(n)") == [
        [{"id": "run:theirs"}]
    ]


def test_an_ingest_asks_too_and_only_once(connection: Connection, neo4j_server: Server) -> None:
    connection.write(lambda transaction: transaction.run("CREATE (:Run {id: 'run:theirs'})"))
    command = ["ingest", "mlflow", SHOP, "--name", "shop", "--no-artifacts", "--store", neo4j_server.full_url]
    refused = CliRunner().invoke(root, command)
    assert isinstance(refused.exception, StoreForeign)
    assert "--force" in refused.exception.hint
    assert CliRunner().invoke(root, [*command, "--force"]).exit_code == 0
    assert CliRunner().invoke(root, command).exit_code == 0
