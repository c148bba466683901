"""The page of the command line is what the commands say."""

import importlib.util
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "scripts/docs_cli.py"


def test_docs_cli_is_current():
    spec = importlib.util.spec_from_file_location("docs_cli", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.PAGE.read_text(encoding="utf-8") == module.render_page(), "run scripts/docs_cli.py"
