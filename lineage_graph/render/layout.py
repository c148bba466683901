"""A small layered layout: ranks along the flow, order within a rank by barycentre (Sugiyama, Tagawa, Toda 1981)."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

SWEEPS = 6
Key = int
"""A node by its number; the bends of long edges have numbers of their own."""


class Place(NamedTuple):
    """Where a node stands: its rank from the left, its row from the top."""

    rank: int
    row: float


class Layout(NamedTuple):
    """Places of nodes, and for every edge the places that it passes, ends included."""

    places: Sequence[Place]
    routes: Mapping[tuple[int, int], Sequence[Place]]
    ranks: int
    rows: float


def lay_out(count: int, edges: Sequence[tuple[int, int]]) -> Layout:
    """Place `count` nodes. Cycles are laid out too: some edge of each then goes back.

    >>> lay_out(3, [(0, 1), (1, 2)]).places
    [Place(rank=0, row=0.0), Place(rank=1, row=0.0), Place(rank=2, row=0.0)]
    """
    forward = _without_cycles(count, dict.fromkeys(edge for edge in edges if edge[0] != edge[1]))
    ranks = _rank(count, forward)
    chains, all_ranks = _add_bends(forward, ranks)
    segments = [pair for chain in chains.values() for pair in pairwise(chain)]
    rows = _order(all_ranks, segments)
    places = [Place(all_ranks[key], rows[key]) for key in range(len(all_ranks))]
    routes: dict[tuple[int, int], Sequence[Place]] = {}
    for src, dst in edges:
        chain = chains.get((src, dst)) or chains.get((dst, src), [])[::-1]
        routes[src, dst] = [places[key] for key in chain]
    highest = max(rows, default=0.0)
    return Layout(places[:count], routes, max(all_ranks, default=-1) + 1, highest + 1)


def _without_cycles(count: int, edges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The edges, those that close a cycle turned round."""
    after: dict[int, list[int]] = defaultdict(list)
    for src, dst in edges:
        after[src].append(dst)
    state = [0] * count  # 0 new, 1 on the way, 2 done
    kept: dict[tuple[int, int], None] = {}
    for start in range(count):
        stack = [(start, iter(after[start]))] if not state[start] else []
        state[start] = state[start] or 1
        while stack:
            node, rest = stack[-1]
            for below in rest:
                kept.setdefault((below, node) if state[below] == 1 else (node, below))
                if not state[below]:
                    state[below] = 1
                    stack.append((below, iter(after[below])))
                    break
            else:
                state[node] = 2
                stack.pop()
    return list(kept)


def _rank(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The longest way from any start; then each start moves right, next to what it leads to."""
    after, before = defaultdict(list), [0] * count
    for src, dst in edges:
        after[src].append(dst)
        before[dst] += 1
    starts = [node for node in range(count) if not before[node]]
    ranks, ready = [0] * count, deque(starts)
    while ready:
        node = ready.popleft()
        for below in after[node]:
            ranks[below] = max(ranks[below], ranks[node] + 1)
            before[below] -= 1
            if not before[below]:
                ready.append(below)
    for node in starts:
        if after[node]:
            ranks[node] = min(ranks[below] for below in after[node]) - 1
    return ranks


def _add_bends(
    edges: Sequence[tuple[int, int]], ranks: Sequence[int]
) -> tuple[dict[tuple[int, int], list[Key]], list[int]]:
    """Each edge as a chain with one bend in every rank between, so that it passes beside nodes and not through them."""
    all_ranks, chains = list(ranks), {}
    for src, dst in edges:
        chain = [src]
        for rank in range(ranks[src] + 1, ranks[dst]):
            chain.append(len(all_ranks))
            all_ranks.append(rank)
        chains[src, dst] = [*chain, dst]
    return chains, all_ranks


def _order(ranks: Sequence[int], segments: Sequence[tuple[Key, Key]]) -> list[float]:
    layers: list[list[Key]] = [[] for _ in range(max(ranks, default=-1) + 1)]
    for key, rank in enumerate(ranks):
        layers[rank].append(key)
    left, right = defaultdict(list), defaultdict(list)
    for src, dst in segments:
        left[dst].append(src)
        right[src].append(dst)
    rows = [0.0] * len(ranks)
    for layer in layers:
        _number(layer, rows)
    for sweep in range(SWEEPS):
        there, order = (left, layers) if sweep % 2 == 0 else (right, layers[::-1])
        for layer in order:
            middles = {key: _middle([rows[other] for other in there[key]], rows[key]) for key in layer}
            layer.sort(key=middles.__getitem__)
            _number(layer, rows)
    tallest = max(map(len, layers), default=0)
    for layer in layers:
        for key in layer:
            rows[key] += (tallest - len(layer)) / 2
    return rows


def _number(layer: Sequence[Key], rows: list[float]) -> None:
    for row, key in enumerate(layer):
        rows[key] = float(row)


def _middle(rows: Sequence[float], own: float) -> float:
    return sum(rows) / len(rows) if rows else own
