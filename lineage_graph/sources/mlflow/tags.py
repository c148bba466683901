"""Which tags are worth keeping: all of the users' own, and those of MLflow's that say something about lineage."""

from __future__ import annotations

from functools import lru_cache

from lineage_graph.sources.mlflow.payload import Texts
from lineage_graph.sources.mlflow.texts import clean_texts

# Those that are properties of their own (user, source, parent, git) are left out.
_KEPT = frozenset(
    {
        *(
            "mlflow.source.type",
            "mlflow.autologging",
            "mlflow.runType",
            "mlflow.runSourceType",
            "mlflow.run.isEval",
        ),
        *(
            "mlflow.project.entryPoint",
            "mlflow.project.backend",
            "mlflow.docker.image.uri",
            "mlflow.linkedPrompts",
        ),
        *("mlflow.databricks.notebookPath", "mlflow.databricks.jobID", "mlflow.databricks.jobRunID"),
        *("mlflow.datasets", "mlflow.source.git.dirty"),
    }
)


def kept_tags(tags: Texts) -> dict[str, str]:
    """The tags as properties, cleaned."""
    return clean_texts({name: tags[name] for name in _kept_names(tuple(tags))})


@lru_cache(maxsize=1024)
def _kept_names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if not name.startswith("mlflow.") or name in _KEPT)
