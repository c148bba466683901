# needs: mlflow==3.17.2 python==3.11
"""One location of data after another, as MLflow's source types and people's habits spell them, secrets included."""

import json
from urllib.parse import quote

import mlflow
import numpy as np
import pandas as pd
from mlflow.data.http_dataset_source import HTTPDatasetSource
from mlflow.data.huggingface_dataset_source import HuggingFaceDatasetSource
from mlflow.data.uc_volume_dataset_source import UCVolumeDatasetSource
from vocabulary import attach, begin, dataset, write_orders

COLSPEC = json.dumps({"mlflow_colspec": [{"type": "long", "name": "orders", "required": True}]})
SIGNED = (
    "https://lake.s3.eu-central-1.amazonaws.com/exports/orders.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIASECRETKEYID%2F20260901&X-Amz-Expires=900&X-Amz-Signature=5ec7e751674a7u7e"
)
SAS = "https://lake.blob.core.windows.net/raw/orders.csv?sv=2024-11-04&se=2026-12-01&sig=5a551641a7u7e%3D"

# run, dataset name, digest, source type, source
SPELLINGS = [
    ("s3", "orders", "aaaa0001", "s3", {"uri": "s3://lake/orders.parquet"}),
    ("s3a", "orders_a", "aaaa0001", "s3", {"uri": "s3a://lake/orders.parquet"}),
    ("s3n", "orders_n", "aaaa0002", "s3", {"uri": "s3n://lake/orders.parquet"}),
    ("dbfs", "dbfs", "aaaa0003", "dbfs", {"uri": "dbfs:/lake/customers.csv"}),
    ("dbfs-mount", "dbfs_mount", "aaaa0003", "local", {"uri": "/dbfs/lake/customers.csv"}),
    ("file-1", "file_1", "aaaa0004", "local", {"uri": "/srv/shop/data/spelt.csv"}),
    ("file-2", "file_2", "aaaa0004", "local", {"uri": "file:///srv/shop/data/spelt.csv"}),
    ("file-3", "file_3", "aaaa0004", "local", {"uri": "file:/srv/shop/data/spelt.csv"}),
    ("file-4", "file_4", "aaaa0004", "local", {"uri": "file://localhost/srv/shop/data/spelt.csv"}),
    ("windows-1", "windows_1", "aaaa0005", "local", {"uri": "C:\\Users\\ana\\orders.csv"}),
    ("windows-2", "windows_2", "aaaa0005", "local", {"uri": "file:///C:/Users/ana/orders.csv"}),
    ("windows-3", "windows_3", "aaaa0005", "local", {"uri": "file:C:/Users/ana/orders.csv"}),
    ("windows-4", "windows_4", "aaaa0005", "local", {"uri": "file:c:\\Users\\ana\\orders.csv"}),
    ("gcs", "gcs", "aaaa0006", "gs", {"uri": "gs://lake-eu/orders.parquet"}),
    (
        "abfss",
        "abfss",
        "aaaa0007",
        "abfss",
        {"uri": "abfss://raw@shoplake.dfs.core.windows.net/orders.parquet"},
    ),
    ("azure-sas", "azure_sas", "aaaa0008", "http", {"url": SAS}),
    ("s3-signed", "s3_signed", "aaaa0009", "http", {"url": SIGNED}),
    ("sftp", "sftp", "aaaa000a", "sftp", {"uri": "sftp://ana:sftpw0rd@files.shop.example/in/orders.csv"}),
    (
        "delta-path",
        "delta_path",
        "aaaa000b",
        "delta_table",
        {"path": "s3://lake/customers", "delta_table_version": 7},
    ),
    (
        "delta-path-8",
        "delta_path",
        "aaaa000c",
        "delta_table",
        {"path": "s3://lake/customers", "delta_table_version": 8},
    ),
    (
        "delta-name",
        "delta_name",
        "aaaa000d",
        "delta_table",
        {"delta_table_name": "main.shop.orders", "delta_table_version": 3, "is_databricks_uc_table": True},
    ),
    ("spark-table", "spark_table", "aaaa000e", "spark", {"table_name": "shop.orders"}),
    ("spark-path", "spark_path", "aaaa000f", "spark", {"path": "s3://lake/clicks"}),
    ("spark-sql", "spark_sql", "aaaa0010", "spark", {"sql": "SELECT * FROM shop.orders WHERE amount > 0"}),
    ("uc-table", "uc_table", "aaaa0011", "databricks-uc-table", {"table_name": "main.shop.returns"}),
    ("not-json", "not_json", "aaaa0012", "custom", "orders.csv, see the wiki"),
    ("json-list", "json_list", "aaaa0013", "custom", ["orders.csv", "returns.csv"]),
    ("json-null", "json_null", "aaaa0014", "custom", None),
    ("unknown-keys", "unknown_keys", "aaaa0015", "warehouse", {"bucket": "lake", "key": "orders"}),
    ("managed", "managed", "aaaa0016", "mlflow_evaluation_dataset", {"dataset_id": "d-0123456789abcdef"}),
]


