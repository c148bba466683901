"""What a bare text is meant as, where only its looks can tell: a table's name, or a file's."""

from __future__ import annotations

from lineage_graph.redact.patterns import pattern

_DATA_ENDINGS = frozenset(
    {
        *(
            "csv",
            "tsv",
            "parquet",
            "pq",
            "json",
            "jsonl",
            "ndjson",
            "feather",
            "arrow",
            "avro",
            "orc",
            "xlsx",
            "xls",
        ),
        *(
            "h5",
            "hdf5",
            "npy",
            "npz",
            "txt",
            "zip",
            "tar",
            "tgz",
            "tfrecord",
            "tfrecords",
            "db",
            "sqlite",
            "dat",
        ),
        *(
            "data",
            "xml",
            "sas7bdat",
            "dta",
            "sav",
            "rds",
            "delta",
            "lance",
            "zarr",
            "nc",
            "geojson",
            "shp",
            "gpkg",
        ),
        *("libsvm", "arff", "duckdb", "mat", "msgpack", "pbf", "las", "laz", "tif", "tiff", "wav"),
        *("gz", "bz2", "xz", "zst", "snappy", "lz4"),
    }
)
_IDENTIFIER = r"[A-Za-z_][\w$-]*"
_DOTTED = pattern(rf"{_IDENTIFIER}(?:\.{_IDENTIFIER}){{1,3}}")


def is_table_name(text: str) -> bool:
    """Whether a text is `schema.table` or `catalog.schema.table`, and no file's name.

    >>> is_table_name("main.sales.orders"), is_table_name("orders.csv")
    (True, False)
    """
    if len(text) >= 400 or _DOTTED.fullmatch(text) is None:
        return False
    return text.rpartition(".")[2].lower() not in _DATA_ENDINGS
