"""Whether a depth cut a question off. How much lies beyond is not counted: that would be to walk it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lineage_graph.query.answer import Options
from lineage_graph.query.reached import Reached, reach
from lineage_graph.stores.base import Direction, Store


def lies_beyond(store: Store, roots: Sequence[str], direction: Direction, options: Options) -> bool:
    """Whether one hop more than asked for would show something. Nothing is asked where no depth was given.

    The walk itself is asked again, as what may follow from a node depends on the way that led there.
    """
    if options.depth is None:
        return False
    further = replace(options, depth=options.depth + 1)
    return goes_beyond(reach(store, roots, direction, further, outline=True), options)


def goes_beyond(whole: Reached, options: Options) -> bool:
    """Whether what was reached without this depth, or with a greater one, has something that the depth cuts off."""
    depth = options.depth
    return depth is not None and any(whole.hops[id] > depth for id in whole.nodes)
