"""What must hold of every path, and of any text that somebody calls a place."""

import dataclasses
import unicodedata
from collections.abc import Callable
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from lineage_graph.naming import name_location, source_id
from lineage_graph.redact import redact_uri
from tests.naming.places import place

STEP = st.text(min_size=1, max_size=6).filter(
    lambda text: (
        not set(text) & set("/\\:|")
        and text not in (".", "..")
        and text == text.strip()
        and max(text) < "\ud800"
    )
)
STEPS = st.lists(STEP, min_size=1, max_size=4).filter(lambda steps: steps[0] not in ("dbfs", "Volumes", "~"))


def percent(text: str, every: bool) -> str:
    """Percent-encode what a URI can't have, or everything but slashes."""
    keep = "/" if every else "/abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:"
    return "".join(
        char if char in keep else "".join(f"%{byte:02x}" for byte in char.encode()) for char in text
    )


def spellings_of_a_path(draw: Callable[..., Any], steps: list[str]) -> str:
    noisy: list[str] = []
    for step in steps:
        noisy += [*draw(st.sampled_from([[], ["."], ["x", ".."], [""]])), step]
    slash = draw(st.sampled_from(["", "/"]))
    plain = "/" + "/".join(noisy) + slash
    plain = "/" + plain.lstrip("/")
    encoded = percent(plain, draw(st.booleans()))
    spelling: str = draw(
        st.sampled_from(
            [plain, "file:" + encoded, "file://" + encoded, "file://localhost" + encoded, "FILE://" + encoded]
        )
    )
    return spelling


@given(st.data(), STEPS)
def test_all_spellings_of_a_path_give_one_id(data, steps):
    one, two = (spellings_of_a_path(data.draw, steps) for _ in range(2))
    assume(redact_uri(one) == one and redact_uri(two) == two)
    assert place(one) == place(two)


@given(st.data(), STEPS, st.sampled_from("aZ"))
def test_all_spellings_of_a_path_of_windows_give_one_id(data, steps, drive):
    def spell() -> str:
        letter = data.draw(st.sampled_from([drive.lower(), drive.upper()]))
        slash = data.draw(st.sampled_from("/\\"))
        path = slash + slash.join(steps)
        encoded = percent(path, every=False) if slash == "/" else path.replace("%", "%25")
        front = data.draw(st.sampled_from(["", "file:", "file:/", "file://", "file:///"]))
        return f"{front}{letter}:{encoded if front else path}"

    one, two = spell(), spell()
    assume(redact_uri(one) == one and redact_uri(two) == two)
    assert place(one) == place(two)


@given(STEPS, STEPS)
def test_two_paths_are_two_places(one, two):
    paths = ["/" + "/".join(steps) for steps in (one, two)]
    assume(paths[0] != paths[1] and all(redact_uri(path) == path for path in paths))
    assert source_id(place(paths[0])) != source_id(place(paths[1]))


ODD = [
    "file:", "s3://", "postgresql://", "dbfs:", "table:", "hf://datasets/", "jdbc:", "http://",
    "relative:", "//", "/", "\\", "C:", "..", ".", "~", "@", "%", "%2F", "%0A", "%25", "a", "B",
    "é", "…", "\n", " ", "?", "#", "=", "host=", "dbname=", ";", ":", "`", "x.y", "localhost",
    "\ud800", "\udcff", "\u202e", "git@h:", "password=", "&", "443", "sqlite:", "abfs://",
]  # fmt: skip
ODD_TEXT = st.lists(st.sampled_from(ODD), max_size=8).map("".join)


@given(st.one_of(ODD_TEXT, st.text()))
@example("a ")
@example("file:s3:x")
@example("relative:x")
@example("file:///%FF")
@example("\\\\\\a")
@example("abfs://?")
@example("s3:////file:")
@example(".://file:")
@example("file:///u%3Ap%40h:22/x")
def test_any_text_has_a_place_or_none_and_its_spelling_names_it_again(raw):
    location = name_location(raw, site="a", scope="s")
    if location is None:
        return
    if " " not in raw:  # with a blank in it, a mask may stand where a URI goes on
        assert redact_uri(location.uri) == location.uri
    again = name_location(location.uri, site="a", scope="s")
    assert again == dataclasses.replace(location, revision=again.revision if again else "")
    assert source_id(location).isprintable() or all(
        unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp") for character in source_id(location)
    )


@given(st.text(), st.text(), st.text(), st.text())
def test_two_scopes_or_sites_never_share_a_place_of_their_own(one, two, path, site):
    assume(one != two and site not in ("", "local"))
    relative = [place("x/" + path, scope=scope) for scope in (one, two)]
    if all(location.relative for location in relative):
        assert source_id(relative[0]) != source_id(relative[1])
    assert source_id(place("/a", site=site)) != source_id(place("/a"))