def spellings() -> None:
    for run, name, digest, source_type, source in SPELLINGS:
        text = source if run == "not-json" else json.dumps(source)
        with mlflow.start_run(run_name=run) as active:
            attach(active.info.run_id, name, digest, source_type, text, context="training", schema=COLSPEC)


def real_sources() -> None:
    """Those that MLflow can make without further libraries."""
    frame = pd.read_csv(write_orders("local.csv"))
    secret_url = f"https://ana:{quote('pa55w0rd!')}@files.shop.example/orders.csv?token=t0k3n-t0k3n"
    made = {
        "http": HTTPDatasetSource(secret_url),
        "huggingface": HuggingFaceDatasetSource("stanfordnlp/imdb", split="train", revision="e6281661"),
        "uc-volume": UCVolumeDatasetSource("/Volumes/main/shop/raw/orders.csv"),
    }
    for name, source in made.items():
        with mlflow.start_run(run_name=name):
            data = mlflow.data.from_pandas(frame, source=source, name=name.replace("-", "_"))
            mlflow.log_input(data, context="training")


def database_with_password() -> None:
    """What MLflow's own documentation teaches, though no source type of its own takes it."""
    source = json.dumps({"uri": "postgresql://ana:hunter2@db.shop.example/shop"})
    with mlflow.start_run(run_name="postgres") as run:
        attach(run.info.run_id, "postgres", "bbbb0001", "custom", source, context="training", schema=COLSPEC)
        mlflow.set_tag("mlflow.source.git.repoURL", "https://ana:gitt0ken@git.shop.example/shop/churn.git")
        mlflow.log_param("dsn", "postgresql://ana:paramhunter3@db.shop.example/shop")
        mlflow.log_param("bucket", "s3://lake/x.csv?X-Amz-Signature=para51641a7u7e")


def without_source() -> None:
    with mlflow.start_run(run_name="code"):
        frame = pd.DataFrame({"orders": [5, 6, 7], "churned": [0, 1, 0]})
        mlflow.log_input(mlflow.data.from_pandas(frame, name="made_up"), context="training")


def schemas() -> None:
    """Columns, tensors, and no schema at all."""
    path = write_orders("schema.csv", shift=9)
    frame = pd.read_csv(path)
    with mlflow.start_run(run_name="schemas") as run:
        mlflow.log_input(dataset(path, "columns"), context="training")
        tensors = mlflow.data.from_numpy(
            frame[["orders", "amount"]].to_numpy(np.float64), source=str(path), name="tensors"
        )
        mlflow.log_input(tensors, context="training")
        plain = json.dumps({"uri": str(path)})
        attach(run.info.run_id, "bare", "cccc0001", "local", plain, context="training")


def one_path_twice() -> None:
    path = write_orders("twice.csv", shift=10)
    with mlflow.start_run(run_name="path-twice"):
        mlflow.log_input(dataset(path, "first"), context="training")
        mlflow.log_input(dataset(path, "second", source=f"file://{path}"), context="training")


def relative_in_two_experiments() -> None:
    """The same relative path in two experiments: nothing says that it is the same file."""
    write_orders("near.csv", shift=11)
    for experiment in ("sources", "elsewhere"):
        mlflow.set_experiment(experiment)
        with mlflow.start_run(run_name=f"relative-{experiment}"):
            mlflow.log_input(dataset("data/near.csv", "near"), context="training")


def main() -> None:
    begin()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    mlflow.set_experiment("sources")
    spellings()
    real_sources()
    database_with_password()
    without_source()
    schemas()
    one_path_twice()
    relative_in_two_experiments()


main()
