"""A YAML text as a tree in which everything knows its line. Only texts: `no`, `3` and dates stay as they are written.

Made from the parser's events, without recursion: neither deep nesting nor aliases of aliases cost more than their bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lineage_graph.sources.declared.problems import Problems, echo

if TYPE_CHECKING:
    from yaml.events import Event

LARGEST_FILE = 1_000_000
"""In bytes. Declarations are written by people."""
DEEPEST = 20
MOST_ITEMS = 100_000
"""Of a file, aliases counted as what they stand for."""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class Item:
    """A value and where it begins. `pairs` of a mapping, `items` of a list, `text` of a scalar; none of them is null."""

    line: int
    text: str | None = None
    pairs: list[tuple[Item, Item]] | None = None
    items: list[Item] | None = None
    size: int = 1

    @property
    def is_null(self) -> bool:
        """Whether nothing stands there."""
        return self.text is None and self.pairs is None and self.items is None

    @property
    def word(self) -> str:
        """What it is, for a message."""
        if self.pairs is not None:
            return "a mapping"
        if self.items is not None:
            return "a list"
        return "nothing" if self.is_null else f"the text {echo(self.text or '')}"


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end is still to come."""

    item: Item
    anchor: str | None
    key: Item | None = None


@dataclass(slots=True)
class _Tree:
    problems: Problems
    root: Item | None = None
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, Item] = field(default_factory=dict)
    items: int = 0


def read_tree(text: str, problems: Problems) -> Item | None:
    """The tree of a text, or None where it is no YAML: `problems` says why."""
    from yaml import YAMLError

    tree = _Tree(problems)
    try:
        for event in _events(text):
            if not _take(tree, event):
                return None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
        problems.add(mark.line + 1 if mark else 1, f"no valid YAML: {what}")
        return None
    return tree.root or Item(1)


def _events(text: str) -> Iterator[Event]:
    import yaml

    # The C parser is several times faster and reads the same; wheels without it exist.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events: Iterator[Event] = yaml.parse(text, Loader=loader)
    return events


def _take(tree: _Tree, event: Event) -> bool:
    """Build one event into the tree; False where reading on makes no sense."""
    import yaml

    line = event.start_mark.line + 1 if event.start_mark else 1
    match event:
        case yaml.DocumentStartEvent() if tree.root is not None:
            tree.problems.add(line, "a second document; a declaration is one")
            return False
        case yaml.AliasEvent():
            return _take_alias(tree, str(event.anchor), line)
        case yaml.ScalarEvent():
            null = event.implicit[0] and event.value in _NULLS
            item = Item(line, text=None if null else str(event.value))
            _refuse_tag(tree, event, line)
            return _place(tree, item, event.anchor)
        case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
            _refuse_tag(tree, event, line)
            if len(tree.open) >= DEEPEST:
                tree.problems.add(line, f"nested more than {DEEPEST} deep")
                return False
            is_map = isinstance(event, yaml.MappingStartEvent)
            item = Item(line, pairs=[] if is_map else None, items=None if is_map else [])
            tree.open.append(_Open(item, event.anchor))
        case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
            done = tree.open.pop()
            return _place(tree, done.item, done.anchor)
        case _:
            pass
    return True


def _refuse_tag(tree: _Tree, event: Event, line: int) -> None:
    tag = getattr(event, "tag", None)
    if tag and tag not in ("!", "tag:yaml.org,2002:str"):
        tree.problems.add(line, f"the tag {echo(str(tag))} means nothing here")


def _take_alias(tree: _Tree, anchor: str, line: int) -> bool:
    target = tree.anchors.get(anchor)
    if target is None:
        tree.problems.add(line, f"*{echo(anchor)[1:-1]} stands for nothing that is complete before it")
        return False
    return _place(tree, target, None)


def _place(tree: _Tree, item: Item, anchor: str | None) -> bool:
    """Put a complete item where it belongs."""
    if anchor:
        tree.anchors[anchor] = item
    if not tree.open:
        tree.root = item
        return True
    parent = tree.open[-1]
    parent.item.size += item.size
    tree.items += 1
    if parent.item.size > MOST_ITEMS:
        tree.problems.add(
            item.line, f"more than {MOST_ITEMS:,} items, aliases counted as what they stand for"
        )
        return False
    if parent.item.items is not None:
        parent.item.items.append(item)
    elif parent.key is None:
        parent.key = item
    else:
        assert parent.item.pairs is not None  # noqa: S101 - an open item is a list or a mapping
        parent.item.pairs.append((parent.key, item))
        parent.key = None
    return True
