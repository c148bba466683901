"""The picture in bands, one below the other like lines of a text: a chain of ten steps is legible on paper too."""

from __future__ import annotations

import re
from math import ceil

from lineage_graph.query.answer import Answer
from lineage_graph.render.svg import BOX_WIDTH, MARGIN, STEP_X, render_svg

RANKS = 5
"""Boxes side by side in a band."""
SMALL_RANKS = 6
"""A picture of so many is not cut."""
_SIZE = re.compile(r' width="(\d+)" height="(\d+)" viewBox="0 0 \1 \2"')
_DEFINITIONS = re.compile(r"<defs>.*?</defs>", re.DOTALL)


def render_bands(answer: Answer) -> list[str]:
    """The picture as one or more images; each but the last goes on in the next."""
    picture = render_svg(answer)
    size = _SIZE.search(picture)
    if size is None:
        return [picture]
    width, height = int(size[1]), int(size[2])
    ranks = ceil((width - 2 * MARGIN) / STEP_X)
    if ranks <= SMALL_RANKS:
        return [picture]
    count = ceil(ranks / RANKS)
    # Cut in the middle between two columns of boxes, so that only arrows cross.
    edge = MARGIN - (STEP_X - BOX_WIDTH) / 2
    each = ceil(ranks / count) * STEP_X
    bands = []
    for band in range(count):
        window = f' width="{each}" height="{height}" viewBox="{band * each + edge:g} 0 {each} {height}"'
        text = picture[: size.start()] + window + picture[size.end() :]
        bands.append(_DEFINITIONS.sub("", text, count=1) if band else text)
    return bands
