"""From the tree of a `lineage.yaml` to its entries. The same rules are published as a JSON Schema, see `lineage_graph/schemas`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from lineage_graph.sources.declared.checks import (
    Check,
    check_columns,
    check_fields,
    check_list,
    check_pairs,
    check_properties,
    check_role,
    check_run_key,
    check_text,
    check_texts,
    check_time,
)
from lineage_graph.sources.declared.problems import Problems, echo, nearest
from lineage_graph.sources.declared.reading import Item

VERSION = "1"
DEPLOYMENT: dict[str, Check] = {
    "name": check_text,
    "platform": check_text,
    "namespace": check_text,
    "serves": check_texts,
    "owner": check_text,
    "since": check_time,
    "until": check_time,
}
CONSUMER: dict[str, Check] = {"name": check_text, "owner": check_text, "uses": check_texts}
EVALUATION: dict[str, Check] = {"run": check_text, "model": check_text}
LOAD: dict[str, Check] = {"run": check_text, "experiment": check_text, "model": check_text}
DERIVATION: dict[str, Check] = {
    "output": check_text,
    "from": check_texts,
    "by": check_text,
    "columns": check_columns,
}
INPUT: dict[str, Check] = {"param": check_text, "tag": check_text, "role": check_role}


class Entry(NamedTuple):
    """One thing that a file declares."""

    section: str
    key: str
    """Stable within the file, whatever line it stands in."""
    line: int
    fields: dict[str, object]


@dataclass(slots=True)
class Declaration:
    """What a file says."""

    store: str | None = None
    workspace: str = "default"
    site: str | None = None
    entries: list[Entry] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    """Key -> the line that it stands in."""

    def add(self, section: str, key: str, line: int, fields: dict[str, object]) -> None:
        """One more entry. Two of one key are told apart by their order."""
        unique, count = key, 1
        while unique in self.lines:
            count += 1
            unique = f"{key}#{count}"
        self.lines[unique] = line
        self.entries.append(Entry(section, unique, line, fields))


def validate(root: Item, problems: Problems) -> Declaration:
    """The declaration of a file. What is wrong is in `problems`, all of it."""
    declaration = Declaration()
    if root.is_null:
        problems.add(1, "an empty file; it needs at least 'version: 1'")
        return declaration
    if root.pairs is None:
        problems.add(root.line, f"a declaration is a mapping, and this is {root.word}")
        return declaration
    named: dict[str, Item] = {}
    for key, value in check_pairs(root, "the file", problems):
        named[key] = value
        if key not in SECTIONS and key not in _HEADS:
            line = next(each.line for each, item in root.pairs if item is value)
            problems.add(line, f"there is no section {echo(key)}{nearest(key, [*SECTIONS, *_HEADS])}")
    _read_heads(named, declaration, problems)
    for section, read in SECTIONS.items():
        if section in named:
            read(named[section], declaration, problems)
    return declaration


_HEADS = ("version", "store", "workspace", "site")


def _read_heads(named: dict[str, Item], declaration: Declaration, problems: Problems) -> None:
    version = named.get("version")
    if version is None:
        problems.add(1, "the file needs 'version: 1'")
    elif version.text != VERSION:
        problems.add(version.line, f"version must be {VERSION}, and is {version.word}")
    texts = {
        head: check_text(named[head], head, problems)
        for head in _HEADS[1:]
        if head in named and not named[head].is_null
    }
    declaration.store = texts.get("store")
    declaration.workspace = texts.get("workspace") or "default"
    declaration.site = texts.get("site")


def _read_owners(item: Item, declaration: Declaration, problems: Problems) -> None:
    for ref, value in check_pairs(item, "owners", problems):
        owner = check_text(value, f"the owner of {echo(ref)}", problems)
        if owner is not None:
            declaration.add("owners", f"owners/{ref}", value.line, {"of": ref, "owner": owner})


def _read_tags(item: Item, declaration: Declaration, problems: Problems) -> None:
    for ref, value in check_pairs(item, "tags", problems):
        tags = check_properties(value, f"the tags of {echo(ref)}", problems)
        if tags:
            declaration.add("tags", f"tags/{ref}", value.line, {"of": ref, "tags": tags})


def _read_deployments(item: Item, declaration: Declaration, problems: Problems) -> None:
    for each, fields in _entries(item, "a deployment", DEPLOYMENT, ("name", "serves"), problems):
        since, until = fields.get("since"), fields.get("until")
        if isinstance(since, int) and isinstance(until, int) and until <= since:
            problems.add(each.line, "until must be after since")
        place = "/".join(str(fields.get(part) or "") for part in ("platform", "namespace", "name"))
        _add_once(declaration, problems, each, f"deployments/{place}", fields)


def _read_consumers(item: Item, declaration: Declaration, problems: Problems) -> None:
    for each, fields in _entries(item, "a consumer", CONSUMER, ("name", "uses"), problems):
        _add_once(declaration, problems, each, f"consumers/{fields['name']}", fields)


def _add_once(
    declaration: Declaration, problems: Problems, item: Item, key: str, fields: dict[str, object]
) -> None:
    section, _, name = key.partition("/")
    if first := declaration.lines.get(key):
        problems.add(item.line, f"{echo(name.strip('/'))} stands twice in {section}; first in line {first}")
        return
    declaration.add(section, key, item.line, fields)


def _read_evaluations(item: Item, declaration: Declaration, problems: Problems) -> None:
    for each, fields in _entries(item, "an evaluation", EVALUATION, ("run", "model"), problems):
        declaration.add("evaluations", f"evaluations/{fields['run']}/{fields['model']}", each.line, fields)


def _read_loads(item: Item, declaration: Declaration, problems: Problems) -> None:
    for each, fields in _entries(item, "a load", LOAD, ("model",), problems):
        if ("run" in fields) == ("experiment" in fields):
            problems.add(each.line, "a load needs either a run or an experiment")
            continue
        who = fields.get("run") or f"experiment:{fields['experiment']}"
        declaration.add("loads", f"loads/{who}/{fields['model']}", each.line, fields)


def _read_roots(item: Item, declaration: Declaration, problems: Problems) -> None:
    for experiment, value in check_pairs(item, "roots", problems):
        folder = check_text(value, f"the root of {echo(experiment)}", problems)
        if folder is not None and folder[0] == "~":
            # Whose home that is hangs on who reads the file.
            problems.add(
                value.line,
                f"the root of {echo(experiment)} must be a path or a URI without ~, and is {echo(folder)}",
            )
        elif folder is not None:
            fields: dict[str, object] = {"experiment": experiment, "folder": folder}
            declaration.add("roots", f"roots/{experiment}", value.line, fields)


def _read_derivations(item: Item, declaration: Declaration, problems: Problems) -> None:
    for each, fields in _entries(item, "a derivation", DERIVATION, ("output", "from"), problems):
        declaration.add("derivations", f"derivations/{fields['output']}", each.line, fields)


def _read_inputs(
    item: Item, declaration: Declaration, problems: Problems, experiment: str | None = None
) -> None:
    where = "inputs" if experiment is None else f"experiments/{experiment}/inputs"
    for each in check_list(item, "inputs", problems):
        fields = _read_input(each, problems)
        if fields is not None:
            fields["experiment"] = experiment
            declaration.add("inputs", f"{where}/{fields['key']}", each.line, fields)


def _read_input(item: Item, problems: Problems) -> dict[str, object] | None:
    if item.pairs is None:
        key = check_run_key(item, "an input", problems)
        return None if key is None else {"key": key}
    fields = check_fields(item, "an input", INPUT, (), problems)
    if fields is None:
        return None
    if ("param" in fields) == ("tag" in fields):
        problems.add(item.line, "an input needs either a param or a tag")
        return None
    key = f"params.{fields['param']}" if "param" in fields else f"tags.{fields['tag']}"
    return {"key": key, "role": fields.get("role")}


def _read_experiments(item: Item, declaration: Declaration, problems: Problems) -> None:
    for experiment, value in check_pairs(item, "experiments", problems):
        for key, inputs in check_pairs(value, f"experiment {echo(experiment)}", problems):
            if key != "inputs":
                problems.add(inputs.line, f"an experiment has no field {echo(key)}{nearest(key, ['inputs'])}")
            else:
                _read_inputs(inputs, declaration, problems, experiment)


def _entries(
    item: Item, name: str, checks: dict[str, Check], required: tuple[str, ...], problems: Problems
) -> Iterable[tuple[Item, dict[str, object]]]:
    for each in check_list(item, f"{name.split(' ')[1]}s", problems):
        fields = check_fields(each, name, checks, required, problems)
        if fields is not None:
            yield each, fields


SECTIONS = {
    "owners": _read_owners,
    "tags": _read_tags,
    "deployments": _read_deployments,
    "consumers": _read_consumers,
    "evaluations": _read_evaluations,
    "loads": _read_loads,
    "roots": _read_roots,
    "derivations": _read_derivations,
    "inputs": _read_inputs,
    "experiments": _read_experiments,
}
