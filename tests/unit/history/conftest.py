"""Histories drawn as text, a revision a line::

name [label, label] < parent, parent & dependency, dependency
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from async_migrate.history import Revision, RevisionGraph

if TYPE_CHECKING:
    from collections.abc import Callable

LINE = re.compile(
    r"(?P<name>\S+)(?: \[(?P<labels>.*?)\])?(?: < (?P<parents>[^&]*?))?(?: & (?P<dependencies>.*))?"
)

HISTORIES = {
    "empty": "",
    "linear": """
        a
        b < a
        c < b
        d < c
    """,
    "branches": """
        a
        b < a
        c1 [left] < b
        d1 < c1
        c2 [right] < b
        d2 < c2
    """,
    "merged": """
        a
        b < a
        c1 [left] < b
        d1 < c1
        c2 [right] < b
        d2 < c2
        m < d1, d2
        n < m
    """,
    "diamonds": """
        a
        b1 < a
        b2 < a
        c < b1, b2
        d1 < c
        d2 < c
        e < d1, d2
    """,
    "three bases": """
        u1 [users]
        u2 < u1
        o1 [orders]
        o2 < o1
        i1 [items]
        i2 < i1
    """,
    # shop uses net: n2, though nothing continues it, never has a row once s2 is applied
    "dependent": """
        n1 [net]
        n2 < n1
        s1 [shop] & n1
        s2 < s1 & n2
        s3 < s2
    """,
    # the same, with the branch that is depended on going on
    "outgrown": """
        n1 [net]
        n2 < n1
        n3 < n2
        s1 [shop]
        s2 < s1 & net
        s3 < s2 & n2
    """,
    "hexadecimal": """
        ae1027a6acf
        ae1099f3b21 < ae1027a6acf
        1975ea83b712 [payments] < ae1099f3b21
        27c6a30d7c24 [payroll-2] < 1975ea83b712
    """,
}


def revisions_of(text: str) -> list[Revision]:
    revisions = []
    for row in filter(None, map(str.strip, text.splitlines())):
        match = LINE.fullmatch(row)
        assert match, row
        labels, parents, dependencies = (
            tuple(match[group].split(", ")) if match[group] else ()
            for group in ("labels", "parents", "dependencies")
        )
        revisions.append(
            Revision(
                revision=match["name"], down_revisions=parents, depends_on=dependencies, branch_labels=labels
            )
        )
    return revisions


@pytest.fixture(scope="session")
def graph_of() -> Callable[[str], RevisionGraph]:
    """Return what makes a graph, of the name of a history above or of one that is drawn."""
    return lambda history: RevisionGraph(revisions_of(HISTORIES.get(history, history)))
