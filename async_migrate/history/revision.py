"""A revision as the graph knows it: identity, parents and names, nothing of its body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Revision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One node of the history.

    A plain value, so that a graph can be built in a test or by a tool without a file on disk.

    Attributes:
        revision: The identifier, unique in the graph.
        down_revisions: The parents: none for a base, several for a merge.
        depends_on: Revisions (or branch labels) that must be applied before this one, without being parents.
        branch_labels: Names that this revision gives to its branch.
        message: The first line of the docstring.
        doc: The whole docstring.
        path: Where the revision was read from; used in messages only.
    """

    revision: str
    down_revisions: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    message: str = ""
    doc: str = ""
    path: Path | None = None
