"""The prompt of `cypher`, on a terminal that is one."""

import os
import pty
import re
import select
import stat
import subprocess
import sys
import time
from contextlib import suppress

import pytest

from lineage_graph.cli.completing import CypherCompleter

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
ASKS_WHERE = b"\x1b[6n"
PATIENCE = 45.0


class Terminal:
    """A process on a pseudo-terminal of its own."""

    def __init__(self, arguments, environ):
        self.out = b""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-m", "lineage_graph.cli", *arguments], environ)

    def send(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def wait(self, for_what: str) -> str:
        """What came until then, colours left out."""
        begun, until = len(self.out), time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if select.select([self._fd], [], [], 0.1)[0]:
                try:
                    came = os.read(self._fd, 65_536)
                except OSError:
                    break
                self.out += came
                if ASKS_WHERE in came:
                    os.write(self._fd, b"\x1b[1;1R")
            shown = plain(self.out[begun:])
            if for_what in shown:
                return shown
        raise AssertionError(f"{for_what!r} did not come, but {plain(self.out)[-2000:]!r}")

    def ask(self, text: str, for_what: str) -> str:
        self.send(text)
        return self.wait(for_what)

    def end(self, key: str = ":quit\r") -> int:
        """The exit code after this key. It is pressed again each second: between two prompts a terminal takes Ctrl-D for itself."""
        until = time.monotonic() + PATIENCE
        pressed = 0.0
        while time.monotonic() < until:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self._fd)
                return os.waitstatus_to_exitcode(status)
            with suppress(OSError):
                if time.monotonic() > pressed + 1:
                    self.send(key)
                    pressed = time.monotonic()
                if select.select([self._fd], [], [], 0.1)[0] and ASKS_WHERE in os.read(self._fd, 65_536):
                    os.write(self._fd, b"\x1b[1;1R")
        raise AssertionError("it did not end")


def plain(raw: bytes) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r", "", raw.decode("utf-8", "replace"))


@pytest.fixture
def environ(tmp_path):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("LINEAGE_GRAPH_", "XDG_"))}
    return {**kept, "HOME": str(tmp_path), "TERM": "xterm", "COLUMNS": "120", "LINES": "40"}


@pytest.fixture
def terminal(shop, environ):
    started = Terminal(["cypher", "--store", str(shop)], environ)
    started.wait("cypher>")
    return started


def test_a_query_of_several_lines(terminal):
    terminal.send("MATCH (n:Run)\r")
    terminal.send("RETURN count(n) AS how_many;\r")
    assert "3" in terminal.wait("1 row")
    assert terminal.end() == 0


def test_commands(terminal):
    assert "READ_BY" in terminal.ask(":schema\r", "properties: ")
    assert "most-reused-sources" in terminal.ask(":recipes\r", "versions-from-deleted-runs")
    terminal.ask(":help\r", ":quit")
    terminal.ask(":param who=ana\r", "$who = 'ana'")
    terminal.ask("RETURN $who + '!' AS said;\r", "ana!")
    terminal.ask(":recipe most-reused-sources\r", "1 row")
    terminal.ask(":nothing\r", "there is no :nothing")
    assert terminal.end() == 0


def test_a_recipe_has_its_own_types(terminal, shop, environ):
    """To a query digits are a number, to a recipe that asks for text they are text."""
    terminal.ask(":param digest=12345678\r", "$digest = 12345678")
    terminal.ask("RETURN $digest + 1 AS more;\r", "12345679")
    terminal.ask(":recipe one-digest-many-sources\r", "0 rows")
    terminal.ask(":param least=x\r", "$least = 'x'")
    terminal.ask(":recipe most-reused-sources\r", "the parameter least takes a whole number")
    assert terminal.end() == 0
    given = Terminal(["cypher", "-p", "digest=12345678", "--store", str(shop)], environ)
    given.wait("cypher>")
    given.ask(":recipe one-digest-many-sources\r", "0 rows")
    assert given.end() == 0


@pytest.mark.parametrize("format", ["table", "csv", "tree", "mermaid", "dot"])
def test_a_row_limit_is_said(format, shop, environ):
    limited = Terminal(["cypher", "--limit", "2", "-o", format, "--store", str(shop)], environ)
    limited.wait("cypher>")
    limited.ask("MATCH (n:Run) RETURN n;\r", "not shown: 1 more row (--limit)")
    assert limited.end() == 0


def test_an_error_is_no_end(terminal):
    terminal.ask("MATCH (n:Run) RETURN n.;\r", "error: ")
    terminal.ask("CREATE (n);\r", "does not run CREATE")
    terminal.ask("RETURN 40 + 2 AS answer;\r", "42")
    assert terminal.end() == 0


def test_completion(terminal):
    terminal.ask("MATCH (n:Depl\t", "oyment")
    terminal.send(") RETURN n.name;\r")
    terminal.wait("churn-api")
    assert terminal.end() == 0


