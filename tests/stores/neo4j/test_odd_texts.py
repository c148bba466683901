"""Whatever a crawl finds is a value, and comes back as it was: in ids, names, keys and values of properties."""

from __future__ import annotations

import json

import pytest

from lineage_graph.graph import EdgeClaim, EdgeType, Evidence, Kind, Mention, NodeClaim, Origin, Record
from lineage_graph.stores.base import Direction, NodeFilter
from lineage_graph.stores.memory.store import MemoryStore
from lineage_graph.stores.neo4j.store import Neo4jStore
from lineage_graph.testing.drawing import ingest
from lineage_graph.testing.dump import assert_same
from tests.stores.inside import look_into_neo4j
from tests.support.neo4j import on_neo4j

pytestmark = on_neo4j

TEXTS = {
    "quotes": 'it\'s "quoted" \\ \\\\ \\u0041',
    "backticks": "`a` ``b`` `) DETACH DELETE n //",
    "cypher": "x'}) DETACH DELETE n // $rows {id: 1} \n MATCH (n) DELETE n",
    "nul": "a\0b\0",
    "surrogates": "\ud800 alone \udfff",
    "emoji": "👩‍👩‍👧‍👦🏴‍☠️ e\u0301 \u202e",
    "lines": "a\nb\r\nc\td\u2028e\x85f",
    "long": "x" * 9_000,
    "long beyond ascii": "ü🙂" * 3_000,
    "a hash of ours": "x#sha256-" + "0" * 64,
    "blank": " ",
}


@pytest.fixture
def store(neo4j_server, connection):
    store = Neo4jStore(neo4j_server.full_url)
    yield store
    store.close()


def records_of(text: str) -> list[Record]:
    run, dataset = f"run:{text}", f"dataset:{text}"
    properties = {
        text: text,
        "params": {text: text, "n": [1, 2.5, None, True, {text: []}]},
        "names": [text, "other"],
        "start": 5,
        "end": 2**62,
        "created": text,
        "_claims": text,
        "id": text,
        "big": 2**70,
        "nan": float("inf"),
    }
    read = EdgeClaim(dataset, run, EdgeType.READ_BY, Evidence.LOGGED, "row", text, 7, None, {text: text})
    ended = read._replace(valid_to=2**62, properties={})
    shared = Record(f"datasets/{text}", b"1", (NodeClaim(dataset, Kind.DATASET, text, {"uri": text}),))
    first = Record(
        f"runs/{text}",
        b"\x00\xff",
        (NodeClaim(run, Kind.RUN, text, properties, ("no-dataset",)),),
        (read, ended),
        (Mention(text, run),),
        (shared,),
    )
    return [first, first._replace(key=f"again/{text}", shared=())]


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_odd_texts(store, connection, text):
    reference = MemoryStore()
    origin = f"test:{text[:300]}"
    for each in (store, reference):
        ingest(each, records_of(text), origin=origin)
    assert_same(store, reference)
    look_into_neo4j(connection)
    for wanted in (
        NodeFilter(name=text),
        NodeFilter(name_contains=text[:50].upper()),
        NodeFilter(id_prefix=f"run:{text[:40]}"),
        NodeFilter(properties={text: text}),
        NodeFilter(properties={f"params.{text}": text}),
        NodeFilter(has=f"params.{text}"),
        NodeFilter(properties={"start": 5}),
    ):
        assert store.find(wanted) == reference.find(wanted), wanted
    for each in (store, reference):
        ingest(each, records_of(text)[1:], origin=origin, at=2000)
    assert_same(store, reference)
    assert store.mentions([text]) == [(text, f"run:{text}")]
    roots = [f"dataset:{text}"]
    assert store.reach(roots, Direction.DOWNSTREAM) == reference.reach(roots, Direction.DOWNSTREAM)
    store.forget(origin)
    assert connection.read("MATCH (n:LineageNode|LineageRecord|LineageMention) RETURN count(n)") == [[0]]


