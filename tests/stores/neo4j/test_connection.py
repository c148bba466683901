"""Asking a real server: modes, retries, bookmarks, parameters, several threads."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from lineage_graph.errors import StoreError, StoreUnreadable
from lineage_graph.stores.neo4j.connection import Connection, is_new_enough
from tests.support.neo4j import Server, on_neo4j

pytestmark = on_neo4j


def said_alone(program: str, server: Server) -> str:
    """What a program prints in a process of its own, which says nothing else; its argument is the server's URL."""
    done = subprocess.run(
        [sys.executable, "-c", program, server.url],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | server.environ,
    )
    assert done.stderr == ""
    return done.stdout


def test_records_come_as_lists_of_values(connection):
    assert connection.read("UNWIND [1, 2] AS n RETURN n, [n, 'x'] AS l") == [[1, [1, "x"]], [2, [2, "x"]]]


def test_parameters_may_have_any_name(connection):
    names = {"query": 1, "parameters": 2, "self": 3, "timeout": 4}
    asked = ", ".join(f"${name}" for name in names)
    assert connection.read(f"RETURN {asked}", **names) == [[1, 2, 3, 4]]
    assert connection.write(lambda tx: tx.run(f"RETURN {asked}", **names)) == [[1, 2, 3, 4]]


def test_text_in_parameters_is_data(connection):
    evil = "`\"'}) DETACH DELETE n // $x \\u0027"
    connection.write(lambda tx: tx.run("CREATE (:X {id: $id})", id=evil))
    assert connection.read("MATCH (n) RETURN n.id") == [[evil]]


def test_reading_cannot_write(connection):
    with pytest.raises(StoreUnreadable, match="does not let us write"):
        connection.read("CREATE (:X)")
    assert connection.read("MATCH (n) RETURN count(n)") == [[0]]


def test_a_transaction_that_fails_leaves_nothing(connection):
    def work(transaction):
        transaction.run("CREATE (:X)")
        raise StoreError("enough")

    with pytest.raises(StoreError, match="enough"):
        connection.write(work)
    assert connection.read("MATCH (n) RETURN count(n)") == [[0]]


@pytest.mark.parametrize("more", [0, 1, 3])
def test_what_goes_wrong_in_a_statement_that_nobody_waits_for_is_said(connection, more):
    def work(tx):
        tx.run("CREATE (:X {id: 1})")
        tx.send("UNWIND $rows AS row WITH 1 / row AS n CREATE (:X {id: n})", rows=[1] * 500 + [0])
        for _ in range(more):
            tx.send("CREATE (:X {id: 2})")

    with pytest.raises(StoreError, match="/ by zero"):
        connection.write(work)
    assert connection.read("MATCH (x:X) RETURN count(x)") == [[0]]


def test_a_question_after_statements_that_nobody_waits_for_sees_what_they_wrote(connection):
    def work(tx):
        for first in (0, 1000, 2000):
            tx.send("UNWIND range($first, $first + 999) AS id CREATE (:X {id: id})", first=first)
        return tx.run("MATCH (x:X) RETURN count(x)")

    assert connection.write(work) == [[3000]]


def test_what_was_written_is_seen_at_once_by_the_same_connection(connection):
    for number in range(30):
        connection.write(lambda tx, n=number: tx.run("MERGE (x:X {id: 1}) SET x.n = $n", n=n))
        assert connection.read("MATCH (x:X) RETURN x.n") == [[number]]


def test_deadlocks_are_tried_again(connection):
    """Two writers that lock the same two nodes in opposite order, at the same moment."""
    connection.write(lambda tx: tx.run("CREATE (:X {id: 1, n: 0}), (:X {id: 2, n: 0})"))
    both, tries = threading.Barrier(2), []
    failures: list[BaseException] = []

    def writer(order):
        def work(transaction):
            tries.append(order)
            first = len(tries) <= 2
            transaction.run("MATCH (x:X {id: $id}) SET x.n = x.n + 1", id=order[0])
            if first:
                both.wait(20)
            transaction.run("MATCH (x:X {id: $id}) SET x.n = x.n + 1", id=order[1])

        try:
            connection.write(work)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=writer, args=(order,)) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert len(tries) > 2
    assert connection.read("MATCH (x:X) RETURN x.id, x.n ORDER BY x.id") == [[1, 2], [2, 2]]


