"""A declaration is read whole or refused whole: every problem with its line, and the schema says the same."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import lineage_graph
from lineage_graph.errors import DeclarationInvalid, SourceUnreadable
from lineage_graph.graph import Record
from lineage_graph.sources.declared.problems import Problems
from lineage_graph.sources.declared.reading import LARGEST_FILE, Item, read_tree
from lineage_graph.sources.declared.source import DeclaredSource

SCHEMA = json.loads((Path(lineage_graph.__file__).parent / "schemas" / "lineage-yaml-1.json").read_text())

GOOD = {
    "only a version": "version: 1\n",
    "empty sections": "version: 1\nowners:\ndeployments:\ninputs: []\nroots: {}\nstore:\n",
    "quoted version": 'version: "1"\n',
    "owners": "version: 1\nstore: shop\nowners:\n  churn/3: ana\n  ./a.csv: 7\n  yes: no\n",
    "tags": "version: 1\ntags:\n  churn: {tier: 1, live: true}\n  other: {}\n",
    "deployments": (
        "version: 1\ndeployments:\n"
        "  - {name: api, serves: churn@champion}\n"
        "  - {name: api, namespace: shop, platform: k8s, serves: [churn/1, churn/2], owner: ana,\n"
        "     since: 2026-01-02, until: 2026-11-24T09:30:00Z}\n"
    ),
    "consumers": "version: 1\nconsumers:\n  - {name: mails, uses: [shop/api, orders.csv], owner: crm}\n",
    "evaluations": "version: 1\nevaluations:\n  - {run: 40aa9be1, model: churn/3}\n",
    "loads": "version: 1\nloads:\n  - {run: 40aa9be1, model: m-1}\n  - {experiment: scoring, model: churn@champion}\n",
    "roots": "version: 1\nroots:\n  churn: ../shop\n",
    "derivations": (
        "version: 1\nderivations:\n  - output: b.csv\n    from: a.csv\n"
        "  - output: c.csv\n    from: [a.csv, b.csv]\n    by: join.py\n    columns: {age: 'a.csv#born', id: ['a.csv#id', 'b.csv#id']}\n"
    ),
    "inputs": (
        "version: 1\ninputs: [params.data, tags.where, {param: test-data, role: evaluation}, {tag: x}]\n"
        "experiments:\n  churn:\n    inputs: [params.path]\n  other:\n"
    ),
    "aliases": "version: 1\nowners: {churn/1: &who ana, churn/2: *who}\n",
    "byte order mark": "\ufeffversion: 1\n",
}

BAD = {
    "no version": ("owners: {a: b}\n", ["1: the file needs 'version: 1'"]),
    "other version": ("version: 2\n", ["1: version must be 1"]),
    "empty": ("", ["1: an empty file"]),
    "a list": ("- a\n", ["1: a declaration is a mapping"]),
    "a text": ("hello\n", ["1: a declaration is a mapping"]),
    "section misspelt": (
        "version: 1\nonwers: {a: b}\n",
        ["2: there is no section 'onwers'; did you mean 'owners'?"],
    ),
    "field misspelt": (
        "version: 1\nconsumers:\n  - name: mails\n    uses: x\n    ownr: crm\n",
        ["5: a consumer has no field 'ownr'; did you mean 'owner'?"],
    ),
    "field missing": (
        "version: 1\ndeployments:\n  - name: api\n",
        ["3: a deployment needs the field 'serves'"],
    ),
    "required and null": (
        "version: 1\nconsumers:\n  - {name: , uses: x}\n",
        ["3: name of a consumer must be a text"],
    ),
    "empty list": (
        "version: 1\nconsumers:\n  - {name: a, uses: []}\n",
        ["3: uses of a consumer is an empty list"],
    ),
    "owner is a list": (
        "version: 1\nowners:\n  a: [b]\n",
        ["3: the owner of 'a' must be a text, and is a list"],
    ),
    "section is a list": ("version: 1\nowners: [a]\n", ["2: owners must be a mapping, and is a list"]),
    "section is a mapping": ("version: 1\nloads: {a: b}\n", ["2: loads must be a list, and is a mapping"]),
    "entry is a text": ("version: 1\nloads: [a]\n", ["2: a load must be a mapping with model"]),
    "no time": (
        "version: 1\ndeployments:\n  - {name: a, serves: b, since: yesterday}\n",
        ["3: since of a deployment must be a date or a time"],
    ),
    "run and experiment": (
        "version: 1\nloads:\n  - {run: a, experiment: b, model: c}\n",
        ["3: a load needs either a run or an experiment"],
    ),
    "neither": ("version: 1\nloads:\n  - {model: c}\n", ["3: a load needs either a run or an experiment"]),
    "no param": ("version: 1\ninputs: [train]\n", ["2: an input must be params.NAME or tags.NAME"]),
    "no such role": (
        "version: 1\ninputs:\n  - {param: x, role: trainig}\n",
        ["3: 'trainig' is no role; did you mean 'training'?"],
    ),
    "param and tag": (
        "version: 1\ninputs:\n  - {param: x, tag: y}\n",
        ["3: an input needs either a param or a tag"],
    ),
    "experiment's field": (
        "version: 1\nexperiments:\n  churn:\n    input: [params.x]\n",
        ["4: an experiment has no field 'input'; did you mean 'inputs'?"],
    ),
    "no derivation": (
        "version: 1\nderivations:\n  - {output: a}\n",
        ["3: a derivation needs the field 'from'"],
    ),
    "blank text": ("version: 1\nowners:\n  a: '  '\n", ["3: the owner of 'a' must be a text, and is empty"]),
    "a root of somebody's home": (
        "version: 1\nroots:\n  churn: ~/shop\n",
        ["3: the root of 'churn' must be a path or a URI without ~, and is '~/shop'"],
    ),
    "several": (
        "version: 3\nowners:\n  a: []\nrots: {}\n",
        [
            "1: version must be 1",
            "3: the owner of 'a'",
            "4: there is no section 'rots'; did you mean 'roots'?",
        ],
    ),
}

# What the schema can't say, or what is no YAML at all.
WORSE = {
    "a key twice": (
        "version: 1\nowners:\n  a: b\n  a: c\n",
        ["4: 'a' stands twice in owners; first in line 3"],
    ),
    "a section twice": ("version: 1\nowners: {}\nowners: {}\n", ["3: 'owners' stands twice in the file"]),
    "a deployment twice": (
        "version: 1\ndeployments:\n  - {name: a, serves: b}\n  - {name: a, serves: c}\n",
        ["4: 'a' stands twice in deployments; first in line 3"],
    ),
    "until before since": (
        "version: 1\ndeployments:\n  - {name: a, serves: b, since: 2026-02-01, until: 2026-01-01}\n",
        ["3: until must be after since"],
    ),
    "no day": ("version: 1\ndeployments:\n  - {name: a, serves: b, since: 2026-02-31}\n", ["3: since of"]),
    "a tab": ("version: 1\nowners:\n\ta: b\n", ["3: no valid YAML"]),
    "two documents": ("version: 1\n---\nversion: 1\n", ["2: a second document"]),
    "a tag": ("version: 1\nowners: {a: !!python/name:os.system x}\n", ["2: the tag"]),
    "an alias of nothing": ("version: 1\nowners: {a: *b}\n", ["2: *b stands for nothing"]),
    "an alias of itself": ("version: 1\nowners: &a {b: *a}\n", ["2: *a stands for nothing that is complete"]),
    "deep": ("version: 1\nowners: " + "[" * 200 + "\n", ["2: nested more than"]),
    "a control character": ("version: 1\nowners: {a: \x00}\n", ["1: no valid YAML"]),
}


def write(folder: Path, text: str) -> Path:
    path = folder / "lineage.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path, **options: Any) -> list[Record]:
    return [pending.map() for batch in DeclaredSource(str(path), **options).read() for pending in batch]


def plain(item: Item) -> object:
    if item.pairs is not None:
        return {key.text: plain(value) for key, value in item.pairs}
    if item.items is not None:
        return [plain(each) for each in item.items]
    return item.text


def schema_finds(text: str) -> list[str]:
    root = read_tree(text.removeprefix("\ufeff"), Problems("f"))
    assert root is not None
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return [error.message for error in validator.iter_errors(plain(root))]


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_is_right_is_right_for_the_schema_too(tmp_path, text):
    read(write(tmp_path, text))
    assert schema_finds(text) == []


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_wrong_for_the_schema_too(tmp_path, text, said):
    with pytest.raises(DeclarationInvalid) as caught:
        read(write(tmp_path, text))
    lines = caught.value.message.split("\n")
    assert len(lines) == len(said)
    for line, start in zip(lines, said, strict=True):
        assert line.startswith(f"lineage.yaml:{start}"), line
    assert schema_finds(text)


@pytest.mark.parametrize(("text", "said"), WORSE.values(), ids=WORSE)
def test_what_no_schema_can_refuse(tmp_path, text, said):
    with pytest.raises(DeclarationInvalid) as caught:
        read(write(tmp_path, text))
    for line, start in zip(caught.value.message.split("\n"), said, strict=True):
        assert line.startswith(f"lineage.yaml:{start}"), line


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_aliases_of_aliases_are_counted_as_what_they_stand_for(tmp_path):
    bomb = ["version: 1", "owners:", "  a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    bomb += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(DeclarationInvalid, match="more than 100,000 items"):
        read(write(tmp_path, "\n".join(bomb)))


def test_a_file_has_a_size(tmp_path):
    with pytest.raises(DeclarationInvalid, match="larger than"):
        read(write(tmp_path, "version: 1\n#" + "x" * LARGEST_FILE))


def test_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "lineage.yaml"
    path.write_bytes(b"version: 1\nowners: {a: \xff}\n")
    with pytest.raises(DeclarationInvalid, match=r"lineage\.yaml:2: a byte that is no UTF-8"):
        read(path)


def test_a_folder_is_every_declaration_below_it(tmp_path):
    for folder in ("a", "b", ".hidden"):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "version: 1\nowners: {x: y}\n")
    assert [record.key for record in read(tmp_path)] == ["a/lineage.yaml#owners/x", "b/lineage.yaml#owners/x"]


def test_one_bad_file_keeps_all_of_a_folder_out(tmp_path):
    (tmp_path / "a").mkdir()
    write(tmp_path, "version: 1\nowners: {x: y}\n")
    write(tmp_path / "a", "version: 2\n")
    source = DeclaredSource(str(tmp_path))
    with pytest.raises(DeclarationInvalid, match=r"^a/lineage\.yaml:1: "):
        next(source.read())


@pytest.mark.parametrize(
    "make", [lambda path: path / "none.yaml", lambda path: path], ids=["no file", "nothing in it"]
)
def test_nothing_to_read(tmp_path, make):
    with pytest.raises(SourceUnreadable) as caught:
        read(make(tmp_path))
    assert "declare init" in caught.value.hint


def test_no_secret_gets_into_a_record(tmp_path):
    text = (
        "version: 1\n"
        "owners:\n  'postgresql://ana:hunter2@db/shop.orders': ana\n"
        "tags:\n  churn: {api_key: hunter2}\n"
        "derivations:\n  - {output: b.csv, from: 's3://k/a.csv?X-Amz-Signature=hunter2', by: 'make --token=hunter2'}\n"
        "deployments:\n  - {name: api, serves: 'https://ana:hunter2@h/x', owner: 'https://ana:hunter2@h'}\n"
    )
    records = read(write(tmp_path, text))
    assert len(records) == 4
    assert "hunter2" not in repr(records)


def test_no_secret_gets_into_a_message(tmp_path):
    with pytest.raises(DeclarationInvalid) as caught:
        read(
            write(tmp_path, "version: 1\n'postgresql://ana:hunter2@db/x': 1\ninputs: ['x=//u:hunter2@h/']\n")
        )
    assert "hunter2" not in caught.value.message
