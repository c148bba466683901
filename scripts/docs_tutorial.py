"""Runs docs/tutorial.md on a copy of the shop's store, and writes into it what the commands say. A test holds the two together.

A block ```console has commands, each after "$ ", and their outputs. A block ```yaml is written to lineage.yaml when it is reached.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "tutorial.md"
STORE = ROOT / "tests" / "data" / "mlflow" / "shop" / "mlflow.db"
HOME = "/home/ana/shop"
"""What the page calls the folder that it really ran in."""
_BLOCK = re.compile(r"```(console|yaml)\n(.*?)```", re.DOTALL)
_VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z| UTC)"), "TIME"),
    (re.compile(r"read in \d+\.\d s"), "read in SECONDS"),
)


def render_page(text: str, folder: Path) -> str:
    """The page, its commands run in `folder` and what they printed put below each."""
    shutil.copy(STORE, folder / "mlflow.db")
    return _BLOCK.sub(lambda block: _render_block(block[1], block[2], folder), text)


def without_times(text: str) -> str:
    """The page without what no two runs have alike."""
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return text


def _render_block(language: str, body: str, folder: Path) -> str:
    if language == "yaml":
        (folder / "lineage.yaml").write_text(body, encoding="utf-8")
        return f"```yaml\n{body}```"
    commands = [line for line in body.splitlines() if line.startswith("$ ")]
    return "```console\n" + "".join(f"{command}\n{run(command[2:], folder)}" for command in commands) + "```"


def run(command: str, folder: Path) -> str:
    """What a command prints, in a home of its own and with this environment's `lineage-graph`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LINEAGE_", "MLFLOW_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    environ = {**kept, "PATH": path, "HOME": str(folder), "XDG_DATA_HOME": str(folder / ".local/share")}
    environ |= {"XDG_CACHE_HOME": str(folder / ".cache"), "NO_COLOR": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environ, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if "Traceback" in done.stdout or done.returncode not in (0, 1, 3):
        raise RuntimeError(f"{command} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout.replace(str(folder), HOME)


def main() -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent).resolve() / "shop"
        folder.mkdir()
        PAGE.write_text(render_page(PAGE.read_text(encoding="utf-8"), folder), encoding="utf-8")
    print(f"wrote {PAGE}", file=sys.stderr)


if __name__ == "__main__":
    main()
