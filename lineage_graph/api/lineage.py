"""`Lineage`: a graph, and what is done with it: crawled into, copied, forgotten. The questions are in `questions`.

This package is the only place where the parts are wired together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from lineage_graph.api.questions import Questions
from lineage_graph.settings import load_settings
from lineage_graph.stores.table import open_store

if TYPE_CHECKING:
    from lineage_graph.ingest import IngestReport
    from lineage_graph.ingest.copying import CopyReport
    from lineage_graph.sources.base import Progress


class Lineage(Questions):
    """A lineage graph in a store.

    Open it with `Lineage.open`, use it as a context manager, or close it yourself.

    Examples
    --------
    >>> from lineage_graph import Lineage
    >>> with Lineage.open("memory:") as lineage:
    ...     report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
    ...     answer = lineage.upstream("churn@champion")
    >>> answer.verdict.value
    'found'
    """

    @classmethod
    def open(cls, url: str | None = None) -> Lineage:
        """The graph at `url`: a path, `sqlite:///…`, `memory:`, `bolt://…`, `neo4j://…`. The first `ingest` makes it, nothing else does.

        Parameters
        ----------
        url
            Without it: `LINEAGE_GRAPH_STORE`, the nearest `lineage.toml`, the user's settings, else a file in the user's data
            directory.

        Raises
        ------
        UnknownScheme
            No store reads such a URL.

        Examples
        --------
        >>> Lineage.open("memory:").store.type
        'memory'
        """
        return cls(open_store(load_settings({"store": url}).store.value))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def ingest(
        self,
        kind: str,
        target: str | None = None,
        *,
        progress: Progress | None = None,
        dry_run: bool = False,
        force: bool = False,
        **options: object,
    ) -> IngestReport:
        """Bring the graph up to date with a source.

        Parameters
        ----------
        kind
            `mlflow` or `declared`.
        target
            A tracking URI, or the path of a `lineage.yaml`. Without it, what MLflow itself would use.
        progress
            Called with (what, done, total) while it reads.
        dry_run
            Read and map everything, write nothing.
        force
            Also into a database that holds other data, which stays untouched.
        **options
            For `mlflow`: `name`, `site`, `roots` (experiment -> directory), `experiments`, `since` (epoch ms), `timeout`
            (seconds), `artifacts`, `strict`. For `declared`: `name`, `site`.

        Raises
        ------
        SourceError
            The source cannot be read; what was written before stays, and the next crawl goes on from there.
        StoreError
            The store cannot be written; `StoreForeign` where it holds other data and nothing forces it.

        Examples
        --------
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop", artifacts=False)
        >>> report.origin.name, report.read["runs"], list(report.skipped)
        ('mlflow:shop', 9, [])
        """
        from lineage_graph.ingest import crawl
        from lineage_graph.ingest.opening import open_for
        from lineage_graph.sources.base import no_progress

        self.store.force = force
        with open_for(self.store, kind, target, _with_settings(kind, options)) as source:
            return crawl(self.store, source, progress=progress or no_progress, dry_run=dry_run)

    def starter(self) -> str:
        """A `lineage.yaml` to start from, with this graph's own names in it, every section switched off."""
        from lineage_graph.ingest.starter import starter

        return starter(self.store)

    def backup(self, path: str) -> None:
        """A consistent copy of the store, also while others read and write.

        Raises
        ------
        StoreError
            `path` exists already or cannot be written.
        UsageError
            The store has no backup of its own: `memory:`.
        """
        self.store.backup(path)

    def copy_to(self, url: str, *, force: bool = False, progress: Progress | None = None) -> CopyReport:
        """Make another store hold what this one holds: claims, times, alias history; proved by counts and a digest.

        Parameters
        ----------
        url
            The other store, which may hold an older copy and nothing that this one lacks.
        force
            Also into a database that holds other data, which stays untouched.
        progress
            Called with (what, done, total) while it copies.

        Raises
        ------
        UsageError
            The other store holds something that a copy would lose, or is memory, where it would be gone at once.
        StoreError
            A store cannot be read or written, or this one changed meanwhile.

        Examples
        --------
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     lineage.copy_to(f"{folder}/copy.db").origins
        ('mlflow:shop', 'resolve')
        """
        from lineage_graph.ingest.copying import check_lasting, copy_graph
        from lineage_graph.sources.base import no_progress

        check_lasting(url)

        with Lineage.open(url) as other:
            other.store.force = force
            return copy_graph(self.store, other.store, progress=progress or no_progress)

    def forget(self, origin: str) -> str:
        """As if this origin had never been ingested; its alias history goes too. Gives its whole name.

        Parameters
        ----------
        origin
            Such as `mlflow:shop`, or `shop` where one alone is called so: `status` lists them.

        Raises
        ------
        NotFound
            Nothing was ever ingested from it.

        Examples
        --------
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> lineage.forget("shop")
        'mlflow:shop'
        >>> sum(lineage.status().counts.values())
        0
        """
        from lineage_graph.ingest import resolve_changes

        known = [each.name for each in self.store.state()[1]]
        by_name = [name for name in known if name.partition(":")[2] == origin]
        name = by_name[0] if origin not in known and len(by_name) == 1 else origin
        self.store.forget(name)
        resolve_changes(self.store, past=False)
        return name


def _with_settings(kind: str, options: Mapping[str, object]) -> dict[str, object]:
    """The options of a crawl, and what the environment and settings files say where these say nothing."""
    given = {key: value for key, value in options.items() if value is not None}
    settings = load_settings()
    if kind in ("mlflow", "declared") and settings.site.value:
        given.setdefault("site", settings.site.value)
    if kind == "mlflow":
        given.setdefault("timeout", settings.timeout_seconds)
    return given
