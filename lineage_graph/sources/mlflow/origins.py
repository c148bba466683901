"""A dataset's `source`, JSON of a form that each source type has for itself: the location that it names, if any.

`mlflow.data.get_source` raises on some of these, so they are read here. The forms are those of
https://github.com/mlflow/mlflow/tree/master/mlflow/data (`*_dataset_source.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from lineage_graph.graph import NOTHING, Properties
from lineage_graph.sources.mlflow.locations import is_absolute, is_uri
from lineage_graph.sources.mlflow.remembered import remember
from lineage_graph.sources.mlflow.texts import clean, read_json, text_of

# Data sets of the Hugging Face hub are "owner/name" or "name"; these names are readers of files instead.
# https://huggingface.co/docs/datasets/loading
_HUGGING_FACE_READERS = frozenset(
    {
        "csv",
        "json",
        "parquet",
        "arrow",
        "text",
        "xml",
        "imagefolder",
        "audiofolder",
        "webdataset",
        "sql",
        "pandas",
    }
)
_HUB = "hf://datasets/"
_FEAST = "feast.get_historical_features"


class Origin(NamedTuple):
    """What a source says. `location` is the text as recorded, empty where none is known."""

    location: str = ""
    is_table: bool = False
    version: str = ""
    """A table version or revision: the token where there is no digest."""
    details: Properties = NOTHING
    """More that identifies the data, as properties; cleaned."""


@remember
def read_origin(source_type: str, source: str) -> Origin:
    """The location in a source of this type."""
    value = read_json(source)
    if isinstance(value, Mapping):
        origin = _READERS.get(source_type, _read_custom)(value)
        known = origin.location or origin.details or source_type == "code"
        return origin if known else Origin(details=_kept(recorded=source))
    text = value if isinstance(value, str) else source
    if source_type != "code" and (is_uri(text) or is_absolute(text)):
        return Origin(text)
    return Origin(details=_kept(recorded=text))


def _kept(**details: object) -> Properties:
    """Details that are there, their texts cleaned."""
    cleaned = {name: clean(value) if isinstance(value, str) else value for name, value in details.items()}
    return {name: value for name, value in cleaned.items() if value not in (None, "")}


def _read_uri(value: Mapping[str, object]) -> Origin:
    uri = text_of(value.get("uri"))
    # What Feast logs as its training data: its own function, which MLflow takes for a path.
    # https://github.com/feast-dev/feast/blob/master/sdk/python/feast/mlflow_integration/logger.py (`log_training_dataset`)
    return Origin(details=_kept(code=uri)) if uri == _FEAST else Origin(uri)


def _read_http(value: Mapping[str, object]) -> Origin:
    return Origin(text_of(value.get("url")))


def _read_delta(value: Mapping[str, object]) -> Origin:
    """`delta_table_version` is left out when it is 0, or unknown: absent says nothing."""
    table, path = text_of(value.get("delta_table_name")), text_of(value.get("path"))
    version = value.get("delta_table_version")
    known = str(version) if isinstance(version, int | str) and not isinstance(version, bool) else ""
    details = _kept(table_version=known, table_id=text_of(value.get("delta_table_id")))
    return Origin(table or path, bool(table), known, details)


def _read_spark(value: Mapping[str, object]) -> Origin:
    """A query names its tables in words of its own: no location is read out of it."""
    path, table, sql = (text_of(value.get(key)) for key in ("path", "table_name", "sql"))
    if path or table:
        return Origin(path or table, not path)
    return Origin(details=_kept(sql=sql))


def _read_table(value: Mapping[str, object]) -> Origin:
    table, path = text_of(value.get("table_name")), text_of(value.get("path"))
    return Origin(table or path, bool(table)) if table or path else _read_custom(value)


def _read_hugging_face(value: Mapping[str, object]) -> Origin:
    path, files = text_of(value.get("path")), value.get("data_files")
    if isinstance(files, list) and len(files) == 1:
        files = files[0]
    revision = text_of(value.get("revision"))
    split = text_of(value.get("split"))
    details = _kept(
        revision=revision,
        split="" if split == "None" else split,
        config=text_of(value.get("config_name")),
        data_files=text_of(files),
    )
    if path in _HUGGING_FACE_READERS:
        return Origin(text_of(files), details=details)
    if not path or path.startswith(".") or is_absolute(path) or "://" in path:
        return Origin(path, version=revision, details=details)
    return Origin(_HUB + path, version=revision, details=details)


def _read_volume(value: Mapping[str, object]) -> Origin:
    path = text_of(value.get("path"))
    return Origin(f"dbfs:{path}" if path.startswith("/Volumes/") else path)


def _read_code(value: Mapping[str, object]) -> Origin:
    """The code that logged the dataset is no data."""
    tags = value.get("tags")
    name = text_of(tags.get("mlflow.source.name")) if isinstance(tags, Mapping) else ""
    return Origin(details=_kept(code=name))


def _read_stored(value: Mapping[str, object]) -> Origin:
    """Rows that MLflow keeps itself (mlflow.genai.datasets)."""
    return Origin(details=_kept(dataset_id=text_of(value.get("dataset_id"))))


def _read_custom(value: Mapping[str, object]) -> Origin:
    """A class of the user's own: the keys that MLflow's own classes use, where their values look the part."""
    for key in ("uri", "url", "path"):
        text = text_of(value.get(key))
        if is_uri(text) or is_absolute(text):
            return Origin(text)
    table = text_of(value.get("table_name"))
    if table:
        return Origin(table, is_table=True)
    return Origin()


_READERS: Mapping[str, Callable[[Mapping[str, object]], Origin]] = {
    **dict.fromkeys(
        (
            *(
                "local",
                "s3",
                "gs",
                "r2",
                "b2",
                "wasb",
                "wasbs",
                "abfs",
                "abfss",
                "hdfs",
                "viewfs",
                "ftp",
                "sftp",
            ),
            *("lakefs", "file", "dbfs", "mlflow-artifacts"),
        ),
        _read_uri,
    ),
    "http": _read_http,
    "delta_table": _read_delta,
    "spark": _read_spark,
    "hugging_face": _read_hugging_face,
    "uc_volume": _read_volume,
    "code": _read_code,
    "mlflow_evaluation_dataset": _read_stored,
    "databricks-uc-table": _read_table,
    "databricks_uc_table": _read_table,
    "databricks": _read_table,
}
