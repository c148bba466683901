"""Make a large MLflow tracking database: the schema by MLflow itself, the rows by SQL.

    python scripts/bench/generate_mlflow.py PATH --runs 10000

Each run has 20 params, 10 metrics, 8 tags and 1–3 datasets; every fifth a logged model; every tenth a registered version. The
shape is that of a busy team: 200 source files (heavy-tailed), each in many versions, 50 experiments, 100 registered models.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import subprocess
import sys
from pathlib import Path

SOURCES, EXPERIMENTS, REGISTERED = 200, 50, 100
CHUNK = 5_000
SCHEMA = json.dumps(
    {"mlflow_colspec": [{"type": "double", "name": f"column_{n}", "required": True} for n in range(20)]}
)
PROFILE = json.dumps({"num_rows": 50_000, "num_elements": 1_000_000})


def make_schema(path: Path) -> None:
    """Let MLflow create the database in a process of its own."""
    code = f"import mlflow; mlflow.set_tracking_uri('sqlite:///{path}'); mlflow.search_experiments()"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True)


def fill(path: Path, runs: int, seed: int = 7) -> None:
    """Rows for so many runs."""
    draw = random.Random(seed)
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=OFF")
    db.execute("PRAGMA synchronous=OFF")
    db.executemany(
        "INSERT INTO experiments VALUES (?,?,?,'active',0,0,'default')",
        [(n, f"team-{n}", f"/srv/mlflow/{n}") for n in range(1, EXPERIMENTS + 1)],
    )
    db.executemany(
        "INSERT INTO registered_models VALUES (?,0,0,NULL,'default')",
        [(f"model-{n}",) for n in range(REGISTERED)],
    )
    versions = [0] * REGISTERED
    datasets: dict[tuple[int, str, str], str] = {}
    for start in range(0, runs, CHUNK):
        _chunk(db, draw, range(start, min(start + CHUNK, runs)), versions, datasets)
    db.executemany(
        "INSERT INTO registered_model_aliases VALUES ('champion',?,?,'default')",
        [(count, f"model-{n}") for n, count in enumerate(versions) if count],
    )
    db.commit()
    db.close()


def _chunk(db, draw, numbers, versions, datasets):
    rows = {name: [] for name in ("runs", "params", "metrics", "tags", "inputs", "input_tags", "datasets")}
    rows |= {"models": [], "versions": []}
    for number in numbers:
        run = f"{draw.getrandbits(128):032x}"
        experiment = draw.randrange(1, EXPERIMENTS + 1)
        begin = 1_700_000_000_000 + number * 60_000
        rows["runs"].append(
            (
                run,
                f"run-{number}",
                "ana",
                "FINISHED",
                begin,
                begin + 30_000,
                f"/srv/mlflow/{experiment}/{run}/artifacts",
                experiment,
            )
        )
        rows["params"] += [(f"param_{n}", f"{draw.random():.6f}", run) for n in range(20)]
        rows["metrics"] += [(f"metric_{n}", draw.random(), begin, run) for n in range(10)]
        rows["tags"] += [(key, value, run) for key, value in _tags(number)]
        for _ in range(draw.randrange(1, 4)):
            _input(draw, rows, datasets, experiment, run, number)
        if number % 5 == 0:
            _model(draw, rows, versions, experiment, run, number, begin)
    _insert(db, rows)


def _tags(number):
    yield from [("mlflow.user", "ana"), ("mlflow.source.name", "train.py"), ("mlflow.source.type", "LOCAL")]
    yield from [("mlflow.runName", f"run-{number}"), ("mlflow.source.git.commit", f"{number:040x}")]
    yield from [("team", f"team-{number % 9}"), ("purpose", "weekly"), ("ticket", f"T-{number}")]


def _input(draw, rows, datasets, experiment, run, number):
    source = min(int(draw.paretovariate(0.6)) - 1, SOURCES - 1)
    key = (experiment, f"table-{source}", f"{source:04x}{number // 500:04x}")
    dataset = datasets.get(key)
    if dataset is None:
        dataset = datasets[key] = f"{draw.getrandbits(128):032x}"
        uri = json.dumps({"uri": f"s3://lake/tables/{source}.parquet"})
        rows["datasets"].append((dataset, *key, "s3", uri, SCHEMA, PROFILE))
    if any(row[1] == dataset and row[2] == run for row in rows["inputs"][-3:]):
        return
    uuid = f"{draw.getrandbits(128):032x}"
    rows["inputs"].append((uuid, dataset, run, "DATASET", "RUN"))
    rows["input_tags"].append((uuid, draw.choice(["training", "training", "training", "evaluation"])))


def _model(draw, rows, versions, experiment, run, number, begin):
    model = f"m-{draw.getrandbits(128):032x}"
    location = f"/srv/mlflow/{experiment}/models/{model}/artifacts"
    rows["models"].append((model, experiment, location, begin, begin, run))
    rows["inputs"].append((f"{draw.getrandbits(128):032x}", run, model, "RUN_OUTPUT", "MODEL_OUTPUT"))
    if number % 10 == 0:
        registered = draw.randrange(REGISTERED)
        versions[registered] += 1
        rows["versions"].append(
            (f"model-{registered}", versions[registered], begin, begin, f"models:/{model}", run, location)
        )


def _insert(db, rows):
    many = db.executemany
    many(
        "INSERT INTO runs (run_uuid,name,source_type,user_id,status,start_time,end_time,lifecycle_stage,artifact_uri,"
        "experiment_id) VALUES (?,?,'LOCAL',?,?,?,?,'active',?,?)",
        rows["runs"],
    )
    many("INSERT INTO params VALUES (?,?,?)", rows["params"])
    many(
        "INSERT INTO latest_metrics (key,value,timestamp,step,is_nan,run_uuid) VALUES (?,?,?,0,0,?)",
        rows["metrics"],
    )
    many("INSERT INTO tags VALUES (?,?,?)", rows["tags"])
    many("INSERT INTO datasets VALUES (?,?,?,?,?,?,?,?)", rows["datasets"])
    many(
        "INSERT INTO inputs (input_uuid,source_id,destination_id,source_type,destination_type,step) VALUES (?,?,?,?,?,0)",
        rows["inputs"],
    )
    many("INSERT INTO input_tags VALUES (?,'mlflow.data.context',?)", rows["input_tags"])
    many(
        "INSERT INTO logged_models (model_id,experiment_id,name,artifact_location,creation_timestamp_ms,"
        "last_updated_timestamp_ms,status,lifecycle_stage,source_run_id) VALUES (?,?,'model',?,?,?,2,'active',?)",
        rows["models"],
    )
    many(
        "INSERT INTO model_versions (name,version,creation_time,last_updated_time,source,run_id,storage_location,"
        "current_stage,status,workspace) VALUES (?,?,?,?,?,?,?,'None','READY','default')",
        rows["versions"],
    )
    db.commit()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("path", type=Path)
    parser.add_argument("--runs", type=int, default=10_000)
    arguments = parser.parse_args()
    arguments.path.unlink(missing_ok=True)
    make_schema(arguments.path.resolve())
    fill(arguments.path, arguments.runs)
