"""The graph in Neo4j: what a load and a question cost beside the best that can be written by hand, SQLite and networkx.

    python scripts/bench/on_neo4j.py [--nodes 20000 200000] [--url bolt://…] [--times 10]

It starts servers of its own by `scripts/neo4j`, or empties the one that `--url` names (user and password in it). 2,000,000 nodes
take three quarters of an hour, 10 GB of disk and, for networkx, of memory. All numbers are of one run, one after the other:
compare the ratios. Records are made a part at a time; what making them takes counts for nobody.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from generate_graph import STORE, records
from measuring import compile_ours
from measuring import run as measure

from lineage_graph.graph import Claimed, Origin, Record, merge_edge, merge_node
from lineage_graph.stores.base import Direction, Follow, Store
from lineage_graph.stores.flat import flatten_edge, flatten_node
from lineage_graph.stores.neo4j.connection import Connection
from lineage_graph.stores.neo4j.reaching import FLOW_TYPES
from lineage_graph.stores.neo4j.store import Neo4jStore
from lineage_graph.stores.sqlite.store import SqliteStore

BATCH = 5_000
PART = 50_000
"""Records that are in memory at a time."""
RUNS_A_NODE = 0.75
"""About three quarters of the generated nodes are runs."""
CORNER, HUB = "source:s3://lake/corner.parquet", "source:s3://lake/hub.parquet"
ORIGIN = Origin(f"mlflow:{STORE}", "mlflow", f"sqlite:///{STORE}.db")
SCRIPT = Path(__file__).parents[1] / "neo4j"

# What somebody writes who knows the graph and Neo4j: breadth-first, scalars, in chunks; the same nodes and edges with what is shown of them.
BY_HAND = f"""MATCH (root:LineageNode {{id: $id}})-[rs:{FLOW_TYPES}*0..]->(n:LineageNode)
WHERE all(r IN rs WHERE r.evidence <> 'possible') WITH collect(DISTINCT n) AS ns
CALL (ns) {{ UNWIND ns AS n RETURN collect([n.id, labels(n), n.name, n.state, n.gaps, n.run_id, n.status, n.experiment,
n.start.epochMillis, n.end.epochMillis, n.params, n.metrics, n.tags, n.uri, n.digest, n.source, n.rows, n.model, n.version]) AS nodes }}
CALL (ns) {{ UNWIND ns AS a MATCH (a)-[r:{FLOW_TYPES}]->(b) WHERE r.evidence <> 'possible'
RETURN collect([a.id, b.id, type(r), r.evidence, r.rule, r.records, r.valid_from.epochMillis, r.role]) AS edges }}
WITH nodes + edges AS rows UNWIND range(0, size(rows) - 1, 1000) AS at RETURN rows[at..at + 1000]"""

# A process of its own that asks the same; the driver would import what it finds of these, and nobody asked it to.
COLD = """import csv, os, sys
from urllib.parse import unquote, urlsplit
sys.modules.update(dict.fromkeys(("numpy", "pandas", "pyarrow")))
import neo4j
at = urlsplit(os.environ["LINEAGE_GRAPH_STORE"])
address, auth = f"{at.scheme}://{at.hostname}:{at.port}", (at.username, unquote(at.password))
driver = neo4j.GraphDatabase.driver(address, auth=auth, notifications_min_severity="OFF", telemetry_disabled=True)
with driver.session(default_access_mode="READ", fetch_size=-1) as session:
    for (rows,) in session.run(sys.argv[1], id=sys.argv[2]):
        csv.writer(sys.stdout).writerows(rows)
