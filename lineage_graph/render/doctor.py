"""`doctor`, on one screen: how much is known, what is missing and whose it is, and the one declaration that helps most."""

from __future__ import annotations

from collections.abc import Iterator

from lineage_graph.graph import Kind
from lineage_graph.query.coverage import Coverage, GapGroup, Proposal, Share
from lineage_graph.query.parts import part_of
from lineage_graph.render.labels import word
from lineage_graph.render.notes import render_fix
from lineage_graph.render.text import PIPE, Line, Screen, Span, Style, columns, count_of, joined, line, paint

BAR = 20
MOST_PROPOSALS = 3
MOST_PEOPLE = 3
MOST_PLACES = 40
"""Places that a terminal shows of one code; a pipe gets all."""


def render_doctor(coverage: Coverage, screen: Screen = PIPE) -> str:
    """The coverage; of a single code, every place where it is."""
    return paint(_render_lines(coverage, screen), screen)


def _render_lines(coverage: Coverage, screen: Screen) -> Iterator[Line]:
    yield _render_verdict(coverage)
    yield from columns([_share_row(share) for share in coverage.shares if share.total], indent="  ")
    alone = len(coverage.gaps) == 1 and len(coverage.gaps[0].examples) == coverage.gaps[0].count
    if alone:
        yield from _render_places(coverage.gaps[0], screen)
    elif coverage.gaps:
        yield line(Span("MISSING", Style.HEAD))
        for gap in coverage.gaps:
            yield from _render_gap(gap)
        yield line("  ", Span("how to close them, and every place: lineage-graph doctor CODE", Style.DIM))
    yield from _render_proposals(coverage.proposals)
    for origin in coverage.graph.origins:
        if not origin.complete:
            part = part_of(origin)
            why = (
                f"only a part was read: {part.options}"
                if part and part.is_chosen
                else "was not read whole; crawl it again"
            )
            yield line(Span(f"incomplete: {origin.name} {why}", Style.FINDING))


def _render_verdict(coverage: Coverage) -> Line:
    missing = sum(gap.count for gap in coverage.gaps)
    total = sum(share.total for share in coverage.shares)
    if not total:
        return line(Span("nothing to judge: no run, model or version in the graph", Style.HEAD))
    told = {share.kind: share for share in coverage.shares if share.total}
    share = told.get(Kind.MODEL) or told.get(Kind.MODEL_VERSION) or told[Kind.RUN]
    said = f"data origins: {share.covered:,} of {count_of(share.total, word(share.kind))} ({_percent(share)})"
    return line(
        Span(said, Style.HEAD), Span(f" · {count_of(missing, 'gap')}" if missing else " · no gap", Style.GAP)
    )


def _percent(share: Share) -> str:
    """Rounded down: all is only said of all, and none only of none."""
    if 0 < share.covered * 100 < share.total:
        return "under 1 %"
    return f"{share.covered * 100 // share.total if share.total else 0} %"


def _share_row(share: Share) -> list[Span | str]:
    filled = share.covered * BAR // share.total
    bar = "#" * filled + "." * (BAR - filled)
    return [
        word(share.kind),
        Span(f"[{bar}]", Style.DIM),
        _percent(share).rjust(9),
        f"{share.covered:,} of {share.total:,}",
    ]


def _render_gap(gap: GapGroup) -> Iterator[Line]:
    people = joined([f"{who} {count:,}" for who, count in gap.by], most=MOST_PEOPLE)
    yield line(
        "  ", Span(f"{gap.count:>6,}", Style.FINDING), f"  {gap.title}  ", Span(f"({gap.code})", Style.DIM)
    )
    yield line("          ", Span(f"whose: {people} · such as {', '.join(gap.examples[:2])}", Style.DIM))


def _render_places(gap: GapGroup, screen: Screen) -> Iterator[Line]:
    yield line(Span(f"{gap.code.upper()}  {count_of(gap.count, 'time')}", Style.HEAD), f"  {gap.title}")
    shown = gap.examples[:MOST_PLACES] if screen.terminal else gap.examples
    for place in shown:
        yield line("  ", place)
    if len(shown) < len(gap.examples):
        yield line(
            "  ",
            Span(f"… {len(gap.examples) - len(shown):,} more: -o json or a pipe have all", Style.FINDING),
        )
    yield line(Span(f"  whose: {joined([f'{who} {count:,}' for who, count in gap.by], most=10)}", Style.DIM))
    yield line("  to close one of them:")
    yield from render_fix(gap.fix)
    yield line(Span(f"  what it means: {gap.page}", Style.DIM))


def _render_proposals(proposals: tuple[Proposal, ...]) -> Iterator[Line]:
    """The declaration that closes most comes first; what it gains is said."""
    if not proposals:
        return
    yield line(Span("WHAT WOULD HELP MOST", Style.HEAD))
    for proposal in proposals[:MOST_PROPOSALS]:
        yield line("  ", _gain_text(proposal))
        yield from render_fix(proposal.text)
    if len(proposals) > MOST_PROPOSALS:
        yield line("  ", Span(f"and {len(proposals) - MOST_PROPOSALS:,} more: -o json has all", Style.DIM))


def _gain_text(proposal: Proposal) -> str:
    if not (proposal.runs or proposal.models or proposal.versions):
        return "says where files with relative paths lie"
    parts = ((proposal.models, "model"), (proposal.versions, "version"), (proposal.runs, "run"))
    gained = ", ".join(count_of(number, noun) for number, noun in parts if number)
    share = f" ({proposal.share:.0%} of all models)" if proposal.models else ""
    return f"gives an origin to {gained}{share}"