def test_a_megabyte_in_a_property(store, connection):
    text = "'`}) \u20ac" * 170_000
    ingest(store, [Record("r", b"1", (NodeClaim("run:r", Kind.RUN, text, {"text": text, "uri": text}),))])
    assert store.get(["run:r"])["run:r"].properties == {"text": text, "uri": text}
    assert [found.id for found in store.find(NodeFilter(name_contains="'`})"))] == ["run:r"]
    assert connection.read("MATCH (n:Run) RETURN n.text = n.name") == [[True]]


def test_two_long_ids_that_begin_alike_are_two(store):
    ids = [f"run:{'x' * 9_000}{end}" for end in "ab"]
    ingest(store, [Record("r", b"1", tuple(NodeClaim(each, Kind.RUN, "r") for each in ids))])
    assert list(store.get(ids)) == ids
    assert store.changes(0).nodes == tuple(ids)


def test_what_a_person_sees(store, connection):
    """Flat, typed, by label; times as such."""
    properties = {"start": 0, "params": {"lr": "0.1"}, "n": 3, "x": 0.5, "tags": None, "names": ["a", "b"]}
    read = EdgeClaim(
        "dataset:d", "run:r", EdgeType.READ_BY, Evidence.INFERRED, "row", "", 1000, None, {"role": "training"}
    )
    ingest(
        store, [Record("r", b"1", (NodeClaim("run:r", Kind.RUN, "train", properties, ("gap",)),), (read,))]
    )
    ((labels, seen),) = connection.read("MATCH (n:Run) RETURN labels(n), properties(n)")
    assert set(labels) == {"LineageNode", "Run"}
    told = {name: value for name, value in seen.items() if not name.startswith("_")}
    start = told.pop("start")
    assert start.to_native().isoformat() == "1970-01-01T00:00:00+00:00"
    assert told == {
        "id": "run:r",
        "name": "train",
        "state": "live",
        "gaps": ["gap"],
        "params": '{"lr":"0.1"}',
        "n": 3,
        "x": 0.5,
        "names": ["a", "b"],
    }
    ((seen,),) = connection.read("MATCH (:Dataset)-[r:READ_BY]->(:Run) RETURN properties(r)")
    told = {name: value for name, value in seen.items() if not name.startswith("_")}
    assert told.pop("valid_from").to_native().isoformat() == "1970-01-01T00:00:01+00:00"
    assert told == {"evidence": "inferred", "rule": "row", "records": ["test:a/r"], "role": "training"}


def test_no_statement_has_a_word_of_the_crawl_in_it(store, monkeypatch):
    """Whatever is asked: the text of every statement is ours."""
    import neo4j

    asked: list[str] = []
    for owner in (neo4j.Session, neo4j.Transaction):
        run = owner.run

        def recording(self, query, parameters=None, _run=run, **more):
            asked.append(query if isinstance(query, str) else json.dumps(str(query)))
            return _run(self, query, parameters, **more)

        monkeypatch.setattr(owner, "run", recording)
    word = "Zq7wX"
    ingest(store, records_of(word), origin=f"test:{word}")
    ingest(store, [], origin=f"test:{word}", at=2000)
    ingest(store, records_of(word), origin=f"test:{word}", at=3000)
    store.reach([f"run:{word}"], Direction.UPSTREAM)
    store.neighbours([f"run:{word}"])
    store.claims([f"run:{word}"])
    store.find(
        NodeFilter(
            name=word,
            name_contains=word,
            id_prefix=word,
            properties={word: word, f"params.{word}": 1},
            has=word,
            gap=word,
        )
    )
    list(store.records(f"test:{word}", [word]))
    store.mentions([word])
    store.forget(f"test:{word}")
    assert len(asked) > 30
    assert [query for query in asked if word.lower() in query.lower()] == []


def test_the_session_says_whose_it_is(store):
    origin = Origin("test:a", "test", "https://server", {"site": "hq"}, 5)
    with store.writing(origin) as writing:
        writing.finish(retract=True)
    assert store.state()[1] == (Origin("test:a", "test", "https://server", {"site": "hq"}, 5, True, {}),)
