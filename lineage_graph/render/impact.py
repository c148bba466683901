"""The impact screen: for a person on call, what is live first, whom to call, and what is not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from lineage_graph.graph import Kind, Node
from lineage_graph.query.answer import Answer, Verdict, rfc3339
from lineage_graph.query.impact import Group, Header, Impact, Row
from lineage_graph.query.labels import text_of
from lineage_graph.render.ends import render_ends
from lineage_graph.render.labels import FAMILIES, STYLES, detail, label, style_of, word
from lineage_graph.render.notes import (
    render_gaps,
    render_gaps_briefly,
    render_limits,
    render_links,
    render_possible,
)
from lineage_graph.render.text import PIPE, Line, Screen, Span, Style, columns, count_of, joined, line, paint
from lineage_graph.render.verdicts import VERDICT_STYLES, root_names, verdict_text, within

MOST_IN_CHAIN = 6
MOST_NAMES = 6
TITLES: Mapping[Group, str] = {
    Group.LIVE: "LIVE",
    Group.REGISTERED: "REGISTERED, NOT LIVE",
    Group.MODELS: "LOGGED, NOT REGISTERED",
    Group.EVALUATED: "JUDGED ON IT",
}


def render_impact(impact: Impact, screen: Screen = PIPE) -> str:
    """The screen; an answer without anything below it says where the chain ends and what would close it."""
    return paint(_render_lines(impact, screen), screen)


def _render_lines(impact: Impact, screen: Screen) -> Iterator[Line]:
    answer = impact.answer
    if answer.verdict is Verdict.FOUND:
        yield from _render_header(impact)
        yield _render_verdict(impact)
    else:
        said = Span(verdict_text(answer), VERDICT_STYLES[answer.verdict])
        yield line(Span(root_names(answer), Style.HEAD), "  ", said)
        yield from _render_header(impact)
    known = answer.known
    for group, rows in impact.groups:
        yield line(Span(_title_of(group, answer), Style.HEAD))
        yield from _render_rows(group, rows, known, screen)
    yield from render_ends(answer)
    yield from render_possible(answer)
    yield from (render_gaps_briefly(answer) if impact.rows(Group.LIVE) else render_gaps(answer))
    if screen.verbose:
        yield from render_links(answer)
    yield from render_limits(answer)
    yield line(f"next: {' · '.join(map(_short_command, impact.commands or ('lineage-graph doctor',)))}")


def _title_of(group: Group, answer: Answer) -> str:
    """What is not registered, or not live, so near may well be so further on."""
    if answer.cut_at is None or group not in {Group.REGISTERED, Group.MODELS}:
        return TITLES[group]
    return f"{TITLES[group]} WITHIN {count_of(answer.cut_at, 'HOP', 'HOPS')}"


def _short_command(command: str) -> str:
    """The command that the reader just typed needs no repeating."""
    return "-o csv for all rows" if command.endswith(" -o csv") else command


def _render_header(impact: Impact) -> Iterator[Line]:
    node = impact.header.node
    where = text_of(node, "uri") or detail(node) or word(node.kind)
    yield from columns(
        [
            [
                Span(label(node), style_of(node)),
                where,
                Span(_reads_text(impact.header, impact.answer), Style.DIM),
            ]
        ]
    )


def _reads_text(header: Header, answer: Answer) -> str:
    """`read by 4 runs, last 2026-11-20`. Of data that MLflow has as evaluation only, that is not to say that it was used only so."""
    if header.read_by:
        when = f", last {(rfc3339(header.last_read) or '')[:10]}" if header.last_read is not None else ""
        return f"read by {count_of(header.read_by, 'run')}{when}"
    if header.node.kind not in {Kind.SOURCE, Kind.DATASET}:
        return ""
    if answer.options.read_between is not None:
        return "no run is known to have read it in that time"
    if header.evaluations:
        return f"recorded only as evaluation data, in {count_of(header.evaluations, 'evaluation')}"
    near = "" if answer.cut_at is None else f" within {count_of(answer.cut_at, 'hop')}"
    return f"no run is known to read it{near}"


def _render_verdict(impact: Impact) -> Line:
    header, near = impact.header, within(impact.answer)
    through = f" through {count_of(header.versions, 'model version')}" if header.versions else ""
    served = [
        count_of(number, noun)
        for number, noun in ((header.deployments, "live deployment"), (header.pointers, "pointer"))
        if number
    ]
    if header.deployments == 0 and header.pointers:
        text = f"{near}reaches {served[0]}{through}; no deployment is declared, anybody may load it"
    elif served:
        text = f"{near}reaches {' and '.join(served)}{through}"
    elif header.consumers:
        text = f"{near}reaches {count_of(header.consumers, 'consumer')}{through}"
    else:
        text = f"{verdict_text(impact.answer)}, nothing that is known to be live"
    return line(
        Span(text, Style.HEAD), Span(f" · {count_of(header.gaps, 'gap')}" if header.gaps else "", Style.GAP)
    )


def _render_rows(
    group: Group, rows: tuple[Row, ...], known: Mapping[str, Node], screen: Screen
) -> Iterator[Line]:
    shown = rows[: screen.fold] if screen.fold else rows
    build = _live_row if group is Group.LIVE else _idle_row
    names = Counter(name for row in rows for name in row.names)
    crowded = frozenset(name for name, times in names.items() if times > 1)
    yield from columns([build(row, known, crowded) for row in shown], indent="  ")
    if len(shown) < len(rows):
        left = count_of(len(rows) - len(shown), "row")
        yield line(
            "  ",
            Span(f"… {left} more: folded on a terminal; -o csv, -o json or a pipe have all", Style.FINDING),
        )


def _live_row(row: Row, known: Mapping[str, Node], crowded: frozenset[str]) -> list[Span | str]:
    way = Span(_chain_text(row, known), Style.DIM)
    hops = count_of(row.hops, "hop")
    return [word(row.kind), _names_of(row, known, crowded), _whom(row) or "owner not known", hops, way]


def _idle_row(row: Row, known: Mapping[str, Node], crowded: frozenset[str]) -> list[Span | str]:
    return [_names_of(row, known, crowded), _whom(row), count_of(row.hops, "hop")]


def _names_of(row: Row, known: Mapping[str, Node], crowded: frozenset[str]) -> Span:
    """What goes by one name in two systems is told apart by these: two servers both have a churn/1."""
    names = [
        (label(known[key]) if key in known else name)
        + (f" of {key.partition(':')[2].partition('/')[0]}" if name in crowded else "")
        for key, name in zip(row.nodes, row.names, strict=True)
    ]
    return Span(joined(names, most=MOST_NAMES), STYLES[FAMILIES[row.kind]])


def _whom(row: Row) -> str:
    """Whom to call. Who ran it is never called its owner."""
    if row.owner:
        return f"owner {row.owner}"
    return f"ran by {row.ran_by}" if row.ran_by else ""


def _chain_text(row: Row, known: Mapping[str, Node]) -> str:
    """How it got there: `churn@champion ← churn/3 ← Training 9c04d2ab ← orders@71fe0c35`."""
    if row.via:
        return f"via {_name_of(row.via, known)}"
    # Logged models are told by their run and version; naming each would fill the line.
    models = {key for key in row.chain if key in known and known[key].kind is Kind.MODEL}
    told = [_name_of(key, known) for key in row.chain if key not in models or len(row.chain) == 1]
    if len(told) > MOST_IN_CHAIN:
        told = [*told[: MOST_IN_CHAIN - 2], f"… {len(told) - MOST_IN_CHAIN + 1} more …", told[-1]]
    return " ← ".join(told)


def _name_of(key: str, known: Mapping[str, Node]) -> str:
    return label(known[key]) if key in known else key
