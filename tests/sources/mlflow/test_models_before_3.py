"""Models before MLflow 3 are folders of their run, listed in its history."""

import pytest

from lineage_graph.graph import State
from tests.sources.mlflow.records import RUN, all_nodes, flow, mapped, mentions

HISTORY = (
    '[{"artifact_path": "model", "model_uuid": "' + "c" * 32 + '", "flavors": {"sklearn": {}},'
    ' "signature": {"inputs": "[{\\"name\\": \\"a\\", \\"type\\": \\"long\\"}]", "outputs": null}},'
    ' {"artifact_path": "model", "model_uuid": "' + "d" * 32 + '"}, {"artifact_path": "small"},'
    ' {"artifact_path": "new", "model_id": "m-1"}, {"model_uuid": "x"}, 3]'
)


def test_one_model_a_path():
    record = mapped(tags={"mlflow.log-model.history": HISTORY})
    assert flow(record) == {
        ("RUN", "PRODUCED", "RUN/model", "logged", "log-model-history"),
        ("RUN", "PRODUCED", "RUN/small", "logged", "log-model-history"),
    }
    assert {f"model-uuid:{'c' * 32}", f"model-uuid:{'d' * 32}"} <= mentions(record)
    assert all_nodes(record)[f"model:{RUN}/model"].properties["times_logged"] == 2


def test_a_signature_of_the_history_is_read():
    history = (
        '[{"artifact_path": "m", "signature": {"inputs": "[{\\"name\\": \\"a\\", \\"type\\": \\"long\\"}]"}}]'
    )
    record = mapped(tags={"mlflow.log-model.history": history})
    model = all_nodes(record)[f"model:{RUN}/m"].properties
    assert model["signature"] == {"inputs": [{"name": "a", "type": "long"}], "outputs": []}
    assert model["signature_state"] == "read"


@pytest.mark.parametrize("history", ["", "no JSON", "{}", "[[]]", "null"])
def test_what_is_no_history_lists_nothing(history):
    assert flow(mapped(tags={"mlflow.log-model.history": history})) == set()


def test_they_are_deleted_with_their_run():
    record = mapped(tags={"mlflow.log-model.history": '[{"artifact_path": "m"}]'}, lifecycle="deleted")
    assert all_nodes(record)[f"model:{RUN}/m"].state is State.DELETED