def colours(raw: bytes) -> set[str]:
    """Which colours text was written in (https://en.wikipedia.org/wiki/ANSI_escape_code#SGR)."""
    codes = {code for found in re.findall(rb"\x1b\[([\d;]*)m", raw) for code in found.decode().split(";")}
    return {code for code in codes if re.fullmatch(r"3[0-8]|4[0-8]|9[0-7]|10[0-7]", code)}


@pytest.mark.parametrize(
    ("option", "variable", "coloured"),
    [((), {}, True), (("--no-color",), {}, False), ((), {"NO_COLOR": "1"}, False)],
)
def test_what_is_typed_is_coloured_unless_told_otherwise(option, variable, coloured, shop, environ):
    setting = {key: value for key, value in environ.items() if key != "NO_COLOR"} | variable
    typing = Terminal(["cypher", *option, "--store", str(shop)], setting)
    typing.wait("cypher>")
    typing.ask("MATCH (n:Run {name: 'x'}) RETURN 40 + 2 AS answer;", "AS answer;")
    shown = colours(typing.out)
    # A keyword is blue, a label cyan, a text green, a number yellow.
    assert {"34", "36", "32", "33"} <= shown if coloured else not shown
    typing.ask("\r", "0 rows")
    assert typing.end() == 0


def test_ctrl_c_ends_the_query_and_not_the_prompt(terminal):
    terminal.send("RETURN 1 AS one;\r")
    terminal.wait("1 row")
    numbers = ", ".join(map(str, range(300)))
    terminal.send(f":param l=[{numbers}]\r")
    terminal.wait("$l = [")
    terminal.wait("cypher>")
    terminal.send("UNWIND $l AS a UNWIND $l AS b UNWIND $l AS c UNWIND $l AS d RETURN sum(a * b + c * d);\r")
    time.sleep(2)
    began = time.monotonic()
    terminal.send("\x03")
    terminal.wait("interrupted")
    assert time.monotonic() - began < 15
    terminal.ask("RETURN 40 + 2 AS answer;\r", "42")
    assert terminal.end() == 0


def test_ctrl_c_drops_a_line_and_ctrl_d_leaves(terminal):
    terminal.send("MATCH (n:Ru")
    terminal.wait("Ru")
    terminal.ask("\x03", "cypher>")
    terminal.ask("RETURN 40 + 2 AS answer;\r", "42")
    assert terminal.end("\x04") == 0


def test_history_is_kept_for_its_user_alone(terminal, shop, environ, tmp_path):
    terminal.ask("RETURN 'remember me' AS text;\r", "1 row")
    assert terminal.end() == 0
    history = tmp_path / ".local/state/lineage_graph/cypher_history"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    again = Terminal(["cypher", "--store", str(shop)], environ)
    again.wait("cypher>")
    again.ask("\x1b[A\x1b[A", "remember me")
    again.send("\x03")
    assert again.end() == 0


WORDS = {"labels": ("Run", "Source"), "types": ("READ_BY",), "properties": ("status",)}


@pytest.mark.parametrize(
    ("before", "begun", "one"),
    [
        ("MATCH (n:R", "R", "Run"),
        ("MATCH (n:Run|So", "So", "Source"),
        ("MATCH (n)-[r:RE", "RE", "READ_BY"),
        ("MATCH (n) WHERE n.st", "st", "status"),
        ("MAT", "MAT", "MATCH"),
        ("RETURN toL", "toL", "toLower("),
        (":re", ":re", ":recipes"),
        (":recipe or", "or", "orphans"),
    ],
)
def test_what_is_completed(before, begun, one):
    found, choices = CypherCompleter(WORDS, ("orphans",)).choices(before)
    assert found == begun
    assert one in choices


def test_what_to_install(shop, environ, tmp_path):
    (tmp_path / "prompt_toolkit.py").write_text("raise ImportError('hidden')")
    hidden = Terminal(["cypher", "--store", str(shop)], {**environ, "PYTHONPATH": str(tmp_path)})
    hidden.wait("prompt_toolkit, which is not installed")


QUESTION = "MATCH (n:Source) RETURN count(n)"


def on_a_terminal(shop, environ) -> str:
    """What a question says on a terminal; its rows are piped."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "lineage_graph.cli", "cypher", QUESTION, "--store", str(shop)]
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    said = b""
    while True:
        try:
            came = os.read(ours, 65_536)
        except OSError:
            break
        if not came:
            break
        said += came
    rows, _ = process.communicate(timeout=PATIENCE)
    os.close(ours)
    assert process.returncode == 0, said
    assert "count(n)" in rows
    return said.decode()


def test_making_the_mirror_is_watched_on_a_terminal_and_nowhere_else(shop, environ, tmp_path, process):
    """A question whose mirror is there already shows nothing."""
    first = environ | {"XDG_CACHE_HOME": str(tmp_path / "first")}
    assert "nodes into the mirror" in plain(on_a_terminal(shop, first).encode())
    assert on_a_terminal(shop, first) == ""
    second = environ | {"XDG_CACHE_HOME": str(tmp_path / "second")}
    piped = process("cypher", QUESTION, "--store", shop, env=second)
    assert (piped.returncode, piped.stderr) == (0, "")
