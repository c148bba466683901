"""A small crawl that can be run in a process of its own: `python crawling.py PATH GENERATION RECORDS [PAUSE]`."""

import sys
import time

from lineage_graph.graph import Origin, Record
from lineage_graph.stores.sqlite.store import SqliteStore
from lineage_graph.testing.drawing import alias, edge, node

SHARED = [
    Record(
        f"datasets/{place}",
        b"1",
        (node(f"dataset:{place}", digest=str(place)),),
        (edge(f"source:{place % 2}", "HAS_VERSION", f"dataset:{place}"),),
    )
    for place in range(5)
]


def records_of(generation: int, count: int) -> list[Record]:
    """What a crawl finds: all runs change with the generation, the alias moves, a version goes with each step."""
    runs = [
        Record(
            f"runs/{place}",
            str(generation).encode(),
            (node(f"run:{place}", generation=generation, tags={"g": str(generation)}),),
            (
                edge(f"dataset:{place % 5}", "READ_BY", f"run:{place}"),
                edge(f"run:{place}", "PRODUCED", f"model:{(place + generation) % 7}"),
            ),
            (),
            (SHARED[place % 5],),
        )
        for place in range(count)
    ]
    versions = [
        Record(f"model-versions/{number}", b"1", (node(f"modelversion:{number}"),))
        for number in range(generation, generation + 3)
    ]
    return [*runs, *versions, alias(f"modelversion:{generation}")]


def crawl(path: str, generation: int, count: int, batch: int = 7) -> None:
    """Bring the store to a generation, a small batch at a time, from wherever it is."""
    records = records_of(generation, count)
    with SqliteStore(path).writing(Origin("test:a", "test", read_at=1000 * (generation + 1))) as writing:
        for start in range(0, len(records), batch):
            found = records[start : start + batch]
            fresh = writing.fresh([(record.key, record.fingerprint) for record in found])
            writing.write([record for record in found if record.key in fresh])
        writing.finish(retract=True)


if __name__ == "__main__":
    crawl(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    if len(sys.argv) > 4:
        time.sleep(float(sys.argv[4]))
