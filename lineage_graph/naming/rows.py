"""How rows of a store with workspaces are told apart: the keys of their records, and how evidence names them."""

from __future__ import annotations

USUAL_WORKSPACE = "default"


def registry_row(folder: str, workspace: str, *parts: str) -> str:
    """A row by its folder and names; one of another workspace than the usual says so, or two would have one key.

    >>> registry_row("model-versions", "default", "churn", "3"), registry_row("aliases", "eu", "churn", "champion")
    ('model-versions/churn/3', 'workspaces/eu/aliases/churn/champion')
    """
    place = () if workspace in ("", USUAL_WORKSPACE) else ("workspaces", workspace)
    return "/".join((*place, folder, *parts))


def experiment_in(workspace: str, experiment: str) -> str:
    """An experiment's name, unmistakable in its store: another workspace may have one of the same name.

    >>> experiment_in("default", "churn"), experiment_in("eu", "churn")
    ('churn', 'eu/churn')
    """
    return experiment if workspace in ("", USUAL_WORKSPACE) else f"{workspace}/{experiment}"
