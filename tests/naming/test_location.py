"""What belongs to a place, what only to its scope or its site, and what is no part of it."""

import unicodedata

import pytest

from lineage_graph.naming import Location, name_location, name_open_lineage, name_table, source_id
from tests.naming.places import place, table


def test_an_empty_text_is_no_place():
    for raw in ("", "  ", "\n", "sqlite://", "sqlite:///:memory:"):
        assert name_location(raw) is None
    assert name_table(" ") is None
    assert name_open_lineage("", "") is None


def test_a_relative_path_belongs_to_its_scope_until_a_root_makes_it_absolute():
    location = place("./data/../train.csv", scope="prod/churn")
    assert location == Location("file", "train.csv", "train.csv", "prod/churn", relative=True)
    assert source_id(location) == "source:relative:prod/churn:train.csv"
    assert place("train.csv", scope="prod/other") != location
    for spelling in (
        "train.csv",
        r".\train.csv",
        "file:train.csv",
        "file://./train.csv",
        "sqlite:///train.csv",
    ):
        assert place(spelling, scope="prod/churn") == location
    assert place("../up.csv", scope="s").uri == "../up.csv"
    assert place("../up.csv", root="/srv/shop/jobs") == place("/srv/shop/up.csv")
    assert place("train 100%41.csv", root="/srv") == place("/srv/train 100%41.csv")
    assert place("train.csv", root=r"c:\jobs") == place("C:/jobs/train.csv")
    assert place("train.csv", root="s3://shop/jobs/") == place("s3://shop/jobs/train.csv")
    assert place("train.csv", scope="s", root="not/absolute").relative
    assert place("~/train.csv", scope="s", root="/srv").relative
    assert place("/abs.csv", root="/srv") == place("/abs.csv")


def test_a_local_place_belongs_to_its_site():
    for raw in (
        "/srv/a",
        r"C:\a",
        "dbfs:/a",
        "hdfs:///a",
        "postgresql://localhost/d",
        "http://127.0.0.1:5000/a",
        "postgres:t",
    ):
        here, there = place(raw), place(raw, site="laptop")
        assert source_id(here) == f"source:{here.uri}"
        assert source_id(there) == f"source:laptop={here.uri}"
        assert here.uri == there.uri
    for raw in ("s3://b/k", "postgresql://h/d", "file://nas/x", "https://h/x", "bigquery:p.d.t"):
        assert place(raw) == place(raw, site="laptop")
    assert place("/srv/a", site="") == place("/srv/a")
    assert source_id(place("/srv/a", site="s3://b=c")) == "source:s3%3A%2F%2Fb%3Dc=file:///srv/a"


def test_names_of_tables():
    assert source_id(table("Main.sales.Orders", scope="prod/1")) == "source:table:main.sales.orders"
    assert source_id(table("orders", scope="prod/1")) == "source:prod%2F1=table:orders"
    assert table("main.`a.b`.c").uri == "table:main.`a.b`.c"
    assert table('"main".[sales].orders') == table("main.sales.orders")
    assert table("delta.`dbfs:/mnt/x`") == place("/dbfs/mnt/x")
    orders = table("public.orders", database="postgresql://u:p@h/shop?sslmode=require&x=1")
    assert (orders.namespace, orders.name) == ("postgres://h:5432", "shop.public.orders")
    assert orders.uri == "postgres://h:5432/shop.public.orders?x=1"
    assert table("t", database="sqlite:////srv/x.db") == place("/srv/x.db")


def test_a_revision_is_no_part_of_the_place():
    assert place("hf://datasets/org/name@v2").revision == "v2"
    assert place("hf://datasets/squad@v2").uri == "hf://datasets/squad"


def test_different_queries_of_a_database_are_different_places():
    assert place("postgresql://h/d?query=a") != place("postgresql://h/d?query=b")
    assert place("postgresql://h/d?b=1&a=2&sslmode=x").uri == "postgres://h:5432/d?a=2&b=1"


@pytest.mark.parametrize(
    "raw", ["/srv/a\x1b[31m\nb", "s3://b/a\x1b\u202eb", "a\x00b.csv", "postgres://h/d\x07", "table:a.b\n"]
)
def test_no_control_character_is_in_a_location_or_its_id(raw):
    location = place(raw, scope="s\x1b")
    texts = [location.namespace, location.name, location.uri, source_id(location)]
    assert all(unicodedata.category(character) not in ("Cc", "Cs") for text in texts for character in text)
    assert "\u202e" not in "".join(texts)
    assert place(location.uri, scope="s\x1b").uri == location.uri


def test_a_long_location_has_a_short_id_of_its_own():
    one, two = (source_id(place("/srv/" + "ä" * 3000 + end)) for end in ("1", "2"))
    assert one != two
    assert len(one.encode()) <= 1000
    assert one.startswith("source:file:///srv/ääää")
