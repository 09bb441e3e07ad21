"""The grammar of revision identifiers: what a person writes, as small values.

::

    range     = [target] ":" [target]
    target    = [branch "@"] anchor [offset]  |  [branch "@"] offset
    anchor    = "head" | "heads" | "base" | "current" | name
    branch    = name                          a branch label, or any revision of the branch
    name      = a revision id, a branch label, or the beginning of either
    offset    = ("+" | "-") digits

Nothing here knows which revisions exist; `resolve` asks the graph. This is the only place that takes
identifiers apart, so the characters that have a meaning are defined here too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from async_migrate.errors import InvalidIdentifierError, InvalidRangeError

__all__ = ["Anchor", "Identifier", "Range", "Target", "is_range", "parse_range", "parse_target"]

BRANCH_SIGN = "@"
RANGE_SIGN = ":"
OPERATORS = frozenset({BRANCH_SIGN, RANGE_SIGN, "+", "-"})

_NAME_AND_OFFSET = re.compile(r"(?P<name>.*?)(?P<offset>[+-][0-9]{1,9})?", re.DOTALL)


class Anchor(StrEnum):
    """What a target starts from.

    Attributes:
        HEAD: The one head.
        HEADS: Every head.
        BASE: Before the first revision.
        CURRENT: Where the database is, in so many words.
        NAME: A revision or a branch label, named.
        UNSTATED: Only an offset was written (``+2``): the context decides, mostly where the database is.
    """

    HEAD = "head"
    HEADS = "heads"
    BASE = "base"
    CURRENT = "current"
    NAME = "name"
    UNSTATED = "unstated"


_ANCHOR_WORDS = {anchor.value: anchor for anchor in (Anchor.HEAD, Anchor.HEADS, Anchor.BASE, Anchor.CURRENT)}
RESERVED_WORDS = frozenset(_ANCHOR_WORDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One parsed identifier.

    Attributes:
        text: The identifier as it was written, for messages.
        branch: What stands before the ``@``, if anything.
        literal: Everything after the ``@``. A branch label may contain ``-2``, so a name that exists to the
            letter wins over its reading as name and offset.
        anchor: What to start from.
        name: The name to look up when the anchor is one, else empty.
        offset: Revisions to go up (positive) or down (negative) from the anchor.
    """

    text: str
    branch: str | None
    literal: str
    anchor: Anchor
    name: str = ""
    offset: int = 0

    @property
    def is_relative(self) -> bool:
        """Whether only an offset was written, so that the context says what it counts from."""
        return self.anchor is Anchor.UNSTATED


Identifier = str | Target
"""What every function that takes an identifier accepts: text, or text already parsed."""


@dataclass(frozen=True, slots=True)
class Range:
    """Two parsed ends of ``lower:upper``; a side left empty is None."""

    lower: Target | None
    upper: Target | None

    @property
    def needs_database(self) -> bool:
        """Whether a side says ``current``, so that the database has to be asked."""
        return any(side is not None and side.anchor is Anchor.CURRENT for side in (self.lower, self.upper))


def parse_target(identifier: Identifier) -> Target:
    """Parse one identifier; one that is parsed already is returned as it is.

    Raises:
        InvalidIdentifierError: It is empty, or a range, or has an ``@`` too many or with nothing beside it.
    """
    if isinstance(identifier, Target):
        return identifier
    text = identifier.strip()
    if RANGE_SIGN in text:
        raise InvalidIdentifierError(text, reason="it is a range, and one revision is asked for")
    branch, sign, literal = text.rpartition(BRANCH_SIGN)
    if BRANCH_SIGN in branch:
        raise InvalidIdentifierError(text, reason="it has more than one '@', and 'branch@revision' has one")
    if not text:
        raise InvalidIdentifierError(text, reason="it is empty")
    if not literal or (sign and not branch):
        raise InvalidIdentifierError(text, reason="something is missing beside the '@' of 'branch@revision'")
    anchor, name, offset = _split_offset(literal)
    return Target(
        text=text, branch=branch if sign else None, literal=literal, anchor=anchor, name=name, offset=offset
    )


def is_range(text: str) -> bool:
    """Whether the text is to be read by `parse_range`, not by `parse_target`."""
    return RANGE_SIGN in text


def parse_range(text: str) -> Range:
    """Parse ``lower:upper``, of which either side, or both, may be empty.

    Raises:
        InvalidRangeError: There is not exactly one ``:``.
        InvalidIdentifierError: A side is not an identifier.
    """
    if text.count(RANGE_SIGN) != 1:
        raise InvalidRangeError(text)
    lower, _, upper = text.partition(RANGE_SIGN)
    return Range(
        lower=parse_target(lower) if lower.strip() else None,
        upper=parse_target(upper) if upper.strip() else None,
    )


def _split_offset(literal: str) -> tuple[Anchor, str, int]:
    match = _NAME_AND_OFFSET.fullmatch(literal)
    name, digits = (match["name"], match["offset"]) if match else (literal, None)
    offset = int(digits or 0)
    if not name:
        return Anchor.UNSTATED, "", offset
    anchor = _ANCHOR_WORDS.get(name, Anchor.NAME)
    return anchor, name if anchor is Anchor.NAME else "", offset
