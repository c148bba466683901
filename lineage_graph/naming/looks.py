"""What a bare text is meant as, where only its looks can tell: a table's name, or a file's."""

from __future__ import annotations

from lineage_graph.redact.patterns import pattern

_ENDINGS = (
    "csv", "tsv", "parquet", "pq", "json", "jsonl", "ndjson", "feather", "arrow", "avro", "orc", "xlsx",
    "xls", "h5", "hdf5", "npy", "npz", "txt", "zip", "tar", "tgz", "tfrecord", "tfrecords", "db",
    "sqlite", "dat", "data", "xml", "sas7bdat", "dta", "sav", "rds", "delta", "lance", "zarr", "nc",
    "geojson", "shp", "gpkg", "libsvm", "arff", "duckdb", "mat", "msgpack", "pbf", "las", "laz", "tif",
    "tiff", "wav",
)  # fmt: skip
DATA_ENDINGS = frozenset(_ENDINGS)
"""What the names of data files end with."""
COMPRESSIONS = frozenset({"gz", "bz2", "xz", "zst", "snappy", "lz4"})
"""What may follow that."""
IDENTIFIER = r"[A-Za-z_][\w$-]*"
_DOTTED = pattern(rf"{IDENTIFIER}(?:\.{IDENTIFIER}){{1,3}}")


SHORTEST_BEGINNING = 4
"""Digits, as in git."""
_HEX = frozenset("0123456789abcdefABCDEF")


def begins_id(text: str) -> bool:
    """Whether a text may be the beginning of an id that MLflow draws, or all of it.

    >>> begins_id("9C04d2ab"), begins_id("9c0"), begins_id("orders")
    (True, False, False)
    """
    return len(text) >= SHORTEST_BEGINNING and _HEX.issuperset(text)


def is_dotted_table(text: str) -> bool:
    """`schema.table` or `catalog.schema.table`; many other names look alike."""
    return len(text) < 400 and _DOTTED.fullmatch(text) is not None


def ends_like_data(text: str) -> bool:
    """Whether the last part of a path has the ending of a data file.

    >>> ends_like_data("data/orders.csv.gz"), ends_like_data("train.py")
    (True, False)
    """
    name = text.rstrip("/\\").replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    if dot and ending.lower() in COMPRESSIONS:
        stem, dot, ending = stem.rpartition(".")
    return bool(dot and stem and ending.lower() in DATA_ENDINGS)


def is_table_name(text: str) -> bool:
    """Whether a text is `schema.table` or `catalog.schema.table`, and no file's name.

    >>> is_table_name("main.sales.orders"), is_table_name("orders.csv")
    (True, False)
    """
    return is_dotted_table(text) and text.rpartition(".")[2].lower() not in DATA_ENDINGS | COMPRESSIONS
