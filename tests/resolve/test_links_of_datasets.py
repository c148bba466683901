"""Rules: same content is possible and costs a star; a model uses the columns that its signature names."""

import pytest

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Evidence, Kind, Node, State
from lineage_graph.resolve.content import resolve_content
from lineage_graph.resolve.evaluations import resolve_evaluation
from lineage_graph.resolve.features import columns_of, resolve_features
from lineage_graph.resolve.pointers import resolve_pointers

ORDERS = "source:file:///srv/shop/orders.csv"


def dataset(name: str, source: str | None = None, columns=()) -> Node:
    listed = [{"name": column, "type": "long"} for column in columns]
    properties = {"digest": "71fe0c35", "source": source, "columns": listed}
    return Node(f"dataset:{name}", Kind.DATASET, name, properties=properties)


def test_same_content_is_a_star_around_the_located_one():
    group = [dataset("a"), dataset("z", "file:///srv/z.csv"), dataset("b")]
    record = resolve_content("content:x", [group])
    assert record is not None
    assert [(e.src, e.dst) for e in record.edges] == [("dataset:z", "dataset:a"), ("dataset:z", "dataset:b")]
    assert {edge.evidence for edge in record.edges} == {Evidence.POSSIBLE}


def test_one_dataset_of_a_site_is_the_same_as_no_other():
    assert resolve_content("content:x", [[dataset("a")], [dataset("b")]]) is None


def model(columns: tuple[str, ...] | None) -> Node:
    signature = None if columns is None else {"inputs": [{"name": c, "type": "long"} for c in columns]}
    return Node(naming.model_id("m-1"), Kind.MODEL, "model", properties={"signature": signature})


def test_a_model_uses_the_columns_of_its_signature_and_the_label_is_unknown():
    record = resolve_features(
        model(("age", "income")),
        [(ORDERS, columns_of(dataset("orders", ORDERS, ("age", "income", "churned"))))],
    )
    assert record is not None
    (feature_set,) = [edge.src for edge in record.edges if edge.type is EdgeType.USED_BY]
    assert feature_set == naming.feature_set_id(ORDERS, ["age", "income"])
    parts = {edge.src for shared in record.shared for edge in shared.edges}
    assert parts == {naming.feature_id(ORDERS, "age"), naming.feature_id(ORDERS, "income")}
    unknown = {(node.name, node.gaps) for shared in record.shared for node in shared.nodes if node.gaps}
    assert unknown == {("churned", ("use-unknown",))}


def test_without_a_signature_the_use_of_every_column_is_unknown():
    record = resolve_features(
        model(None), [(ORDERS, columns_of(dataset("orders", ORDERS, ("age", "churned"))))]
    )
    assert record is not None
    assert record.edges == ()
    assert {node.name for shared in record.shared for node in shared.nodes} == {"age", "churned"}


@pytest.mark.parametrize(("columns", "name"), [(("age",), "1 column"), (("age", "income"), "2 columns")])
def test_a_feature_set_is_named_by_how_many_there_are(columns, name):
    record = resolve_features(model(columns), [(ORDERS, columns)])
    assert record is not None
    assert name in [node.name for shared in record.shared for node in shared.nodes]


def test_no_training_data_no_features():
    assert resolve_features(model(("age",)), []) is None


def version(number: int, state: State = State.LIVE) -> Node:
    name = f"churn/{number}"
    properties = {"model": "churn", "version": number}
    return Node(f"modelversion:s/d/{name}", Kind.MODEL_VERSION, name, state, properties, records=("x",))


def test_the_newest_live_version_without_a_pointer_has_the_gap():
    group = Node("registeredmodel:s/d/churn", Kind.REGISTERED_MODEL, "churn")
    versions = [version(9), version(10), version(11, State.DELETED)]
    record = resolve_pointers(group, versions, pointed=set())
    assert record is not None
    assert [(node.name, node.gaps) for node in record.nodes] == [("churn/10", ("no-pointer",))]
    assert resolve_pointers(group, versions, pointed={versions[0].id}) is None


def evaluation() -> Node:
    return Node("evaluation:9c04", Kind.EVALUATION, "judge")


def test_the_one_model_of_the_uuid_was_judged():
    record = resolve_evaluation(evaluation(), [[model(None)]])
    assert [(e.src, e.dst, e.type) for e in record.edges] == [
        (naming.model_id("m-1"), "evaluation:9c04", EdgeType.EVALUATED_IN)
    ]


def test_a_uuid_that_no_model_has_is_a_gap():
    record = resolve_evaluation(evaluation(), [[]])
    assert [(node.id, node.gaps) for node in record.nodes] == [
        ("evaluation:9c04", ("evaluation-without-model",))
    ]
