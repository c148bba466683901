"""Make a large graph in the embedded store, with a hub and a small corner whose answers are known.

    python scripts/bench/generate_graph.py PATH --runs 1000000

Every tenth run reads the hub, `hub.parquet`; whatever the size, 60 runs read `corner.parquet`, which is an answer of 100 nodes;
the others read 1,000 tables. Each source has a version for every 500 of its runs; every fifth run makes a model, every tenth a
registered version. It is written through the store's own interface, as a crawl writes it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from lineage_graph import naming
from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, NodeClaim, Origin, Record
from lineage_graph.naming import name_location
from lineage_graph.stores.sqlite.store import SqliteStore

STORE, BATCH, TABLES, RUNS_A_VERSION = "bench", 5_000, 1_000, 500
CORNER_RUNS, CORNER_MODELS, CORNER_VERSIONS = 60, 24, 10
BEGAN = 1_700_000_000_000


def records(runs: int, seed: int = 7) -> Iterator[Record]:
    """All runs with what hangs on them."""
    draw = random.Random(seed)
    for number in range(runs):
        if number < CORNER_RUNS:
            # 1 source, 4 versions, 60 runs, 24 models, 11 registered versions: 100 nodes.
            made = (number < CORNER_MODELS) + (number < CORNER_VERSIONS + 1)
            yield from make_run(draw, number, "corner", number // 15, made)
        else:
            table = "hub" if number % 10 == 0 else f"table-{draw.randrange(TABLES)}"
            version = number // (10 * RUNS_A_VERSION if table == "hub" else TABLES * RUNS_A_VERSION)
            yield from make_run(
                draw, number, table, version, (number // 10 % 5 == 0) + (number // 10 % 10 == 0)
            )


def make_run(draw: random.Random, number: int, table: str, version: int, made: int) -> Iterator[Record]:
    """A run of a table; with `made` a model, with 2 a registered version of it too."""
    native, start = f"{draw.getrandbits(128):032x}", BEGAN + number * 60_000
    run, data = naming.run_id(native), dataset(table, version)
    properties: dict[str, object] = {
        "run_id": native,
        "status": "FINISHED",
        "experiment": f"team-{number % 50}",
        "start": start,
        "end": start + 30_000,
        "params": {f"param_{n}": f"{draw.random():.6f}" for n in range(10)},
        "metrics": {f"metric_{n}": draw.random() for n in range(5)},
        "tags": {"team": f"team-{number % 9}"},
    }
    read = edge(data.nodes[0].id, run, EdgeType.READ_BY, "context", f"inputs/{native}", start)
    read = read._replace(properties={"role": "training", "context": "training"})
    node = NodeClaim(run, Kind.RUN, f"run-{number}", properties)
    yield record(f"runs/{native}", (node,), (read,), (data,))
    if made:
        yield from make_model(draw, number, native, start, made > 1)


def make_model(draw: random.Random, number: int, run: str, start: int, registered: bool) -> Iterator[Record]:
    """A model of a run, and its version."""
    native = f"m-{draw.getrandbits(128):032x}"
    model = naming.model_id(native)
    said = {"model_id": native, "run_id": run, "path": "model", "status": "READY"}
    produced = edge(
        naming.run_id(run), model, EdgeType.PRODUCED, "source-run", f"logged-models/{native}", start
    )
    yield record(f"logged-models/{native}", (NodeClaim(model, Kind.MODEL, "model", said),), (produced,))
    if registered:
        name, key = f"model-{number % 100}", f"model-versions/model-{number % 100}/{number}"
        version = naming.model_version_id(STORE, "default", name, number)
        about = {"model": name, "version": number, "run_id": run}
        made = edge(model, version, EdgeType.REGISTERED_AS, "version-source", key, start)
        yield record(key, (NodeClaim(version, Kind.MODEL_VERSION, f"{name}/{number}", about),), (made,))


def dataset(table: str, version: int) -> Record:
    """A version of a table, stored once for all runs that read it."""
    location = name_location(f"s3://lake/{table}.parquet")
    assert location is not None
    source, digest = naming.source_id(location), f"{version:08x}"
    data = naming.dataset_id(source, digest)
    said = {"name": table, "names": [table], "digest": digest, "source": location.uri, "rows": 5_000}
    nodes = (
        NodeClaim(data, Kind.DATASET, table, said),
        NodeClaim(source, Kind.SOURCE, location.uri, {"uri": location.uri}),
    )
    has = edge(source, data, EdgeType.HAS_VERSION, "dataset-source", f"datasets/{table}@{digest}", None)
    return record(f"datasets/{table}@{digest}", nodes, (has,))


def edge(src: str, dst: str, kind: EdgeType, rule: str, ref: str, start: int | None) -> EdgeClaim:
    """A logged edge."""
    return EdgeClaim(src, dst, kind, Evidence.LOGGED, rule, ref, start)


def record(
    key: str, nodes: tuple[NodeClaim, ...], edges: tuple[EdgeClaim, ...], shared: tuple[Record, ...] = ()
) -> Record:
    """A record whose fingerprint is its key's."""
    return Record(key, blake2b(key.encode(), digest_size=12).digest(), nodes, edges, shared=shared)


def generate(path: Path, runs: int) -> None:
    """The graph as a file."""
    store = SqliteStore(str(path))
    made = records(runs)
    with store.writing(Origin(f"mlflow:{STORE}", "mlflow", f"sqlite:///{STORE}.db")) as session:
        while batch := list(islice(made, BATCH)):
            session.write(batch)
        session.finish(retract=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--runs", type=int, default=10_000)
    arguments = parser.parse_args()
    arguments.path.unlink(missing_ok=True)
    generate(arguments.path, arguments.runs)
