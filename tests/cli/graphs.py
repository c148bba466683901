"""Real graphs for the command line: the shop's, written through a store as a crawl writes it."""

from pathlib import Path

from lineage_graph.graph import Edge, EdgeClaim, Node, NodeClaim, Origin, Record
from lineage_graph.stores.table import open_store
from tests.render import answers


def as_record(node: Node, edges: list[Edge]) -> Record:
    return Record(
        node.id,
        b"1",
        (NodeClaim(node.id, node.kind, node.name, node.properties, node.gaps, node.state),),
        tuple(
            EdgeClaim(
                edge.src,
                edge.dst,
                edge.type,
                edge.evidence,
                edge.rule,
                "",
                edge.valid_from,
                edge.valid_to,
                edge.properties,
            )
            for edge in edges
            if edge.src == node.id
        ),
    )


def write_graph(path: Path, nodes: list[Node], edges: list[Edge], read_at: int = answers.READ_AT) -> Path:
    store = open_store(str(path))
    try:
        with store.writing(
            Origin("mlflow:prod", "mlflow", "sqlite:///mlflow.db", read_at=read_at)
        ) as session:
            session.fresh([(node.id, b"1") for node in nodes])
            session.write([as_record(node, edges) for node in nodes])
            session.finish(retract=True)
    finally:
        store.close()
    return path


def write_shop(path: Path, read_at: int = answers.READ_AT) -> Path:
    return write_graph(path, answers.NODES, answers.EDGES, read_at)
