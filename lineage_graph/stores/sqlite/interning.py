"""Small integers for the texts that come again: node ids, rules, gaps."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Any

from lineage_graph.graph import Kind
from lineage_graph.naming import kind_of
from lineage_graph.stores.sqlite.rows import select_in
from lineage_graph.stores.sqlite.schema import KIND_CODES, PRESENT

REMEMBERED = 100_000
"""Ids kept in memory; datasets and experiments come again and again, runs do not."""


class Interned:
    """Small integers for node ids and words, looked up and made as needed within a writing session. Void after a rollback."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._nodes: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._next_node = self._first_free("node")
        self._next_word = self._first_free("word")
        # In a graph that was empty, what is not remembered is not there.
        self._remembers_all = self._next_node == 1

    def _first_free(self, table: str) -> int:
        return int(self._connection.execute(f"SELECT ifnull(max(id), 0) + 1 FROM {table}").fetchone()[0])

    def nodes(self, wanted: dict[str, Kind | None], change: int) -> tuple[dict[str, int], set[int]]:
        """The numbers of these nodes, and which of them are new. Kinds are read from ids where no claim gives one."""
        known = self._nodes
        if len(known) > REMEMBERED:
            known.clear()
            self._remembers_all = False
        missing = [uid for uid in wanted if uid not in known]
        if missing and not self._remembers_all:
            known.update(select_in(self._connection, "SELECT uid, id FROM node WHERE uid IN ({})", missing))
        rows: list[tuple[Any, ...]] = []
        for uid in missing:
            if uid not in known:
                kind = wanted[uid] or kind_of(uid)
                rows.append((self._next_node, uid, KIND_CODES[kind], PRESENT, change))
                known[uid] = self._next_node
                self._next_node += 1
        self._connection.executemany("INSERT INTO node VALUES (?, ?, ?, ?, ?)", rows)
        return known, {row[0] for row in rows}

    def word(self, text: str) -> int:
        """The number of a word: a rule, a set of gaps."""
        number = self._words.get(text)
        if number is None:
            found = self._connection.execute("SELECT id FROM word WHERE text = ?", (text,)).fetchone()
            if found is None:
                self._connection.execute("INSERT INTO word VALUES (?, ?)", (self._next_word, text))
                found = (self._next_word,)
                self._next_word += 1
            number = self._words[text] = int(found[0])
        return number
