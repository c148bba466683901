"""A declared derivation: what a file is made from, through real stores."""

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Kind
from lineage_graph.stores.base import Direction
from tests.ingest.declaring import (
    CHAMPION,
    DERIVED,
    RUN,
    data,
    declare,
    draw,
    location,
    node_of,
    registry,
    run,
)


def test_a_derivation_leads_to_the_raw_file(store, tmp_path):
    clean, raw = (naming.source_id(location(str(tmp_path / name))) for name in ("clean.csv", "raw.csv"))
    draw(
        store,
        [run(RUN, "train", 100, 200), data(str(tmp_path / "clean.csv"), "c1ea4", RUN, 100), *registry()],
    )
    declare(store, tmp_path, DERIVED)
    above = store.reach([CHAMPION], Direction.UPSTREAM)
    assert {node.id for node in above.nodes.values() if node.kind is Kind.SOURCE} == {clean, raw}
    below = store.reach([raw], Direction.DOWNSTREAM)
    assert CHAMPION in below.nodes
    (edge,) = [edge for edge in below.edges if edge.type is EdgeType.CONTINUES_AS]
    assert (edge.evidence.value, edge.rule) == ("declared", "declared-derivation")
    declare(store, tmp_path, "")
    assert CHAMPION not in store.reach([raw], Direction.DOWNSTREAM).nodes


def test_a_chain_of_derivations(store, tmp_path):
    text = (
        "derivations:\n  - {output: b, from: ./a}\n  - {output: c, from: [b, x]}\n  - {output: d, from: c}\n"
    )
    declare(store, tmp_path, text)
    raw, last = (naming.source_id(location(str(tmp_path / name))) for name in "ad")
    written = {edge.dst for edge in store.neighbours([last], frozenset({EdgeType.HAS_VERSION})).edges}
    assert raw in store.reach(sorted(written), Direction.UPSTREAM).nodes


def test_who_writes_what_it_reads_makes_no_cycle(store, tmp_path):
    text = "derivations:\n  - {output: t, from: [t, raw]}\n  - {output: u, from: t}\n"
    declare(store, tmp_path, text)
    source = naming.source_id(location(str(tmp_path / "t")))
    raw = naming.source_id(location(str(tmp_path / "raw")))
    below = store.reach([raw], Direction.DOWNSTREAM)
    links = [(edge.src, edge.dst) for edge in below.edges if edge.type is EdgeType.CONTINUES_AS]
    assert len(links) == 1  # into what u is made from, and not into what t itself read before
    assert naming.dataset_id(source, "declared") == links[0][1]


def test_a_column_of_a_derivation_is_no_unused_one(store, tmp_path):
    text = "derivations:\n  - {output: clean.csv, from: raw.csv, columns: {age: born}}\n"
    declare(store, tmp_path, text)
    raw = naming.source_id(location(str(tmp_path / "raw.csv")))
    column = node_of(store, naming.feature_id(raw, "born"))
    assert column.gaps == ("use-unknown",)
    assert column.properties["becomes"] == [f"{location(str(tmp_path / 'clean.csv')).uri}#age"]
