"""What the mapping's tests ask of records: edges and gaps in a form that is short to write down by hand."""

import json
from collections.abc import Sequence
from typing import Any

from lineage_graph.graph import EdgeClaim, EdgeType, NodeClaim, Record
from lineage_graph.sources.mlflow.mapping import map_run
from lineage_graph.sources.mlflow.payload import DatasetInput, RunPayload
from lineage_graph.sources.mlflow.scope import Scope

SCOPE = Scope("prod", "laptop")
RUN = "a" * 32
OTHER_RUN = "b" * 32
UUID = "c" * 32
ORDERS = "laptop=file:///srv/orders.csv@71fe0c35"
"""The id of `data(uri="/srv/orders.csv")`, without its kind."""
NOT_FLOW = {EdgeType.IN_EXPERIMENT, EdgeType.VERSION_OF}


def data(
    name: str = "orders",
    digest: str = "71fe0c35",
    uri: str | None = None,
    context: str | None = None,
    rows: int | None = 24,
    columns: Sequence[str] = (),
) -> DatasetInput:
    """A dataset with a file as its source; without a URI, one of which only the code is known."""
    source = {"uri": uri} if uri else {"tags": {"mlflow.source.name": "train.py"}}
    schema = {"mlflow_colspec": [{"name": column, "type": "long"} for column in columns]}
    return DatasetInput(
        name,
        digest,
        "local" if uri else "code",
        json.dumps(source),
        json.dumps(schema) if columns else None,
        json.dumps({"num_rows": rows, "num_elements": rows * 4}) if rows is not None else None,
        {"mlflow.data.context": context} if context is not None else {},
    )


def run(*inputs: DatasetInput, **fields: Any) -> RunPayload:
    """A run of the experiment `churn` that began at 1,000."""
    defaults: dict[str, Any] = {"experiment_name": "churn", "name": "fit", "start": 1_000, "end": 2_000}
    return RunPayload(RUN, "1", **(defaults | {"inputs": inputs} | fields))


def mapped(*inputs: DatasetInput, **fields: Any) -> Record:
    """What is made of such a run."""
    return map_run(run(*inputs, **fields), SCOPE)


def all_edges(record: Record) -> list[EdgeClaim]:
    """Every edge of the record and of what it shares."""
    return [edge for part in (record, *record.shared) for edge in part.edges]


def all_nodes(record: Record) -> dict[str, NodeClaim]:
    """The nodes of the record and of what it shares; the record's own last."""
    return {node.id: node for part in (*record.shared, record) for node in part.nodes}


def flow(record: Record) -> set[tuple[str, ...]]:
    """(from, type, to, evidence, rule) of the record's own edges, without groups; ids without their kind."""
    return {
        (_short(edge.src), str(edge.type), _short(edge.dst), str(edge.evidence), edge.rule)
        for edge in record.edges
        if edge.type not in NOT_FLOW
    }


def _short(node: str) -> str:
    return node.partition(":")[2].replace(RUN, "RUN").replace(OTHER_RUN, "OTHER")


def gaps(record: Record) -> dict[str, set[str]]:
    """kind -> gaps, of the nodes that have any."""
    return {str(node.kind): set(node.gaps) for node in all_nodes(record).values() if node.gaps}


def mentions(record: Record) -> set[str]:
    """The keys that the record's own nodes are concerned by."""
    return {mention.key for mention in record.mentions}
