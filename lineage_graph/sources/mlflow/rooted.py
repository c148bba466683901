"""The experiments that `--root` names, looked for in the store: a slip of the pen would leave paths relative in silence."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lineage_graph.errors import UsageError
from lineage_graph.naming.rows import experiment_in
from lineage_graph.sources.mlflow.payload import ExperimentPayload
from lineage_graph.sources.mlflow.texts import clean


def check_roots(names: Collection[str], experiments: Collection[ExperimentPayload], store: str) -> None:
    """Raise `UsageError` for the first that is the name of no experiment."""
    if not names:
        return
    ids = {one.experiment_id: one for one in experiments}
    known = {name_of(one) for one in experiments}
    for name in names:
        if name in known or (name.isdecimal() and name not in ids):
            # Runs whose experiment the store lost go by its id.
            continue
        meant = [name_of(ids[name])] if name in ids else nearest(name, known)
        raise UsageError(
            f"--root {name}: {store} has no experiment of that name",
            hint="give its name as MLflow shows it: --root EXPERIMENT=DIR",
            candidates=meant,
        )


def name_of(experiment: ExperimentPayload) -> str:
    """What a root calls an experiment."""
    # One that is no text is told as a record that can't be read.
    name, workspace = str(experiment.name), str(experiment.workspace)
    return experiment_in(clean(workspace), clean(name) or experiment.experiment_id)


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The names that are most alike."""
    import difflib

    return difflib.get_close_matches(name, sorted(known), 5, 0.5)
