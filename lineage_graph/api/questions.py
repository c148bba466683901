"""The questions that can be put to a graph. Each loads only what it needs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from lineage_graph.graph import Kind
from lineage_graph.query.answer import Answer, Options, show_in_notebooks
from lineage_graph.stores.base import Store

if TYPE_CHECKING:
    from lineage_graph.governance.report import Audit
    from lineage_graph.query.coverage import Coverage
    from lineage_graph.query.impact import Impact
    from lineage_graph.query.status import Status
    from lineage_graph.stores.cypher import CypherConsole, CypherTable


class Questions:
    """A graph that can be asked: what `Lineage` is, but for what changes it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._console: CypherConsole | None = None

    def close(self) -> None:
        """Let go of files and connections."""
        if self._console is not None:
            self._console.close()
            self._console = None
        self.store.close()

    def upstream(self, refs: str | Sequence[str], **options: object) -> Answer:
        """Where these came from: every origin, with the way and its evidence.

        Parameters
        ----------
        refs
            One reference or several, in any spelling: `churn@champion`, `models:/churn/3`, a run id, a URI, a path.
        **options
            `depth`, `kinds`, `limit`, `include_evaluation`, `include_possible`, `as_of` (epoch ms); downstream also
            `read_between`.

        Raises
        ------
        NotFound, Ambiguous
            The reference does not lead to one node; `candidates` has what it could have been.
        StoreMissing
            Nothing was ever ingested into this store.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> for node in lineage.upstream("churn/1").nodes:
        ...     print(node.kind, node.name)
        ModelVersion churn/1
        Model model
        Run train-1
        Dataset orders
        Source file:///srv/shop/data/orders.csv
        """
        from lineage_graph.query.traversal import upstream

        return upstream(self.store, refs, _options(options))

    def downstream(self, refs: str | Sequence[str], **options: object) -> Answer:
        """What depends on these. Parameters and errors as in `upstream`.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> lineage.downstream("forecast/1").verdict.value, lineage.downstream("forecast/1").gaps[0].code
        ('not-captured', 'no-pointer')
        """
        from lineage_graph.query.traversal import downstream

        return downstream(self.store, refs, _options(options))

    def impact(self, refs: str | Sequence[str], **options: object) -> Impact:
        """What depends on these, grouped and ranked for a person on call. Parameters and errors as in `upstream`.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> for group, rows in lineage.impact("customers.csv").groups:
        ...     print(group, [row.names for row in rows])
        live [('churn@champion',)]
        """
        from lineage_graph.query.impact import impact

        return impact(self.store, refs, _options(options))

    def path(self, start: str, end: str, **options: object) -> Answer:
        """How one gets to the other, whichever is upstream, hop by hop.

        Parameters
        ----------
        start, end
            References; which of them is upstream does not matter.
        **options
            As in `upstream`.

        Raises
        ------
        NotFound, Ambiguous
            One of the references does not lead to one node.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> [str(edge.type) for edge in lineage.path("customers.csv", "churn/3").edges]
        ['READ_BY', 'REGISTERED_AS', 'PRODUCED', 'HAS_VERSION']
        """
        from lineage_graph.query.paths import path

        return path(self.store, start, end, _options(options))

    def show(self, ref: str, **options: object) -> Answer:
        """One node with everything that is claimed of it, and its neighbours. Errors as in `upstream`.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> answer = lineage.show("churn@champion")
        >>> answer.nodes[0].properties["version"], [claim.record for claim in answer.claims]
        (3, ['aliases/churn/champion', 'aliases/churn/champion'])
        """
        from lineage_graph.query.show import show

        return show(self.store, ref, _options(options))

    def search(self, text: str, **options: object) -> Answer:
        """Nodes whose name or URI contains the text, the best first; `kinds` and `limit` narrow it.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> [node.name for node in lineage.search("fore", kinds=["ModelVersion"]).nodes]
        ['forecast/1']
        """
        from lineage_graph.query.search import search

        return search(self.store, text, _options(options))

    def audit(self, ref: str, *, as_of: int | None = None, created: int | None = None) -> Audit:
        """A report on a version, an alias or a deployment, each statement with the record behind it.

        Parameters
        ----------
        ref
            A reference in any spelling, such as `churn@champion`, `churn/3`, `deployment:shop/churn-api`.
        as_of
            As it was then: epoch milliseconds.
        created
            What the report states as its date, in epoch milliseconds; now by default. All else depends on the graph alone.

        Raises
        ------
        NotFound, Ambiguous
            As in `upstream`; what is no version, alias or deployment is not found either.
        """
        from lineage_graph.governance.report import audit

        return audit(self.store, ref, as_of=as_of, created=created)

    def cypher(
        self,
        query: str,
        parameters: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
        limit: int | None = None,
        write: bool = False,
    ) -> CypherTable:
        """The rows of a query in Cypher; on a store without a server by a mirror (extra `cypher`), the same as on Neo4j or refused.

        Parameters
        ----------
        query
            A label is a node's kind, a relationship's type that of the edge; `docs/cypher.md` has all of it.
        parameters
            What `$name` in the query means.
        timeout, limit
            Seconds, and rows; without them as long and as many as it takes.
        write
            Let it write, on Neo4j only.

        Raises
        ------
        QueryRefused, QueryInvalid, QueryTimeout
            It may not run here, is no Cypher, or took too long.
        MissingExtra
            The store has no Cypher of its own, and ladybug is not installed.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> lineage.cypher("MATCH (v:ModelVersion)-[:ALIASED_AS]->(a) RETURN v.name, a.alias ORDER BY a.alias").rows
        (('churn/3', 'champion'), ('churn/2', 'previous'))
        """
        return self.console().run(query, parameters or {}, timeout=timeout, limit=limit, write=write)

    def console(self) -> CypherConsole:
        """What answers Cypher about this graph: one for all questions, so that a connection or a mirror is kept."""
        if self._console is None:
            from lineage_graph.stores.table import open_console

            self._console = open_console(self.store)
        return self._console

    def status(self) -> Status:
        """What was crawled, when, and what was skipped.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> lineage.status().counts["Run"], [origin.name for origin in lineage.status().graph.origins]
        (9, ['mlflow:shop', 'resolve'])
        """
        from lineage_graph.query.status import read_status

        return read_status(self.store)

    def stats(self) -> Status:
        """How many nodes and edges there are now: the same as `status`."""
        return self.status()

    def doctor(self, code: str | None = None) -> Coverage:
        """How much of the lineage is known, what is missing, and how to close it.

        Parameters
        ----------
        code
            Of one gap code only, such as `no-dataset`, and every place where it is.

        Examples
        --------
        >>> from lineage_graph import Lineage
        >>> lineage = Lineage.open("memory:")
        >>> report = lineage.ingest("mlflow", "tests/data/mlflow/shop/mlflow.db", name="shop")
        >>> [(str(share.kind), share.covered, share.total) for share in lineage.doctor().shares]
        [('Run', 9, 9), ('Model', 6, 7), ('ModelVersion', 4, 4)]
        """
        from lineage_graph.query.coverage import read_coverage

        return read_coverage(self.store, code)


def _draw(answer: Answer) -> str:
    from lineage_graph.render.html import render_fragment

    return render_fragment(answer)


show_in_notebooks(_draw)


def _options(options: Mapping[str, object]) -> Options:
    given = dict(options)
    kinds = given.get("kinds")
    if isinstance(kinds, Collection) and not isinstance(kinds, str):
        given["kinds"] = tuple(Kind(kind) for kind in kinds)
    return Options(**given)  # type: ignore[arg-type]  # a wrong name or type is the caller's TypeError