driver.close()
"""
T = TypeVar("T")
COMMAND = str(Path(sys.executable).with_name("lineage-graph"))


def main(options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory(prefix="lineage-graph-bench-") as scratch:
        corners = [
            bench(options.url, Path(scratch) / f"{nodes}.db", nodes, options.times) for nodes in options.nodes
        ]
        if len(corners) > 1:
            line("100 nodes, largest graph to smallest", corners[-1], corners[0], wanted="at most 1.3")


def bench(given: str | None, path: Path, nodes: int, times: int) -> float:
    """All about one size; the seconds of the small answer."""
    with emptied(given) as url:
        by_hand, counted = load_by_hand(url, nodes, rows_ready=True)
    print(f"\n{counted:,} nodes and relationships", flush=True)
    line("load by hand, rows ready", by_hand, rate=counted)
    with emptied(given) as url:
        seconds, _ = load_by_hand(url, nodes, rows_ready=False)
    line("load by hand, from the same records", seconds, by_hand, rate=counted)
    with emptied(given) as url:
        ours = load(Neo4jStore(url, force=True), nodes)
        line("load by us", ours, rate=counted)
        line("  by hand to ours: rows ready", by_hand, ours, wanted="at least 0.8")
        line("  by hand to ours: from the same records", seconds, ours, wanted="at least 0.8")
        line("load into SQLite", load(SqliteStore(str(path)), nodes), by_hand, rate=counted)
        cold(url, times)
        return questions(url, path, times)


def cold(url: str, times: int) -> None:
    """The small answer by a process that begins with nothing."""
    compile_ours()
    environ = {"LINEAGE_GRAPH_STORE": url}
    by_hand = [sys.executable, "-W", "ignore", "-c", COLD, BY_HAND, CORNER]
    command = [COMMAND, "downstream", CORNER, "-o", "csv"]
    turns = [(measure(by_hand, environ), measure(command, environ)) for _ in range(times)]
    bare, ours = (min(cost.wall for cost in costs) for costs in zip(*turns, strict=True))
    line("100 nodes, a process: the driver by hand", bare)
    line("100 nodes, a process: ours", ours, bare, wanted="at most 1.2")


def questions(url: str, path: Path, times: int) -> float:
    """The small answer and the hub, by each who can answer."""
    store, embedded = Neo4jStore(url), SqliteStore(str(path))
    connection = Connection(url)
    graph = networkx_of(embedded)
    corner = 0.0
    for name, root, tries in (("100 nodes", CORNER, times * 3), ("hub", HUB, times)):
        answer = store.reach([root], Direction.DOWNSTREAM)
        told = embedded.reach([root], Direction.DOWNSTREAM)
        if (list(answer.nodes.items()), list(answer.edges)) != (list(told.nodes.items()), list(told.edges)):
            raise SystemExit(f"{name}: the two stores answer differently")
        print(f"{name}: {len(answer.nodes):,} nodes, {len(answer.edges):,} edges", flush=True)
        by_hand, ours, in_file, in_memory = best_in_turns(
            [
                lambda root=root: connection.read(BY_HAND, id=root),
                lambda root=root: everything(store, root),
                lambda root=root: everything(embedded, root),
                lambda root=root: descend(graph, root),
            ],
            tries,
        )
        line("  Cypher by hand", by_hand)
        line("  ours", ours, by_hand, wanted="at most 1.3")
        line("  SQLite", in_file, by_hand)
        line("  networkx, all of it in memory", in_memory, by_hand)
        corner = corner or ours
    for each in (store, embedded, connection):
        each.close()
    return corner


def everything(store: Store, root: str) -> int:
    """An answer with all that is in it loaded."""
    answer = store.reach([root], Direction.DOWNSTREAM, follow=Follow())
    return len(list(answer.nodes.values())) + len(list(answer.edges))


def networkx_of(store: Store):
    """The whole graph, as somebody would keep it in memory."""
    import networkx

    graph = networkx.DiGraph()
    for record in store.records(ORIGIN.name):
        for each in (record, *record.shared):
            graph.add_nodes_from((claim.id, claim.properties) for claim in each.nodes)
            graph.add_edges_from((edge.src, edge.dst) for edge in each.edges)
    return graph


def descend(graph, root: str) -> int:
    import networkx

    found = networkx.descendants(graph, root)
    return sum(1 for node in found if graph.nodes[node] is not None)


def parts(nodes: int) -> Iterator[list[Record]]:
    """The records of a graph of this size, some at a time, out of the sight of the garbage collector."""
    made = records(int(nodes * RUNS_A_NODE))
    while part := list(islice(made, PART)):
        gc.collect()
        gc.freeze()
        yield part


Rows = tuple[dict[str, list], dict[str, list]]


def flatten(made: Sequence[Record], seen: set[object]) -> Rows:
    """Flat rows by kind, and by type, of what was not `seen`."""
    by_kind: dict[str, list] = {}
    by_type: dict[str, list] = {}
    for record in made:
        for each in (*record.shared, record):
            for claim in each.nodes:
                if claim.id not in seen:
                    seen.add(claim.id)
                    node = merge_node(claim.id, claim.kind, [Claimed(ORIGIN.name, each.key, claim)])
                    by_kind.setdefault(claim.kind.value, []).append(flatten_node(node))
            for edge in each.edges:
                if edge[:3] not in seen:
                    seen.add(edge[:3])
                    row = flatten_edge(merge_edge([Claimed(ORIGIN.name, each.key, edge)]))
                    by_type.setdefault(edge.type.value, []).append([edge.src, edge.dst, row])
    return by_kind, by_type


def load_by_hand(url: str, nodes: int, *, rows_ready: bool) -> tuple[float, int]:
    """Seconds and rows. UNWIND and CREATE, a statement a label or type, 5,000 rows a transaction, one unique constraint. No claims, no history."""
    connection, seen = Connection(url), set[object]()
    run(connection, "CREATE CONSTRAINT by_hand IF NOT EXISTS FOR (n:ByHand) REQUIRE n.id IS UNIQUE")
    clock = 0.0
    for part in parts(nodes):
        flattening, flat = timed(lambda part=part: flatten(part, seen))
        clock += timed(lambda flat=flat: send_by_hand(connection, *flat))[0]
        clock += 0 if rows_ready else flattening
    connection.close()
    return clock, len(seen)


def send_by_hand(connection: Connection, by_kind: dict[str, list], by_type: dict[str, list]) -> None:
    """Nodes, then relationships."""
    for kind, rows in by_kind.items():
        for some in batched(rows):
            run(connection, f"UNWIND $rows AS row CREATE (n:ByHand:{kind}) SET n = row", rows=some)
    for edge_type, rows in by_type.items():
        query = f"""UNWIND $rows AS row MATCH (a:ByHand {{id: row[0]}}) MATCH (b:ByHand {{id: row[1]}})
        CREATE (a)-[r:{edge_type}]->(b) SET r = row[2]"""
        for some in batched(rows):
            run(connection, query, rows=some)


def load(store: Store, nodes: int) -> float:
    """As a crawl writes; seconds."""
    began, making = time.perf_counter(), 0.0
    with store.writing(ORIGIN) as session:
        made = parts(nodes)
        while True:
            seconds, part = timed(lambda: next(made, None))
            making += seconds
            if part is None:
                break
            for some in batched(part):
                session.fresh([(record.key, record.fingerprint) for record in some])
                session.write(some)
            # What is ready is written before the clock stops for the next part.
            store.get([CORNER])
        session.finish(retract=True)
    seconds = time.perf_counter() - began - making
    store.close()
    return seconds


def warm_up(url: str) -> None:
    """A server runs slowly until it has compiled what it runs: both ways of loading, and questions."""
    for _ in range(2):
        wipe(url)
        load_by_hand(url, 8_000, rows_ready=True)
        wipe(url)
        load(Neo4jStore(url, force=True), 8_000)
    store, connection = Neo4jStore(url), Connection(url)
    works = [lambda: connection.read(BY_HAND, id=CORNER), lambda: everything(store, CORNER)]
    best_in_turns(works, 100)
    store.close()
    connection.close()


def batched(items: Sequence) -> Iterator[list]:
    iterator = iter(items)
    while some := list(islice(iterator, BATCH)):
        yield some


def run(connection: Connection, query: str, **parameters: object) -> list[list[object]]:
    return connection.write(lambda transaction: transaction.run(query, **parameters))


def wipe(url: str) -> None:
    connection = Connection(url)
    # Relationships first: a few nodes may have millions, and a transaction takes them all.
    for what, matched in (("r", "()-[r]->()"), ("n", "(n)")):
        while run(connection, f"MATCH {matched} WITH {what} LIMIT 50000 DELETE {what} RETURN count(*)") != [
            [0]
        ]:
            pass
    connection.close()


def timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def best_in_turns(works: Sequence[Callable[[], object]], times: int) -> list[float]:
    """The least of each, one after the other, so that what else the machine does concerns all alike."""
    turns = [[timed(work)[0] for work in works] for _ in range(times)]
    return list(map(min, zip(*turns, strict=True)))


def line(what: str, seconds: float, base: float | None = None, *, rate: int = 0, wanted: str = "") -> None:
    """A measurement, as a ratio of another one."""
    told = f"{what:<46} {seconds * 1000:10,.1f} ms"
    told += f"  {rate / seconds:10,.0f}/s" if rate else " " * 14
    told += f"  {seconds / base:6.2f}x" if base else ""
    print(told + (f"  (wanted: {wanted})" if wanted else ""), flush=True)


@contextmanager
def emptied(given: str | None) -> Iterator[str]:
    """A warm server with nothing in it: the one given, or one for this alone, as deleting millions takes longer."""
    if given:
        wipe(given)
        yield given
        return
    with served() as url:
        warm_up(url)
        wipe(url)
        yield url


@contextmanager
def served() -> Iterator[str]:
    """A server with 2 GB of memory and 1 GB for pages."""
    command = [sys.executable, str(SCRIPT), "run", "--json", "--bolt", "0", "--http", "0"]
    with tempfile.TemporaryDirectory(prefix="lineage-graph-neo4j-") as home:
        command += [f"--home={home}", "--heap=2g", "--pagecache=1g"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin
        assert process.stdout
        try:
            facts = json.loads(process.stdout.readline())
            password = quote(Path(facts["password_file"]).read_text(), safe="")
            scheme, _, address = facts["bolt"].partition("://")
            yield f"{scheme}://{facts['user']}:{password}@{address}"
        finally:
            process.stdin.close()
            process.wait(90)
            process.stdout.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--url", help="a server whose database may be emptied, with user and password")
    parser.add_argument("--times", type=int, default=10, help="of so many questions, the quickest counts")
    main(parser.parse_args())
