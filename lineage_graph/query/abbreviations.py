"""Ids cut short, as git cuts them and as our own tables print them: `ef2c4973`, `runs:/ef2c4973`, `m-0558bc8a`, `train-1 ef2c4973`."""

from __future__ import annotations

from lineage_graph import naming
from lineage_graph.graph import Kind, Node
from lineage_graph.naming.looks import begins_id
from lineage_graph.query.labels import text_of
from lineage_graph.stores.base import NodeFilter, Store

MOST = 21
"""One more than is shown of what a beginning may mean."""
_MODEL = "m-"


def find_by_beginning(store: Store, text: str, kinds: frozenset[Kind]) -> list[Node]:
    """A run by the beginning of its id, alone or in a `runs:/` URI; an evaluation where one is asked for; a logged model."""
    model = naming.logged_model_of(text) or text
    if begins_id(model.removeprefix(_MODEL)) and model.startswith(_MODEL):
        return store.find(NodeFilter(id_prefix=naming.model_id(model.lower()), limit=MOST))
    run, path = naming.artifact_run_path(text) or (text, "")
    if not begins_id(run):
        return []
    name = naming.evaluation_id if kinds == {Kind.EVALUATION} else naming.run_id
    found = store.find(NodeFilter(id_prefix=name(run.lower()), limit=MOST))
    return (
        [each for run_node in found for each in find_artifact(store, text_of(run_node, "run_id"), path)]
        if path
        else found
    )


def find_artifact(store: Store, run: str, path: str) -> list[Node]:
    """The models that a run logged at a path; else the run itself."""
    wanted = {"run_id": run, "path": path}
    models = store.find(NodeFilter(kinds=frozenset({Kind.MODEL}), properties=wanted)) if path else []
    return models or list(store.get([naming.run_id(run)]).values())


def find_by_label(store: Store, text: str, kinds: frozenset[Kind]) -> list[Node]:
    """A name and the beginning of the id that tells it from its namesakes, as tables print runs, evaluations and models."""
    name, blank, beginning = text.rpartition(" ")
    if not (blank and name and begins_id(beginning.removeprefix(_MODEL))):
        return []
    prefixes = {Kind.MODEL: naming.model_id(beginning)}
    if not beginning.startswith(_MODEL):
        # A model of before MLflow 3 has no id of its own, and shows its run's.
        prefixes |= {Kind.RUN: naming.run_id(beginning), Kind.EVALUATION: naming.evaluation_id(beginning)}
    wanted = [prefix for kind, prefix in prefixes.items() if not kinds or kind in kinds]
    return [
        node for prefix in wanted for node in store.find(NodeFilter(name=name, id_prefix=prefix, limit=MOST))
    ]
