"""A place has the namespace and the name that OpenLineage gives it, and its events meet ours."""

import pytest

from lineage_graph.naming import name_location, name_open_lineage

# https://openlineage.io/docs/spec/naming: the namespace and name of each kind of place.
OPEN_LINEAGE = [
    ("postgresql://ana:pw@db.example/shop?schema=public&table=orders", "postgres://db.example:5432", "shop.public.orders"),
    ("mysql://db.example/shop.orders", "mysql://db.example:3306", "shop.orders"),
    ("bigquery://shop/raw/orders", "bigquery", "shop.raw.orders"),
    ("snowflake://org-acct/DB/S/T", "snowflake://org-acct", "DB.S.T"),
    ("s3a://shop/raw/a.csv", "s3://shop", "raw/a.csv"),
    ("gcs://shop/raw/a.csv", "gs://shop", "raw/a.csv"),
    ("abfs://raw@lake.dfs.core.windows.net/a/b", "abfss://raw@lake.dfs.core.windows.net", "a/b"),
    ("hdfs://nn:8020/a/b", "hdfs://nn:8020", "/a/b"),
    ("/srv/a.csv", "file", "/srv/a.csv"),
    ("/srv/100%.csv", "file", "/srv/100%.csv"),
    (r"C:\data\a.csv", "file", "C:/data/a.csv"),
    ("file://nas/share/a.csv", "file://nas", "/share/a.csv"),
    ("kafka://broker:9092/orders", "kafka://broker:9092", "/orders"),
    ("dbfs:/mnt/a", "dbfs", "/mnt/a"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "namespace", "name"), OPEN_LINEAGE, ids=[row[0] for row in OPEN_LINEAGE])
def test_places_are_named_as_open_lineage_names_them_and_meet_its_events(raw, namespace, name):
    location = name_location(raw)
    assert location is not None
    assert (location.namespace, location.name) == (namespace, name)
    assert name_open_lineage(namespace, name) == location


@pytest.mark.parametrize(
    ("namespace", "name", "uri"),
    [
        ("file", "/srv/a%20b", "file:///srv/a%2520b"),
        ("file", "/C:/a", "file:///C:/a"),
        ("s3://shop", "/raw/a", "s3://shop/raw/a"),
        ("bigquery://", "p.d.t", "bigquery:p.d.t"),
        ("sqlserver://h:1433", "db.dbo.t", "sqlserver://h:1433/db.dbo.t"),
        ("arn:aws:glue:eu:1", "table/d/t", "arn:aws:glue:eu:1/table/d/t"),
        ("warehouse/a", "d.t", "openlineage:warehouse%2Fa/d.t"),
        ("postgres://ana:pw@h:5432", "d.s.t", "postgres://h:5432/d.s.t"),
    ],
)
def test_what_open_lineage_names_is_a_place_of_ours(namespace, name, uri):
    location = name_open_lineage(namespace, name)
    assert location is not None
    assert location.uri == uri
    assert name_location(uri) == location
