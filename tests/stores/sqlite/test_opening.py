"""Opening a file: what is missing, foreign, newer, damaged or cannot be written is said in one line."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from lineage_graph.errors import NotFound, StoreMissing, StoreUnreadable
from lineage_graph.graph import Origin
from lineage_graph.stores.base import Direction, NodeFilter
from lineage_graph.stores.sqlite.migrations import STEPS, migrate, read_version
from lineage_graph.stores.sqlite.schema import VERSION
from lineage_graph.stores.sqlite.store import SqliteStore
from lineage_graph.testing.drawing import draw, ingest
from lineage_graph.testing.subject import scratch_directory

QUESTIONS = {
    "get": lambda store: store.get(["run:r"]),
    "claims": lambda store: store.claims(["run:r"]),
    "find": lambda store: store.find(NodeFilter()),
    "reach": lambda store: store.reach(["run:r"], Direction.UPSTREAM),
    "neighbours": lambda store: store.neighbours(["run:r"]),
    "mentions": lambda store: store.mentions(["run:r"]),
    "mentioned": lambda store: store.mentioned(["run:r"]),
    "records": lambda store: list(store.records("test:a")),
    "changes": lambda store: store.changes(0),
    "info": lambda store: store.info(),
    "forget": lambda store: store.forget("test:a"),
    "backup": lambda store: store.backup(str(store.path) + ".copy"),
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "graph.db"


@pytest.fixture
def store(path):
    with closing(SqliteStore(str(path))) as store:
        ingest(store, [draw("run:r PRODUCED model:m")])
        yield store


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_to_no_graph_creates_nothing(tmp_path, question):
    path = tmp_path / "folder" / "graph.db"
    with pytest.raises(StoreMissing) as caught:
        question(SqliteStore(str(path)))
    assert str(path) in caught.value.message
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def make_foreign(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE runs (id)")
        connection.commit()


def make_text(path):
    path.write_bytes(b"not a database, but a text that is long enough to be taken for one\n" * 100)


def make_newer(path):
    ingest(SqliteStore(str(path)), [])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")


def make_damaged(path):
    ingest(
        SqliteStore(str(path)),
        [draw(f"run:{place} PRODUCED model:{place}", f"runs/{place}") for place in range(400)],
    )
    content = bytearray(path.read_bytes())
    content[4096 : len(content)] = os.urandom(len(content) - 4096)
    path.write_bytes(content)


UNREADABLE = {
    "foreign": (make_foreign, "database of something else"),
    "text": (make_text, "no database"),
    "newer": (make_newer, "newer version"),
    "damaged": (make_damaged, "damaged"),
}


@pytest.mark.parametrize(("make", "words"), UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize(
    "use", [QUESTIONS["reach"], lambda store: ingest(store, [])], ids=["asked", "written"]
)
def test_what_is_no_store_of_ours_is_left_alone(path, make, words, use):
    make(path)
    before = path.read_bytes()
    store = SqliteStore(str(path))
    with pytest.raises(StoreUnreadable, match=words) as caught:
        use(store)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    assert path.read_bytes() == before


def test_an_empty_file_is_no_graph_yet(path):
    path.touch()
    with pytest.raises(StoreMissing):
        SqliteStore(str(path)).info()
    ingest(SqliteStore(str(path)), [])
    assert SqliteStore(str(path)).info().origins


def test_a_folder_in_the_place_of_the_file(path):
    path.mkdir()
    with pytest.raises(StoreMissing):
        SqliteStore(str(path)).info()
    with pytest.raises(StoreUnreadable):
        ingest(SqliteStore(str(path)), [])


@pytest.mark.parametrize("place", [".", "..", "/"])
def test_a_folder_by_its_shortest_name(place, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreUnreadable, match="is a folder"), SqliteStore(place).writing(Origin("a", "test")):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnreadable, match="cannot be"):
        ingest(SqliteStore(str(tmp_path / "file" / "graph.db")), [])


def as_nobody(check):
    """Run a check in a child that may write nothing: root may write everywhere. Its exit code."""
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
            check()
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process without rights")
def test_a_graph_in_a_folder_that_cannot_be_written_is_read():
    def check():
        reader = SqliteStore(str(path))
        assert set(reader.get(["run:r"])) == {"run:r"}
        with pytest.raises(StoreUnreadable, match="cannot be written"):
            ingest(reader, [])

    with scratch_directory() as directory:
        path = Path(directory) / "graph.db"
        ingest(SqliteStore(str(path)), [draw("run:r PRODUCED model:m")])
        path.with_name("graph.db-lock").unlink()
        path.parent.chmod(0o555)
        try:
            assert as_nobody(check) == 0
        finally:
            path.parent.chmod(0o700)


def test_forgetting_the_unknown_names_the_known(store):
    with pytest.raises(NotFound) as caught:
        store.forget("test:z")
    assert caught.value.candidates == ("test:a",)


def test_a_backup_replaces_no_file(store, path):
    with pytest.raises(StoreUnreadable, match="exists already"):
        store.backup(str(path))


def test_a_file_is_migrated_step_by_step(store, path):
    store.close()

    def add_table(connection):
        connection.execute("CREATE TABLE later (id)")

    def fill_table(connection):
        connection.execute("INSERT INTO later SELECT id FROM node")

    steps = {**STEPS, VERSION + 1: add_table, VERSION + 2: fill_table}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert migrate(connection, str(path), steps) == VERSION
        assert migrate(connection, str(path), steps) == VERSION + 2
        assert connection.execute("SELECT count(*) FROM later").fetchone() == (2,)
    # The program without these steps leaves the file alone.
    with pytest.raises(StoreUnreadable, match="newer version"):
        SqliteStore(str(path)).info()


def test_a_migration_that_fails_changes_nothing(store, path):
    store.close()

    def fail(connection):
        connection.execute("CREATE TABLE later (id)")
        raise ZeroDivisionError

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(ZeroDivisionError):
            migrate(connection, str(path), {**STEPS, VERSION + 1: fail})
        assert read_version(connection, str(path)) == VERSION
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'later'").fetchone() == (
            0,
        )


COLD = """
import sys
from lineage_graph.stores.base import Direction
from lineage_graph.stores.table import open_store
store = open_store(sys.argv[1])
answer = store.reach(["model:m"], Direction.UPSTREAM)
assert set(answer.nodes) == {"run:r", "model:m"}, answer
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_a_question_loads_nothing_heavy(store, path):
    done = subprocess.run([sys.executable, "-c", COLD, str(path)], capture_output=True, text=True, check=True)
    heavy = {"networkx", "neo4j", "mlflow", "pandas", "numpy", "sqlalchemy", "click", "rich", "asyncio"}
    assert not heavy & set(done.stdout.split())


def test_one_session_writes_many_transactions(store):
    records = [draw(f"run:{place} PRODUCED model:{place}", f"runs/{place}") for place in range(2_500)]
    with store.writing(Origin("test:b", "test", read_at=1)) as writing:
        writing.write(records)
        # Durable before the session ends, for others to see.
        assert len(list(SqliteStore(str(store.path)).records("test:b"))) == 2_500
        assert [origin.complete for origin in store.info().origins] == [True, False]
        assert writing.finish(retract=True).written == 2_500


def test_a_file_of_the_first_version_is_brought_up_to_date_when_it_is_asked(path, store):
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP INDEX node_claim_state; CREATE INDEX node_claim_node ON node_claim (node); PRAGMA user_version = 1"
        )
    with closing(SqliteStore(str(path))) as older:
        assert list(older.outline(["run:r"], Direction.DOWNSTREAM).nodes) == ["run:r", "model:m"]
    with closing(sqlite3.connect(path)) as connection:
        indexes = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        }
        assert read_version(connection, str(path)) == VERSION
    assert "node_claim_state" in indexes
    assert "node_claim_node" not in indexes
