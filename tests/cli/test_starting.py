"""How the process begins and ends."""

import subprocess
import sys

STRIKES_WHERE_NOBODY_CAN_RAISE = """
import lineage_graph.cli.__main__ as cli
from lineage_graph.cli.start import start

class Struck:
    def __del__(self):
        raise {error}

def main():
    Struck()
    print("went on")
    return 0

cli.main = main
raise SystemExit(start())
"""


def _run(error):
    code = STRIKES_WHERE_NOBODY_CAN_RAISE.format(error=error)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_an_interrupt_where_python_cannot_raise_interrupts_all_the_same():
    done = _run("KeyboardInterrupt")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "error: interrupted\n")


def test_any_other_mishap_there_is_shown_as_ever():
    done = _run("ValueError('odd')")
    assert (done.returncode, done.stdout) == (0, "went on\n")
    assert "ValueError: odd" in done.stderr
