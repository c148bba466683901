"""Answers that were worked out by hand, and that Neo4j gives: what the two databases' words would not give alike."""

import pytest

from tests.stores.mirror.questions import PARAMETERS

PATHS = "MATCH p=(:Source {id: 'source:s3://b/t1'})-[r:HAS_VERSION*1..2]->(b)"


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (f"{PATHS} WHERE any(n IN nodes(p) WHERE n.nope IS NOT NULL) RETURN count(*)", 0),
        (f"{PATHS} WHERE NOT all(n IN nodes(p) WHERE n.nope IS NULL) RETURN count(*)", 0),
        (f"{PATHS} WHERE all(x IN r WHERE x.nope IS NULL) AND length(p) = 1 RETURN count(*) > 0", True),
        (f"{PATHS} RETURN DISTINCT [n IN nodes(p) | coalesce(n.nope, 'nobody')]", ["nobody", "nobody"]),
        (f"{PATHS} RETURN DISTINCT [x IN r | x.nope]", [None]),
        (f"{PATHS} RETURN DISTINCT [x IN relationships(p) | x.lbl]", [None]),
        (f"{PATHS} RETURN DISTINCT [x IN r WHERE x.nope IS NULL AND x.valid_to IS NULL | type(x)]", ["HAS_VERSION"]),
        (f"{PATHS} RETURN DISTINCT all(x IN r WHERE x.nope = 1)", None),
        (f"{PATHS} RETURN DISTINCT [n IN nodes(p) WHERE n:Source AND n.nope IS NULL | n.owner]", ["ana"]),
    ],
)  # fmt: skip
def test_a_property_that_nothing_has_is_null_of_each_element(query, answer, mirror):
    assert mirror.run(query, PARAMETERS).rows == ((answer,),)


NONE = "MATCH (s:Source {id: 'source:s3://b/t1'}) OPTIONAL MATCH p="


@pytest.mark.parametrize(
    "pattern",
    ["(s)-[*1..2]->(d:Alias)", "(s)-[:READ_BY]->(d)", "(s)-[:HAS_VERSION]->(d:Alias)", "(s)-[:HAS_VERSION]->(d)-[*1..2]->(:Source)"],
)  # fmt: skip
def test_a_path_that_was_not_found_is_null(pattern, mirror):
    found = mirror.run(
        f"{NONE}{pattern} RETURN p, length(p), nodes(p), relationships(p), size(nodes(p)), nodes(p)[0].id, [x IN nodes(p) | x.id], any(x IN nodes(p) WHERE x.id = 'a')",
        PARAMETERS,
    )
    assert found.rows == ((None,) * 8,)
    assert mirror.run(f"{NONE}{pattern} WITH s, p WHERE p IS NULL RETURN count(*)", {}).rows == ((1,),)
    assert mirror.run(f"{NONE}{pattern} UNWIND nodes(p) AS x RETURN x", {}).rows == ()


def test_a_path_that_was_found_is_whole(mirror):
    query = (
        f"{NONE}(s)-[:HAS_VERSION]->(d) RETURN DISTINCT length(p), size(nodes(p)), nodes(p)[0].id, p IS NULL"
    )
    assert mirror.run(query, {}).rows == ((1, 2, "source:s3://b/t1", False),)
