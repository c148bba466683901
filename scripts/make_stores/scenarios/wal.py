# needs: mlflow==3.17.2 python==3.11
"""The file store of ``files3`` moved into a database by MLflow's own command, which leaves it in WAL mode."""

import shutil
import subprocess
import sys
from pathlib import Path

from files3 import fill
from vocabulary import HOME

fill("file:///srv/shop/mlruns")
mlflow = str(Path(sys.executable).with_name("mlflow"))
move = [
    mlflow,
    "migrate-filestore",
    "--source",
    str(HOME / "mlruns"),
    "--target",
    "sqlite:////srv/shop/mlflow.db",
]
subprocess.run(move, check=True)
shutil.rmtree(HOME / "mlruns")
