"""A place by its text, where there must be one."""

from lineage_graph.naming import Location, name_location, name_table


def place(raw: str, **known: str) -> Location:
    location = name_location(raw, **known)
    assert location is not None
    return location


def table(name: str, **known: str) -> Location:
    location = name_table(name, **known)
    assert location is not None
    return location
