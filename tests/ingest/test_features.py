"""Rule 3: models of one signature share their columns, so that their number and that of columns add up and do not multiply."""

from __future__ import annotations

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Kind, NodeClaim, Record
from lineage_graph.stores.table import open_store
from tests.ingest.declaring import data, draw, logged, run

MODELS, COLUMNS = 40, 12


def test_models_of_one_signature_cost_their_sum_not_their_product() -> None:
    columns = [{"name": f"c{number}", "type": "long"} for number in range(COLUMNS)]
    records: list[Record] = []
    for number in range(MODELS):
        native = f"{number:032x}"
        model = NodeClaim(
            naming.model_id(f"m-{number}"),
            Kind.MODEL,
            "model",
            {"run_id": native, "signature": {"inputs": columns}},
        )
        made = logged(naming.run_id(native), model.id, EdgeType.PRODUCED)
        read = data("/srv/clean.csv", "c1ea4", native, 100)
        source, dataset = read.nodes
        dataset = dataset._replace(properties={**dataset.properties, "columns": columns})
        records += [
            run(native, "train", 100, 200),
            read._replace(nodes=(source, dataset)),
            Record(f"model/{number}", b"", (model,), (made,)),
        ]
    store = open_store("memory:")
    draw(store, records)
    edges = store.info().edges
    assert edges[EdgeType.USED_BY] + edges[EdgeType.PART_OF] == MODELS + COLUMNS
