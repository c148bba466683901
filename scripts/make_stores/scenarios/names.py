# needs: mlflow==3.17.2 python==3.11
"""Names lie and digests collide: everything is called model and dataset, one digest for other data, two for the same."""

import mlflow
import numpy as np
import pandas as pd
from mlflow import MlflowClient
from vocabulary import DATA, begin, dataset, log_model, write_orders


def train(name, path, data_name, context="training", register=None, frame=None, model="model") -> None:
    with mlflow.start_run(run_name=name):
        mlflow.log_input(dataset(path, data_name, frame=frame), context=context)
        log_model(pd.read_csv(path), name=model, register=register)


def everything_is_called_model() -> None:
    """A dataset without a name is called ``dataset``; so are these two, from two files."""
    train("a-1", write_orders("a.csv", shift=1), None, register="model")
    train("a-2", write_orders("b.csv", shift=2), None, context="train", register="model")


def three_models(client) -> None:
    path = write_orders("c.csv", shift=3)
    frame = pd.read_csv(path)
    with mlflow.start_run(run_name="three"):
        mlflow.log_input(dataset(path, "inputs"), context="training")
        log_model(frame)
        log_model(frame, columns=("amount",), register="picked")
        log_model(frame, columns=("orders",))
    client.set_registered_model_alias("picked", "live", 1)


def one_digest_two_names() -> None:
    path = write_orders("d.csv", shift=4)
    with mlflow.start_run(run_name="two-names"):
        mlflow.log_input(dataset(path, "train"), context="training")
        mlflow.log_input(dataset(path, "train_df"), context="training")
        log_model(pd.read_csv(path), register="twice")


def one_file_two_digests() -> None:
    """pandas 2 read some decimal fractions to the float next to the one that pandas 3 reads."""
    path = DATA / "prices.csv"
    path.write_text("price,churned\n" + "".join(f"0.{i}63,{i % 2}\n" for i in range(1, 10)))
    frame = pd.read_csv(path)
    as_pandas_2 = frame.assign(price=np.nextafter(frame["price"], 1))
    for name, read in (("parse-1", frame), ("parse-2", as_pandas_2)):
        with mlflow.start_run(run_name=name):
            mlflow.log_input(dataset(path, "prices", frame=read), context="training")


def other_data_one_digest() -> None:
    """MLflow's digest leaves out times: May and June differ in nothing else."""
    for month, name, data_name in (
        ("05", "may", "events_may"),
        ("06", "june", "events_june"),
        ("06", "june-as-may", "events_may"),
    ):
        path = DATA / f"events-{month}.csv"
        path.write_text("at,orders\n" + "".join(f"2026-{month}-{d:02d},{d % 7}\n" for d in range(1, 20)))
        frame = pd.read_csv(path, parse_dates=["at"])
        with mlflow.start_run(run_name=name):
            mlflow.log_input(dataset(path, data_name, frame=frame), context="training")


def named_after_another_file() -> None:
    train("misnamed", write_orders("refunds.csv", shift=6), "orders.csv")


def retrain_twice() -> None:
    train("retrain", write_orders("e.csv", shift=7), "e", register="nightly")
    train("retrain", write_orders("f.csv", shift=8), "f", register="nightly")


def odd_characters() -> None:
    oddities = {
        "quote": 'o\'clock "rush" `orders` -- ; DROP TABLE runs',
        "newline": "line one\nline two\r\ttabbed",
        "emoji": "fox 🦊 e\u0301 und \u00fc",
        "rtl": "abc\u202etxt.exe\u202c \u2066hidden\u2069",
        "escape": "red \x1b[31malert\x1b[0m \x1b]0;title\x07 bell",
    }
    for i, (key, text) in enumerate(oddities.items()):
        mlflow.set_experiment(f"odd {text}")
        path = write_orders(f"odd/{key} \u00fc 'n.csv", shift=i, rows=10)
        with mlflow.start_run(run_name=f"{key} {text}"):
            mlflow.log_param(f"note-{key}", text)
            mlflow.set_tag("mlflow.note.content", text)
            mlflow.log_input(dataset(path, text), context=f"training {text}")
            log_model(pd.read_csv(path), name=key, register=f"{key} {text}")


def main() -> None:
    begin()
    mlflow.set_tracking_uri("sqlite:////srv/shop/mlflow.db")
    client = MlflowClient()
    mlflow.set_experiment("names")
    everything_is_called_model()
    three_models(client)
    one_digest_two_names()
    one_file_two_digests()
    other_data_one_digest()
    named_after_another_file()
    retrain_twice()
    odd_characters()


main()
