"""No text can steer a terminal."""

from lineage_graph.redact import strip_control


def test_control_characters_become_visible_and_nothing_else_changes():
    assert strip_control("a\x1b[31m\x9b\nb\t\x7f\x00") == "a\\x1b[31m\\x9b\\nb\\t\\x7f\\x00"
    assert (
        strip_control("\u202eabc\u2066\u200f\u2028\ud800\ufeff")
        == "\\u202eabc\\u2066\\u200f\\u2028\\ud800\\ufeff"
    )
    plain = "Ünïcode ✓ 👩‍🚀 🏴󠁧󠁢󠁥󠁮󠁧󠁿 数据 שלום"
    assert strip_control(plain) == plain
