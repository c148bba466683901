"""How a process begins and ends: a question is over before collecting garbage pays, and everything goes with the process."""

from __future__ import annotations

import gc


def start() -> int:
    """The command `lineage-graph`. Crawls, which last, turn the collector on again."""
    gc.disable()
    # Imported here, so that the collector rests meanwhile: it and the last sweep cost a question a tenth of its time.
    from lineage_graph.cli.__main__ import main

    code = main()
    gc.freeze()
    return code
