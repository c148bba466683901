"""The report as Markdown (https://github.github.com/gfm/): every crawled text is a code span, which nothing can leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lineage_graph.governance.report import Audit
from lineage_graph.render.audit import words
from lineage_graph.render.md import MOST_DRAWN, code, table
from lineage_graph.render.mermaid import render_mermaid
from lineage_graph.render.notes import where_to_paste
from lineage_graph.render.text import count_of

Section = Mapping[str, Any]


def render_md(audit: Audit) -> str:
    """The whole report: verdict, gaps, picture, then each section."""
    report = audit.to_dict()
    parts = [*_head(audit, report), *_gaps(report), *_picture(audit)]
    for title, render in _SECTIONS:
        parts += [f"## {title}", *render(report)]
    return "\n\n".join(parts)


def _head(audit: Audit, report: Section) -> Iterator[str]:
    subject = report["subject"]
    yield f"# Audit report: {code(subject['name'])}"
    as_of = f", as of {words.moment(report['as_of'])}" if report["as_of"] else ""
    yield f"Made {words.moment(report['created'])}, graph change {report['graph']['change']}{as_of}."
    yield f"**{code(words.origins_text(audit, report))}** (verdict: {report['verdict']})"
    facts = [
        ("what", code(words.subject_text(audit, report))),
        ("state", subject["state"]),
        ("gaps", count_of(len(report["gaps"]), "gap")),
        ("owner", _owner(subject["owner"])),
        ("used by", words.use_text(report)),
        ("judged by", words.judged_text(report)),
        ("record", _cite(subject["records"])),
    ]
    yield table(("fact", "value"), iter(facts))
    for warning in words.crawl_warnings(report):
        yield f"> {code(warning)}"


def _gaps(report: Section) -> Iterator[str]:
    yield "## What is not known"
    if not report["gaps"] and not report["possible"]:
        yield "No gap is known."
    for gap in report["gaps"]:
        lines = [
            f"- {code(gap['message'])} ({gap['code']}), {code(gap['node'])}; {where_to_paste(gap['fix'])}:"
        ]
        lines += [f"  - {code(text)}" for text in gap["fix"].split("\n") if text.strip()]
        yield "\n".join(lines)
    if report["possible"]:
        hints = ((code(hint["node"]["name"]), code(hint["why"]), hint["rule"]) for hint in report["possible"])
        yield "Hinted at, not said:"
        yield table(("what", "why", "rule"), hints)


def _picture(audit: Audit) -> Iterator[str]:
    if 1 < len(audit.drawn.nodes) <= MOST_DRAWN:
        yield "## Lineage"
        yield f"```mermaid\n{render_mermaid(audit.drawn)}\n```"


def _cite(records: Sequence[str]) -> str:
    return ", ".join(code(record) for record in records) or "no record"


def _known(value: object) -> str:
    return words.NOT_RECORDED if value is None or value == "" else code(value)


def _owner(owner: Section | None) -> str:
    return (
        f"{code(owner['who'])}, {owner['evidence']}, {_cite(owner['records'])}"
        if owner
        else words.NOT_RECORDED
    )


def _pairs(values: Section) -> str:
    return ", ".join(code(f"{key}={value}") for key, value in sorted(values.items())) or words.NOT_RECORDED


def _columns(columns: Sequence[Section]) -> str:
    shown = (column["name"] + (f" {column['type']}" if column["type"] else "") for column in columns)
    return ", ".join(code(text) for text in shown) or words.NOT_RECORDED


def _facts(title: str, facts: Sequence[tuple[str, str]]) -> str:
    return f"### {title}\n\n" + table(("fact", "value"), iter(facts))


def _origins(report: Section) -> Iterator[str]:
    if not report["origins"]:
        yield "No data is recorded."
    for place in report["origins"]:
        yield f"### {code(place['uri'] or place['name'])}"
        what = (
            "Location not recorded"
            if not place["uri"]
            else "First origin"
            if place["first"]
            else "Derived on the way"
        )
        yield f"{what}; owner {_owner(place['owner'])}; {_cite(place['records'])}"
        rows = (
            (
                code(data["name"]),
                f"{code(data['digest'])} {code(words.strength_text(data))}"
                if data["digest"]
                else words.NOT_RECORDED,
                _known(data["rows"]),
                _columns(data["columns"]),
                _cite(data["records"]),
            )
            for data in words.shown_data(place)
        )
        yield table(("data", "digest", "rows", "schema", "record"), rows)
        reads = [
            (
                code(read["name"]),
                read["role"] + (f", context {code(read['context'])}" if read["context"] else ""),
                words.moment(read["since"]),
                f"{read['evidence']} ({read['rule']})",
                _cite(read["records"]),
            )
            for data in place["data"]
            for read in data["reads"]
        ]
        if reads:
            yield table(("read by", "role", "when", "evidence", "record"), iter(reads))


def _steps(report: Section) -> Iterator[str]:
    rows = [
        (
            _known(step["by"] or step["name"]),
            ", ".join(code(end["uri"] or end["name"]) for end in step["inputs"]) or words.NOT_RECORDED,
            ", ".join(code(end["uri"] or end["name"]) for end in step["outputs"]),
            step["evidence"],
            _cite(step["records"]),
        )
        for step in report["steps"]
    ]
    yield (
        table(("by", "from", "to", "evidence", "record"), iter(rows))
        if rows
        else "Nothing is recorded or declared."
    )


def _runs(report: Section) -> Iterator[str]:
    if not report["runs"]:
        yield "No run is recorded."
    for run in report["runs"]:
        facts = [
            ("run", code(run["run_id"])),
            ("why it is here", "made it" if run["made_it"] else "on the way"),
            ("experiment", _known(run["experiment"])),
            ("status", f"{_known(run['status'])}, {run['state']}"),
            ("time", f"{words.moment(run['start'])} to {words.moment(run['end'])}"),
            ("ran by", _known(run["ran_by"])),
            *((name, _known(run[name])) for name in ("commit", "repo", "branch")),
            ("entry", _known(run["source_name"])),
            ("parent run", _known(run["parent"])),
            ("parameters", _pairs(run["params"])),
            ("metrics", _pairs(run["metrics"])),
            ("tags", _pairs(words.own_tags(run["tags"]))),
            ("record", _cite(run["records"])),
        ]
        yield _facts(code(run["name"]), facts)


def _evaluations(report: Section) -> Iterator[str]:
    if not report["evaluations"]:
        yield "No evaluation is recorded."
    for judged in report["evaluations"]:
        facts = [
            ("run", code(judged["run_id"])),
            ("time", words.moment(judged["start"])),
            ("ran by", _known(judged["ran_by"])),
            ("metrics", _pairs(judged["metrics"])),
            ("record", _cite(judged["records"])),
        ]
        yield _facts(code(judged["name"]), facts)
        rows = (
            (
                code(each["name"]) + (", also read for training" if each["also_trained_on"] else ""),
                _known(each["uri"]),
                _known(each["digest"]),
                _known(each["rows"]),
                f"{each['evidence']} ({each['rule']})",
                _cite(each["records"]),
            )
            for each in (*judged["data"], *judged["models"])
        )
        yield table(("on", "at", "digest", "rows", "evidence", "record"), rows)


def _users(report: Section) -> Iterator[str]:
    rows = [
        (
            code(user["name"]),
            user["kind"],
            ", ".join(code(use["name"]) for use in user["uses"]) or words.NOT_RECORDED,
            _owner(user["owner"]),
            ", ".join(f"{use['evidence']} ({use['rule']}), {_cite(use['records'])}" for use in user["uses"]),
        )
        for user in (*report["deployments"], *report["consumers"])
    ]
    yield (
        table(("what", "kind", "uses", "owner", "evidence"), iter(rows))
        if rows
        else words.use_text(report).capitalize() + "."
    )


def _history(report: Section) -> Iterator[str]:
    shown, left = words.shown_versions(report)
    rows = (
        (
            code(version["name"]) + (" (this report)" if version["audited"] else ""),
            version["state"],
            words.moment(version["created"]),
            _known(version["status"]),
            _known(version["run_id"]),
            _known(version["source"]),
            _cite(version["records"]),
        )
        for version in shown
    )
    yield table(("version", "state", "created", "status", "run", "source", "record"), rows)
    if left:
        yield f"{left:,} older versions are not shown; the JSON has all."
    stood = [
        (
            code(pointer["name"]),
            code(interval["name"]),
            words.moment(interval["since"]),
            words.moment(interval["until"]) if interval["until"] else "now",
            words.interval_text(interval),
            _cite(interval["records"]),
        )
        for pointer in report["pointers"]
        for interval in pointer["intervals"]
    ]
    yield "Where aliases and stages stood, as crawls saw it: MLflow keeps no history of them."
    if stood:
        yield table(("pointer", "stood on", "seen from", "until", "beginning", "record"), iter(stood))
    else:
        yield "None was seen on these versions."


def _models(report: Section) -> Iterator[str]:
    for model in report["models"]:
        facts = [
            ("model", _known(model["model_id"])),
            ("why it is here", "what is reported on" if model["own"] else "loaded by a run on the way"),
            ("made", words.moment(model["created"])),
            ("lies at", _known(model["artifact_location"])),
            ("inputs", _columns(model["inputs"])),
            ("outputs", _columns(model["outputs"])),
            ("record", _cite(model["records"])),
        ]
        yield _facts(code(model["name"]), facts)
    if not report["models"]:
        yield "No model is recorded."


def _crawls(report: Section) -> Iterator[str]:
    rows = (
        (
            f"{origin['type']} {code(origin['name'])}",
            code(origin["uri"]),
            words.moment(origin["read_at"]),
            "yes" if origin["complete"] else "NO",
            ", ".join(f"{skip['count']} × {code(skip['code'])}" for skip in origin["skipped"]) or "nothing",
        )
        for origin in words.systems(report)
    )
    yield table(("system", "at", "read", "complete", "skipped"), rows)


_SECTIONS = (
    ("Origins of the data", _origins),
    ("What made data from data", _steps),
    ("Runs", _runs),
    ("Evaluations", _evaluations),
    ("Deployments and consumers", _users),
    ("Versions", _history),
    ("Models", _models),
    ("What was read, and when", _crawls),
)
