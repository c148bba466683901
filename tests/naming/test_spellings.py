"""All spellings of one place give one id; two places never do."""

import pytest

from lineage_graph.naming import name_location, source_id

SPELLINGS = {
    "file:///srv/shop/a.csv": [
        "/srv/shop/a.csv",
        "file:/srv/shop/a.csv",
        "file:///srv/shop/a.csv",
        "file://localhost/srv/shop/a.csv",
        "FILE://LOCALHOST/srv/shop/a.csv",
        "file://127.0.0.1/srv/shop/a.csv",
        "/srv//shop/./x/../a.csv/",
        "file:////srv/shop/a.csv",
        "file:///srv/shop/%61.csv",
        " /srv/shop/a.csv\n",
    ],
    "file:///C:/data/a b.csv": [
        r"C:\data\a b.csv",
        r"c:\data\a b.csv",
        "c:/data/a b.csv",
        "file:///C:/data/a%20b.csv",
        "file:///c:/data/a b.csv",
        "file:/C:/data/a b.csv",
        "file:C:/data/a b.csv",
        r"file:c:\data\a b.csv",
        r"file:///C:\data\a b.csv",
        "file://C:/data/a b.csv",
        r"file://c:\data\a b.csv",
        "file:///C|/data/a b.csv",
        "file:///C%3A/data/a b.csv",
        "/C:/data/a b.csv",
        r"\\?\C:\data\a b.csv",
        r"C:\data\.\x\..\a b.csv",
    ],
    "file://nas/share/a.csv": [
        r"\\nas\share\a.csv",
        r"\\NAS\share\a.csv",
        "file://nas/share/a.csv",
        r"file:\\nas\share\a.csv",
        r"file:///\\nas\share\a.csv",
        r"\\?\UNC\nas\share\a.csv",
    ],
    "file:///srv/100%.csv": ["/srv/100%.csv", "file:///srv/100%25.csv", "file:///srv/100%.csv"],
    "file:///srv/a%2520b": ["/srv/a%20b", "file:///srv/a%2520b"],
    "file:///srv/run#1?x.csv": ["/srv/run#1?x.csv", "file:///srv/run#1?x.csv", "file:///srv/run%231%3Fx.csv"],
    "dbfs:/mnt/a.csv": ["dbfs:/mnt/a.csv", "dbfs:///mnt/a.csv", "/dbfs/mnt/a.csv", "file:/dbfs/mnt//a.csv", "DBFS:/mnt/a.csv/"],
    "file:///Volumes/main/raw/a.csv": [
        "/Volumes/main/raw/a.csv",
        "dbfs:/Volumes/main/raw/a.csv",
        "/dbfs/Volumes/main/raw/a.csv",
    ],
    "s3://shop/raw/a.csv": [
        "s3://shop/raw/a.csv",
        "s3a://shop/raw/a.csv",
        "s3n://shop/raw/a.csv/",
        "S3://shop/raw/a.csv?X-Amz-Signature=x&X-Amz-Date=y",
        "s3://key:secret@shop/raw/a.csv",
    ],
    "s3://shop//raw//a.csv": ["s3://shop//raw//a.csv", "s3a://shop//raw//a.csv/"],
    "s3://shop/a%20b/../c": ["s3://shop/a%20b/../c"],
    "s3://shop/": ["s3://shop", "s3://shop/", "s3a://shop//"],
    "gs://shop/a": ["gs://shop/a", "gcs://shop/a", "gs://shop/a/"],
    "abfss://raw@lake.dfs.core.windows.net/a": [
        "abfss://raw@lake.dfs.core.windows.net/a",
        "abfs://raw@LAKE.dfs.core.windows.net/a/",
        "abfss://raw:key@lake.dfs.core.windows.net/a?sv=1&sig=x",
    ],
    "wasbs://raw@lake.blob.core.windows.net/a": ["wasb://raw@lake.blob.core.windows.net/a"],
    "hdfs://nn:8020/a": ["hdfs://nn:8020/a", "hdfs://NN:8020/a/", "hdfs://ana@nn:8020/a"],
    "hdfs:/a": ["hdfs:/a", "hdfs:///a"],
    "https://data.example/a?v=1": [
        "https://data.example/a?v=1",
        "HTTPS://Data.Example:443/a/?v=1#top",
        "https://ana:pw@data.example/a?token=x&v=1",
    ],
    "http://data.example/": ["http://data.example", "http://data.example:80/", "http://data.example#x"],
    "http://data.example:8080/A": ["http://DATA.example:8080/A"],
    "http://localhost:5000/a": ["http://localhost:5000/a", "http://127.0.0.1:5000/a", "http://[::1]:5000/a"],
    "postgres://db.example:5432/shop.public.orders": [
        "postgres://db.example:5432/shop.public.orders",
        "postgresql://db.example/shop.public.orders",
        "postgresql+psycopg2://ana:p%40w@DB.example:5432/shop/public/orders?sslmode=require",
        "postgresql://db.example/shop?schema=public&table=orders&application_name=x",
        "jdbc:postgresql://db.example/shop.public.orders?user=ana&password=pw",
    ],
    "postgres://db.example:5432/shop": [
        "postgresql:///shop?host=db.example",
        "host=db.example dbname=shop user=ana password='p w'",
        "jdbc:postgresql://db.example:5432/shop",
    ],
    "postgres://localhost:5432/shop": ["postgresql:///shop", "postgresql://127.0.0.1/shop", "postgresql:///shop?host=/var/run"],
    "postgres:orders": ["postgres:orders", "postgresql:orders"],
    "mysql://db.example:3306/shop": ["mysql+pymysql://u:p@db.example/shop?charset=utf8mb4", "mariadb://db.example:3306/shop"],
    "sqlserver://db.example:1433/shop": [
        "mssql+pyodbc://u:p@db.example/shop?driver=ODBC+Driver+18+for+SQL+Server",
        "jdbc:sqlserver://db.example:1433;databaseName=shop;user=u;password={p;w}",
        "Driver={ODBC Driver 18 for SQL Server};Server=tcp:db.example,1433;Database=shop;Uid=u;Pwd=p;",
        "mssql+pyodbc:///?odbc_connect=Driver%3D%7BODBC+Driver+18+for+SQL+Server%7D%3BServer%3Ddb.example%3BDatabase%3Dshop%3BPwd%3Dp",
    ],
    "oracle://db.example:1521/svc": [
        "oracle+cx_oracle://u:p@db.example/?service_name=svc",
        "jdbc:oracle:thin:u/p@//db.example:1521/svc",
        "jdbc:oracle:thin:@db.example:1521:svc",
    ],
    "snowflake://acct/SHOP.PUBLIC": [
        "snowflake://u:p@acct/SHOP/PUBLIC?warehouse=w&role=r",
        "jdbc:snowflake://acct.snowflakecomputing.com/?db=SHOP&schema=PUBLIC&user=u",
    ],
    "bigquery:shop.raw.orders": ["bigquery://shop/raw/orders", "bigquery:shop.raw.orders", "bq://shop.raw.orders"],
    "redshift://cluster.eu-west-1:5439/shop": ["redshift+psycopg2://u:p@cluster.abc.eu-west-1.redshift.amazonaws.com/shop"],
    "trino://db.example:8080/cat.sch": ["trino://ana@db.example:8080/cat/sch"],
    "mongodb://db.example:27017/shop.orders": ["mongodb://u:p@db.example/shop.orders?replicaSet=r"],
    "hf://datasets/org/name/a.csv": ["hf://datasets/org/name/a.csv", "hf://datasets/org/name@main/a.csv"],
    "table:main.sales.orders": ["table:main.sales.orders", "table:Main.`sales`.Orders"],
    "file:///srv/shop.db": ["sqlite:////srv/shop.db", "duckdb:////srv/shop.db?mode=ro", "jdbc:sqlite:/srv/shop.db"],
    "ssh://github.com/org/repo": ["git@github.com:org/repo", "ssh://git@github.com:22/org/repo"],
    "kafka://broker:9092/orders": ["kafka://Broker:9092/orders"],
    "arn:aws:glue:eu-west-1:1/table/shop/orders": ["arn:aws:glue:eu-west-1:1/table/shop/orders"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "uri"), [(raw, uri) for uri, spellings in SPELLINGS.items() for raw in spellings], ids=repr
)
def test_one_place_has_one_spelling(raw, uri):
    location = name_location(raw)
    assert location is not None
    assert not location.relative
    assert (location.uri, source_id(location)) == (uri, "source:" + uri)


@pytest.mark.parametrize("uri", SPELLINGS)
def test_the_one_spelling_names_the_same_place(uri):
    assert name_location(uri) == name_location(SPELLINGS[uri][0])


def test_no_two_of_these_places_are_one():
    locations = {name_location(uri) for uri in SPELLINGS}
    assert len({source_id(location) for location in locations if location}) == len(SPELLINGS)