def test_a_connection_that_breaks_is_made_again_and_nothing_is_said(neo4j_server):
    """In the first transaction of a process, between two statements."""
    program = (
        "import sys\n"
        "from lineage_graph.stores.neo4j.connection import Connection\n"
        "connection, tries = Connection(sys.argv[1]), []\n"
        "def work(transaction):\n"
        "    tries.append(transaction.run('RETURN 1'))\n"
        "    if len(tries) == 1:\n"
        "        (open,), = connection._driver._pool.connections.values()\n"
        "        open.socket._socket.shutdown(2)\n"
        "    return transaction.run('RETURN 2')\n"
        "print(connection.write(work), len(tries))\n"
        "connection.close()\n"
    )
    assert said_alone(program, neo4j_server) == "[[2]] 2\n"


def test_a_query_that_is_no_cypher_is_said_in_one_line(connection):
    with pytest.raises(StoreError, match="answered SyntaxError") as caught:
        connection.read("MATCH (n RETURN n")
    assert "\n" not in caught.value.message


def test_closing_ends_it_and_the_next_question_connects_again(connection):
    assert connection.read("RETURN 1") == [[1]]
    connection.close()
    connection.close()
    assert connection.read("RETURN 1") == [[1]]


def test_no_large_library_is_loaded(neo4j_server):
    program = (
        "import sys\n"
        "from lineage_graph.stores.neo4j.connection import Connection\n"
        "connection = Connection(sys.argv[1])\n"
        "assert 'neo4j' not in sys.modules\n"
        "assert connection.read('RETURN 1') == [[1]]\n"
        "connection.close()\n"
        "print([name for name in ('numpy', 'pandas', 'pyarrow') if name in sys.modules], len(sys.meta_path))\n"
        "before = len(sys.meta_path)\n"
        "import numpy, pandas\n"
        "print(len(sys.meta_path) - before, pandas.DataFrame({'a': [1]}).shape)\n"
    )
    loaded, after = said_alone(program, neo4j_server).splitlines()
    assert loaded.startswith("[]")
    assert after == "0 (1, 1)"


def test_threads_that_import_at_once_all_get_it_whole():
    """Two want the driver, a third its own pandas meanwhile."""
    program = (
        "import sys, threading\n"
        "from lineage_graph.stores.neo4j.importing import import_driver\n"
        "said, start = [], threading.Barrier(3)\n"
        "def driver():\n"
        "    start.wait()\n"
        "    said.append(import_driver().GraphDatabase.__name__)\n"
        "def frame():\n"
        "    start.wait()\n"
        "    import pandas\n"
        "    said.append(pandas.DataFrame.__name__)\n"
        "threads = [threading.Thread(target=each) for each in (driver, driver, frame)]\n"
        "[thread.start() for thread in threads]\n"
        "[thread.join() for thread in threads]\n"
        "print(sorted(said), [finder for finder in sys.meta_path if 'Hidden' in repr(finder)])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "['DataFrame', 'GraphDatabase', 'GraphDatabase'] []\n"


@pytest.mark.parametrize(
    ("agent", "enough"),
    {
        "Neo4j/4.4.41": False,
        "Neo4j/5.9.0": False,
        "Neo4j/5.25.1": False,
        "Neo4j/5.26.0": True,
        "Neo4j/5.27-aura": True,
        "Neo4j/2025.01.0": True,
        "Neo4j/2026.08.1": True,
        "Neo4j/v5.11.0 compatible graph database server - Memgraph": False,
        "Something else": True,
    }.items(),
)
def test_which_servers_are_new_enough(agent, enough):
    assert is_new_enough(agent) is enough


def test_a_connection_shows_no_password():
    shown = repr(Connection("bolt://ana:hunter2@graph.example"))
    assert shown == "Connection(graph.example:7687)"
