"""From a store's URL to a server, a user and a password; nothing secret in what is said of a wrong one."""

from __future__ import annotations

import pytest

from lineage_graph.errors import UsageError
from lineage_graph.stores.neo4j.address import parse_address

GOOD = {
    "bolt://graph": ("bolt://graph:7687", None, None),
    "bolt://graph/": ("bolt://graph:7687", None, None),
    "BOLT+S://graph:1": ("bolt+s://graph:1", None, None),
    "neo4j+ssc://[::1]": ("neo4j+ssc://[::1]:7687", None, None),
    "neo4j://[::1]:99": ("neo4j://[::1]:99", None, None),
    "neo4j://graph?policy=eu": ("neo4j://graph:7687?policy=eu", None, None),
    "bolt://ana@graph": ("bolt://graph:7687", "ana", None),
    "bolt://ana:@graph": ("bolt://graph:7687", "ana", ""),
    "bolt://ana:pw@graph:7688": ("bolt://graph:7688", "ana", "pw"),
    "bolt://:pw@graph": ("bolt://graph:7687", None, "pw"),
    "bolt://a%40b:p%2Fw%3A%25@graph": ("bolt://graph:7687", "a@b", "p/w:%"),
    # Not encoded, and still plain: all up to the last @ is user and password.
    "bolt://ana:p@/w?d@graph": ("bolt://graph:7687", "ana", "p@/w?d"),
}
BAD = [
    "bolt:graph",
    "bolt://",
    "bolt://:7687",
    "bolt://ana:hunter2@",
    "bolt://ana:hunter2@graph:port",
    "bolt://ana:hunter2@graph:70000",
    "bolt://ana:hunter2@graph:0",
    "bolt://ana:hunter2@graph/neo4j/shop",
    "bolt://ana:hunter2@graph?x=y",
    "bolt://ana:hunter2",
    "http://ana:hunter2@graph",
]


@pytest.mark.parametrize(("url", "said"), GOOD.items(), ids=GOOD)
def test_what_a_url_says(url, said):
    address = parse_address(url)
    assert (address.uri, address.user, address.password) == said
    assert "pw" not in repr(address)


@pytest.mark.parametrize(
    ("url", "database"),
    [
        ("bolt://graph", None),
        ("bolt://graph/", None),
        ("bolt://graph/shop", "shop"),
        ("neo4j://ana:p/w@graph:7688/shop.eu?policy=eu", "shop.eu"),
    ],
)
def test_a_url_may_name_the_database(url, database):
    assert parse_address(url).database == database


@pytest.mark.parametrize("url", BAD)
def test_a_wrong_url_says_what_is_right_and_no_password(url):
    with pytest.raises(UsageError) as caught:
        parse_address(url)
    assert caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint
