"""How the database reader asks a database, whichever it is: whole small answers, and the columns that are really there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Row = Sequence[Any]


class Within(NamedTuple):
    """A range of ids that one batch is about: above `low`, up to and with `high`, and of those what `only` selects."""

    low: str
    high: str
    only: str = ""
    """A subquery of ids, or empty for all in the range."""

    def on(self, column: str) -> str:
        """The condition on a column that holds such an id."""
        condition = f"{column} > :low AND {column} <= :high"
        return f"{condition} AND {column} IN ({self.only})" if self.only else condition

    @property
    def parameters(self) -> Mapping[str, str]:
        """What the condition binds."""
        return {"low": self.low, "high": self.high}


class Access(ABC):
    """A database opened for reading alone. Every answer is fetched whole: an open cursor blocks MLflow's writers."""

    tables: Mapping[str, frozenset[str]]
    """The tables there are, with their columns."""

    @abstractmethod
    def rows(self, sql: str, parameters: Mapping[str, object] | None = None) -> list[Row]:
        """All rows of a query with `:name` parameters."""

    @abstractmethod
    def texts(self, table: str, columns: tuple[str, str, str], within: Within) -> dict[str, str]:
        """Keys and values of each owner, as the text of a JSON object. `columns` are owner, key and value."""

    def close(self) -> None:  # noqa: B027 - an implementation may hold nothing open
        """Let go of the database."""

    def columns(self, table: str, *wanted: str) -> str:
        """The columns for a SELECT, NULL for those that this revision of the schema hasn't."""
        there = self.tables.get(table, frozenset())
        return ", ".join(f'"{name}"' if name in there else "NULL" for name in wanted)

    def has(self, table: str, column: str = "") -> bool:
        """Whether this revision has the table, or the column in it."""
        return table in self.tables and (not column or column in self.tables[table])
