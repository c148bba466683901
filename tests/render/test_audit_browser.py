"""A real browser on a hostile report: no script runs and nothing is asked of anybody."""

import shutil
import subprocess

import pytest

from lineage_graph.render.audit.html import render_html
from lineage_graph.render.html import render_html as render_answer
from tests.render.hostile import MARK, attacks, hostile_audit
from tests.support.web import Reply, web

pytestmark = pytest.mark.browser

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-sync", "--disable-default-apps", "--disable-component-update", "--virtual-time-budget=3000"),
)


@pytest.fixture
def opened(tmp_path):
    """The page as the browser has it once every script has run and everything is loaded."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("chromium is missing: apt-get install chromium")

    def call(html: str) -> str:
        page = tmp_path / "page.html"
        page.write_text(html, encoding="utf-8")
        command = [chromium, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=90)
        return done.stdout

    return call


def title_of(dom: str) -> str:
    return dom.partition("<title>")[2].partition("</title>")[0]


def asked_by(pages, opened):
    with web(lambda _: Reply("")) as server:
        titles = [title_of(opened(page(server.address))) for page in pages]
        return titles, [asked.path for asked in server.asked]


def test_a_report_runs_nothing_and_asks_for_nothing(opened):
    pages = [
        lambda address: render_html(hostile_audit(address)),
        lambda address: render_answer(hostile_audit(address).whole),
    ]
    titles, asked = asked_by(pages, opened)
    assert all(title and title != MARK for title in titles)
    assert titles[0].startswith("Audit report: ")
    assert asked == []


def test_even_what_would_escape_the_escaping_does_nothing(opened):
    """The policy is a second lock: raw attacks in the page, and still nothing."""

    def page(address: str) -> str:
        harmless = [text for text in attacks(address) if "refresh" not in text]
        return render_html(hostile_audit(address)).replace("<header>", "<header>" + " ".join(harmless), 1)

    titles, asked = asked_by([page], opened)
    assert titles[0] != MARK
    assert asked == []


def test_the_attacks_are_real(opened):
    """Unescaped and without a policy they run and load: the tests above can fail."""
    titles, asked = asked_by(
        [lambda address: f"<!doctype html><title>x</title><body>{' '.join(attacks(address)[:4])}"], opened
    )
    assert titles == [MARK]
    assert {"/img", "/css"} <= set(asked)
