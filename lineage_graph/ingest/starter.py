"""A lineage.yaml to start from, with the real names of a graph in it: what it lacks, ready to be filled in."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from lineage_graph.graph import EdgeType, Evidence, Kind, Node
from lineage_graph.ingest.finding import MLFLOW, store_name
from lineage_graph.redact import strip_control
from lineage_graph.stores.base import NodeFilter, Store

LONGEST = 500
"""Of a name; YAML has no longer keys than twice that."""
MOST = 10
"""Names a section: it is to be read by a person."""
LOOKED_AT = 500
_PLAIN = re.compile(r"[A-Za-z_./][\w./@-]*")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_HEAD = """\
# What no system records and a person knows. Read it with: lineage-graph ingest declared lineage.yaml
# Take away the "# " of what you need, and put what is true in the place of the words in capitals.
version: 1
"""


def starter(store: Store) -> str:
    """The text of the file. It is valid as it is, and says nothing yet: every entry is switched off.

    Relative paths in it start from the folder that the file is in.
    """
    sections = [
        _inputs(store),
        _roots(store),
        _evaluations(store),
        _owners(store),
        _deployments(store),
        _consumers(store),
        _derivations(),
    ]
    return "\n".join([_HEAD + _store(store), *("\n".join(section) + "\n" for section in sections)])


def _store(store: Store) -> str:
    names = sorted(store_name(origin) for origin in store.state()[1] if origin.type == MLFLOW)
    if len(names) == 1:
        return f"store: {quote(names[0])}\n"
    other = f"  # or {', '.join(map(quote, names[1:]))}" if names else ""
    return f"# store: {quote(names[0]) if names else 'NAME'}{other}\n"


def _inputs(store: Store) -> Iterator[str]:
    yield "# Where a team keeps its data's location: a param or tag whose value is it. `lineage-graph doctor` says what it would give."
    keys = _data_keys(store) or ["params.NAME"]
    yield from _off(["inputs:", *(f"  - {quote(key)}" for key in keys)])


def _data_keys(store: Store) -> list[str]:
    """The params and tags whose values may be the data of runs that logged none, the most frequent first."""
    runs = store.find(NodeFilter(kinds=frozenset({Kind.RUN}), gap="no-dataset", limit=LOOKED_AT))
    around = store.neighbours([run.id for run in runs], frozenset({EdgeType.READ_BY}))
    counted = Counter(
        f"{match[1]}.{match[2]}"
        for edge in around.edges
        if edge.evidence is Evidence.POSSIBLE and edge.rule == "param-names-data"
        for record in edge.records
        if (match := re.search(r"/runs/[^/]+/(params|tags)/(.+)\Z", record))
    )
    return [key for key, _ in sorted(counted.items(), key=lambda each: (-each[1], each[0]))][:MOST]


def _roots(store: Store) -> Iterator[str]:
    yield "# Where an experiment's relative paths begin."
    relative = store.find(NodeFilter(kinds=frozenset({Kind.SOURCE}), gap="relative-path", limit=LOOKED_AT))
    experiments = sorted({str(node.properties.get("scope")).partition("/")[2] for node in relative} - {""})
    lines = [f"  {quote(experiment)}: /DIRECTORY" for experiment in experiments[:MOST] or ["EXPERIMENT"]]
    yield from _off(["roots:", *lines])


def _evaluations(store: Store) -> Iterator[str]:
    yield "# Which model an evaluation run judged, where the run does not say."
    found = _find(store, Kind.EVALUATION, gap="evaluation-without-model")
    runs = [str(node.properties.get("run_id")) for node in found] or ["RUN"]
    yield from _off(
        [
            "evaluations:",
            *(line for run in runs for line in (f"  - run: {quote(run)}", "    model: NAME/VERSION")),
        ]
    )


def _owners(store: Store) -> Iterator[str]:
    yield "# Whom to call. Any reference will do: a model, a version, a deployment, a file."
    unowned = [node for node in _find(store, Kind.REGISTERED_MODEL) if not node.properties.get("owner")]
    names = [f"model:{node.name}" for node in unowned] or ["model:NAME"]
    yield from _off(["owners:", *(f"  {quote(name)}: WHO@EXAMPLE" for name in names)])


def _deployments(store: Store) -> Iterator[str]:
    yield "# Where a version, an alias or a model serves or scores."
    pointers = [_spell(node) for node in _find(store, Kind.ALIAS)] or ["NAME@ALIAS"]
    lines: list[str] = []
    for pointer in pointers[:3]:
        lines += ["  - name: NAME-OF-THE-SERVICE" + ("" if len(lines) == 0 else f"-{len(lines) // 5 + 1}")]
        lines += ["    platform: PLATFORM", "    namespace: TEAM", f"    serves: {quote(pointer)}"]
        lines += ["    owner: WHO@EXAMPLE"]
    yield from _off(["deployments:", *lines])


def _spell(pointer: Node) -> str:
    model, name = pointer.properties.get("model"), pointer.properties.get("alias")
    return f"models:/{model}/{name}" if pointer.properties.get("pointer") == "stage" else f"{model}@{name}"


def _consumers(store: Store) -> Iterator[str]:
    yield "# Who uses the result: of a deployment, or of data."
    used = [f"deployment:{node.name}" for node in _find(store, Kind.DEPLOYMENT)]
    reference = quote(used[0]) if used else "NAME-OF-THE-SERVICE"
    yield from _off(["consumers:", "  - name: NAME", f"    uses: [{reference}]", "    owner: WHO@EXAMPLE"])


def _derivations() -> Iterator[str]:
    yield "# What was made from what by something that nobody recorded."
    yield from _off(["derivations:", "  - output: OUTPUT", "    from: [INPUT]", "    by: SCRIPT"])


def _find(store: Store, kind: Kind, gap: str | None = None) -> Sequence[Node]:
    return store.find(NodeFilter(kinds=frozenset({kind}), gap=gap, limit=MOST))


def _off(lines: Iterable[str]) -> Iterator[str]:
    return (f"# {line}" for line in lines)


def quote(text: str) -> str:
    """A YAML scalar on one line, quoted only where it must be; no name in it can end the line.

    >>> quote("churn@champion"), quote("a: b"), quote("12")
    ('churn@champion', '"a: b"', '"12"')
    """
    text = strip_control(text)[:LONGEST]
    return (
        text
        if _PLAIN.fullmatch(text) and text.lower() not in _WORDS
        else json.dumps(text, ensure_ascii=False)
    )
