"""Rule: a version that names a run is the run's model of that path, where exactly one is."""

import pytest

from lineage_graph import naming
from lineage_graph.graph import EdgeType, Kind, Node
from lineage_graph.resolve.versions import resolve_version

RUN = "9c04d2ab9c04d2ab9c04d2ab9c04d2ab"


def version(path: str) -> Node:
    properties = {"model": "churn", "version": 3, "run_id": RUN, "source_path": path, "created": 5}
    version_id = naming.model_version_id("shop", "default", "churn", "3")
    return Node(version_id, Kind.MODEL_VERSION, "churn/3", properties=properties, records=("mlflow:shop/x",))


def logged(model: str, name: str, *became: str) -> Node:
    properties = {"model_id": model, "path": name, "versions": list(became)}
    return Node(naming.model_id(model), Kind.MODEL, name, properties=properties)


BEFORE_3 = naming.model_id_before_3(RUN, "model")
HISTORY = Node(BEFORE_3, Kind.MODEL, "model", properties={"model_id": None, "path": "model"})


@pytest.mark.parametrize(
    ("path", "models", "src", "gaps"),
    [
        pytest.param("model", [logged("m-1", "model")], naming.model_id("m-1"), (), id="one fits"),
        pytest.param(
            "model",
            [logged("m-1", "model"), logged("m-2", "other")],
            naming.model_id("m-1"),
            (),
            id="by name",
        ),
        pytest.param(
            "model",
            [logged("m-1", "model"), logged("m-2", "model")],
            naming.run_id(RUN),
            ("which-model",),
            id="two of that name",
        ),
        pytest.param("gone", [logged("m-1", "model")], naming.run_id(RUN), ("which-model",), id="none fits"),
        pytest.param("", [], naming.run_id(RUN), ("which-model",), id="run only"),
        pytest.param(
            "",
            [logged("m-1", "a", "churn/3"), logged("m-2", "b")],
            naming.model_id("m-1"),
            (),
            id="told by its tag",
        ),
        pytest.param(
            "a",
            [logged("m-1", "a"), logged("m-2", "b", "churn/3")],
            naming.model_id("m-1"),
            (),
            id="path before tag",
        ),
        pytest.param(
            "",
            [logged("m-1", "a", "churn/2", "other/3")],
            naming.run_id(RUN),
            ("which-model",),
            id="the tag is of other versions",
        ),
        pytest.param(
            "",
            [logged("m-1", "a", "churn/3"), logged("m-2", "b", "churn/3")],
            naming.run_id(RUN),
            ("which-model",),
            id="two say so",
        ),
        pytest.param("model", [HISTORY], BEFORE_3, (), id="before 3, in the history"),
        pytest.param("model", [], BEFORE_3, (), id="before 3, not in the history"),
    ],
)
def test_the_model_of_a_version(path, models, src, gaps):
    record = resolve_version(version(path), None, models)
    assert record is not None
    registered = [edge for edge in record.edges if edge.type is EdgeType.REGISTERED_AS]
    assert [edge.src for edge in registered] == [src]
    assert tuple(gap for node in record.nodes for gap in node.gaps) == gaps


@pytest.mark.parametrize(
    ("path", "models", "candidates"),
    [
        pytest.param(
            "model", [logged("m-2", "model"), logged("m-1", "model")], ["m-1", "m-2"], id="two of that name"
        ),
        pytest.param("gone", [logged("m-1", "model")], ["m-1"], id="none fits"),
        pytest.param(
            "",
            [logged("m-1", "a", "churn/3"), logged("m-2", "b", "churn/3"), logged("m-3", "c")],
            ["m-1", "m-2"],
            id="two say so",
        ),
        pytest.param("", [], None, id="run only"),
    ],
)
def test_what_a_version_may_be_is_named_where_it_is_not_known(path, models, candidates):
    record = resolve_version(version(path), None, models)
    assert record is not None
    expected = None if candidates is None else [naming.model_id(native) for native in candidates]
    assert [node.properties.get("candidates") for node in record.nodes] == [expected]


def test_before_3_an_unlisted_model_comes_from_its_run():
    record = resolve_version(version("model"), None, [])
    assert record is not None
    produced = [edge for edge in record.edges if edge.type is EdgeType.PRODUCED]
    assert [(edge.src, edge.dst) for edge in produced] == [(naming.run_id(RUN), BEFORE_3)]


def test_a_version_that_names_no_run_has_no_link_here():
    nothing = version("model")._replace(properties={"model": "churn", "version": 3, "run_id": ""})
    assert resolve_version(nothing, None, []) is None
