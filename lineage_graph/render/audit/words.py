"""What a report says in words: the sentences that HTML and Markdown share. They look only at the report's JSON and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lineage_graph.governance.report import Audit
from lineage_graph.query.answer import Verdict
from lineage_graph.render.text import count_of, joined
from lineage_graph.render.verdicts import verdict_text

NOT_RECORDED = "not recorded"
VERSIONS_SHOWN = 50
"""Of a registered model with more, the newest are shown beside those in question; the JSON has all."""

STRENGTHS: Mapping[str, str] = {
    "first-10000-rows": "covers the first 10,000 rows, no more",
    "first-10000-elements": "covers the first 10,000 elements of each array, no more",
    "plan": "covers the query's plan, not the data",
    "version": "names a version of the table",
    "none": "no digest",
    "unknown": "what it covers is not known",
}


def said(value: object) -> str:
    """A fact, or that it isn't recorded.

    >>> said(None), said(0), said("")
    ('not recorded', '0', 'not recorded')
    """
    return NOT_RECORDED if value is None or value == "" else str(value)


def moment(text: str | None) -> str:
    """A time for people: seconds are exact enough to read, the JSON has milliseconds.

    >>> moment("2026-11-24T18:33:43.601Z")
    '2026-11-24 18:33:43 UTC'
    """
    return f"{text[:10]} {text[11:19]} UTC" if text else NOT_RECORDED


def number(value: object) -> str:
    """A number with separators, a float as it is."""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def strength_text(data: Mapping[str, Any]) -> str:
    """How much of the data a digest vouches for.

    >>> strength_text({"digest": "d", "digest_strength": "first-10000-rows", "digest_rows": 353, "rows": 353})
    'covers all 353 rows'
    """
    covered, rows = data.get("digest_rows"), data.get("rows")
    if not data.get("digest"):
        return "no digest"
    if data.get("digest_strength") == "first-10000-rows" and covered is not None and rows is not None:
        return (
            f"covers all {covered:,} rows"
            if covered >= rows
            else f"covers the first {covered:,} of {rows:,} rows"
        )
    return STRENGTHS.get(str(data.get("digest_strength")), str(data.get("digest_strength")))


def reference_text(owner: Mapping[str, Any] | None) -> str:
    """Who owns it."""
    return str(owner["who"]) if owner else NOT_RECORDED


def interval_text(interval: Mapping[str, Any]) -> str:
    """How exactly the beginning of an interval is known."""
    if interval["not_before"]:
        return f"came after {moment(interval['not_before'])}, before {moment(interval['since'])}"
    if interval["since"]:
        return f"stood there at {moment(interval['since'])}; not observed before"
    return "not observed since when"


def subject_text(audit: Audit, report: Mapping[str, Any]) -> str:
    """What it is, in one sentence."""
    subject = report["subject"]
    versions = [version["name"] for version in report["versions"] if version["audited"]]
    match subject["kind"]:
        case "ModelVersion":
            version = next(each for each in report["versions"] if each["id"] == subject["id"])
            return f"Version {said(version['version'])} of the registered model {version['model']}"
        case "Alias":
            what = str(audit.subject.properties.get("pointer") or "alias").capitalize()
            return f"{what} that stands on {joined(versions) or 'no version'}"
        case _:
            uses = [
                use["name"]
                for user in report["deployments"]
                if user["id"] == subject["id"]
                for use in user["uses"]
            ]
            through = f" through {joined(uses)}" if uses and uses != versions else ""
            return f"Deployment that serves {joined(versions or uses) or 'nothing that is known'}{through}"


def origins_text(audit: Audit, report: Mapping[str, Any]) -> str:
    """The verdict on the origins."""
    if audit.upstream.verdict is not Verdict.FOUND:
        return verdict_text(audit.upstream)
    first = sum(1 for place in report["origins"] if place["uri"] and place["first"])
    between = sum(1 for place in report["origins"] if place["uri"] and not place["first"])
    nowhere = sum(1 for place in report["origins"] if not place["uri"])
    parts = [f"comes from {count_of(first, 'first origin')}"]
    if between:
        parts.append(f"through {count_of(between, 'location')} of derived data")
    if nowhere:
        parts.append(f"and from {count_of(nowhere, 'dataset')} without a recorded location")
    return ", ".join(parts)


def use_text(report: Mapping[str, Any]) -> str:
    """Where it is used. A deployment is listed with what it serves, and is no user of itself."""
    subject, consumers = report["subject"], len(report["consumers"])
    deployments = sum(user["id"] != subject["id"] for user in report["deployments"])
    if subject["kind"] == "Deployment" and not deployments:
        return count_of(consumers, "consumer") if consumers else "no consumer is recorded"
    if not deployments and not consumers:
        return "no deployment and no consumer is recorded"
    return f"{count_of(deployments, 'deployment')}, {count_of(consumers, 'consumer')}"


def judged_text(report: Mapping[str, Any]) -> str:
    """How often it was judged."""
    count = len(report["evaluations"])
    return count_of(count, "evaluation") if count else "no evaluation is recorded"


def crawl_warnings(report: Mapping[str, Any]) -> list[str]:
    """What may be missing because a system was not read whole."""
    return [
        f"{origin['type']} {origin['name']} was not read to its end: there may be more than this report says"
        for origin in report["graph"]["origins"]
        if not origin["complete"]
    ]


def shown_versions(report: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], int]:
    """The versions to show, and how many are left to the JSON."""
    stood = {interval["version"] for each in report["pointers"] for interval in each["intervals"]}
    versions: Sequence[Mapping[str, Any]] = report["versions"]
    newest = {each["id"] for each in versions[-VERSIONS_SHOWN:]}
    shown = [
        each
        for each in versions
        if each["audited"] or each["copied"] or each["id"] in newest or each["id"] in stood
    ]
    return shown, len(versions) - len(shown)


def shown_data(place: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Data worth a line: what is only known to have been written, and goes on as another, is told by the step that wrote it."""
    told = [each for each in place["data"] if each["reads"] or each["digest"] or not each["derived"]]
    return told or list(place["data"])


def systems(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The systems that were read; links that were derived from them are no system."""
    return [origin for origin in report["graph"]["origins"] if origin["type"] != "resolve"]


def own_tags(tags: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tags that a person set."""
    return {key: value for key, value in tags.items() if not key.startswith("mlflow.")}
