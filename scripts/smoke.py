"""Runs the installed wheel the way a user without the sources does. Called by scripts/smoke with `python -I`."""

import importlib.metadata
import importlib.util
import pathlib
import subprocess
import sys

root = pathlib.Path(sys.argv[1]).resolve()
tool = pathlib.Path(sys.executable).with_name("lineage-graph")
heavy = ["mlflow", "neo4j", "networkx", "numpy", "pandas", "rich", "sqlalchemy", "urllib3", "yaml"]


def run(*arguments: str, exit_code: int = 0) -> str:
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False, timeout=120)
    print(f"lineage-graph {' '.join(arguments)} -> {done.returncode}")
    assert done.returncode == exit_code, f"expected {exit_code}:\n{done.stdout}{done.stderr}"
    return done.stdout


def check_package() -> None:
    import lineage_graph

    package = pathlib.Path(lineage_graph.__file__).parent
    assert not package.is_relative_to(root), f"imported from the sources: {package}"
    assert importlib.metadata.version("lineage-graph") == lineage_graph.__version__
    assert (package / "py.typed").is_file()
    assert not (set(heavy) & set(sys.modules)), "importing the package loads heavy libraries"
    present = [name for name in ("pytest", "hypothesis", "mypy", "sklearn") if importlib.util.find_spec(name)]
    assert not present, f"this environment is not clean: {present}"
    # Everything that is not Python (schemas, templates, pages) must have come along.
    sources = root / "lineage_graph"
    lost = [
        str(path.relative_to(sources))
        for path in sources.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and not (package / path.relative_to(sources)).exists()
    ]
    assert not lost, f"not in the wheel: {lost}"
    print(f"package {lineage_graph.__version__} in {package}")


def check_tool() -> None:
    import lineage_graph

    assert lineage_graph.__version__ in run("--version")
    assert "ingest" in run("--help")
    nowhere = pathlib.Path("nowhere.db")
    run("--help")
    run("upstream", "churn/1", "--store", str(nowhere), exit_code=1)
    assert not nowhere.exists(), "a question to a graph that does not exist created one"


def check_crawl() -> None:
    tracking = root / "tests/data/mlflow/shop/mlflow.db"
    if not tracking.is_file():
        return
    run("ingest", "mlflow", f"sqlite:///{tracking}", "--name", "shop", "--store", "graph.db")
    run("status", "--store", "graph.db", "-o", "json")


check_package()
if importlib.util.find_spec("lineage_graph.cli"):
    check_tool()
    check_crawl()
