"""An identifier does not name what it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors.base import ExecutionError, UsageError
from async_migrate.errors.wording import did_you_mean, listed, position_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "AmbiguousRevisionError",
    "AmbiguousWalkError",
    "InvalidIdentifierError",
    "InvalidRangeError",
    "MultipleHeadsError",
    "NoDatabaseToCountFromError",
    "NotAppliedError",
    "NotOnBranchError",
    "RevisionLookupError",
    "SeveralCurrentHeadsError",
    "UnknownCurrentRevisionError",
    "UnknownRevisionError",
    "UnrelatedRangeError",
    "WalkedTooFarError",
    "WrongDirectionError",
]


class RevisionLookupError(UsageError):
    """A revision identifier does not name what it should."""


class InvalidIdentifierError(RevisionLookupError):
    """An identifier does not follow the grammar.

    Attributes:
        identifier: What was written.
        reason: What is wrong with it, as a clause.
    """

    def __init__(self, identifier: str, *, reason: str) -> None:
        self.identifier = identifier
        self.reason = reason
        super().__init__(
            f"{identifier!r} does not identify a revision: {reason}. Write an identifier or the beginning of "
            "one, a branch label, 'head', 'heads' or 'base', each with '+N' or '-N' if need be."
        )


class InvalidRangeError(RevisionLookupError):
    """A range is not written ``from:to``.

    Attributes:
        text: What was written.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(
            f"{text!r} is not a range. Write 'from:to', with one ':'; either end may be left out."
        )


class UnknownRevisionError(RevisionLookupError):
    """No revision and no branch label has this name.

    Attributes:
        name: The name, or the beginning of one, that was looked for.
    """

    def __init__(self, name: str, *, known: Sequence[str]) -> None:
        self.name = name
        same = [other for other in known if other.casefold() == name.casefold()]
        hint = did_you_mean(same[0], same) if same else did_you_mean(name, known)
        if known:
            message = f"There is no revision or branch label {name!r}.{hint} `history` lists the revisions."
        else:
            message = (
                f"There is no revision {name!r}: none has been made yet. `revision` makes the first one."
            )
        super().__init__(message)


class AmbiguousRevisionError(RevisionLookupError):
    """The beginning of a name fits several revisions.

    Attributes:
        name: The beginning that was written.
        candidates: The names that begin like that.
    """

    def __init__(self, name: str, *, candidates: Sequence[str]) -> None:
        self.name = name
        self.candidates = tuple(candidates)
        super().__init__(
            f"{name!r} is the beginning of several names: {listed(self.candidates)}. Write more of the one you "
            "mean."
        )


class MultipleHeadsError(RevisionLookupError):
    """One revision is asked for where there are several heads.

    Attributes:
        identifier: What was written.
        heads: The heads it could be.
        example: An identifier that would name one of them.
    """

    def __init__(self, identifier: str, *, heads: Sequence[str], example: str) -> None:
        self.identifier = identifier
        self.heads = tuple(heads)
        self.example = example
        super().__init__(
            f"{identifier!r} should be one revision, but there are {len(self.heads)}: {listed(self.heads)}. "
            f"Name one of them, or its branch as in {example!r}; 'heads' means all where several are allowed, "
            "and `merge heads` joins them."
        )


class NotOnBranchError(RevisionLookupError):
    """A revision is not on the branch that was named before the ``@``.

    Attributes:
        revision: The revision.
        branch: The branch label, or the revision that stands for the branch.
    """

    def __init__(self, revision: str, *, branch: str) -> None:
        self.revision = revision
        self.branch = branch
        super().__init__(
            f"Revision {revision!r} is not on branch {branch!r}: it comes neither before nor after the "
            f"revision that {branch!r} stands for. Leave out the branch, or name another one."
        )


class AmbiguousWalkError(RevisionLookupError):
    """Counting revisions up or down comes to a place where there are several ways.

    Attributes:
        identifier: What was written.
        revision: Where the ways part; None is before the first revision.
        choices: The revisions that could be next.
        upward: Whether the counting goes up.
        example: An identifier that would go one of the ways.
    """

    def __init__(
        self, identifier: str, *, revision: str | None, choices: Sequence[str], upward: bool, example: str
    ) -> None:
        self.identifier = identifier
        self.revision = revision
        self.choices = tuple(choices)
        self.upward = upward
        self.example = example
        if not upward:
            crossing = f"revision {revision!r} merges several"
        elif revision is None:
            crossing = "the history begins with several"
        else:
            crossing = f"revision {revision!r} is followed by several"
        super().__init__(
            f"{identifier!r} could mean several revisions, because {crossing}: {listed(self.choices)}. Name "
            f"the revision you mean, or put a branch in front, as in {example!r}."
        )


class WalkedTooFarError(RevisionLookupError):
    """Counting revisions up or down goes past the end of the history.

    Attributes:
        identifier: What was written.
        start: Where the counting began; None is before the first revision.
        steps: How many revisions were asked for, positive upward.
        available: How many there are.
    """

    def __init__(self, identifier: str, *, start: str | None, steps: int, available: int) -> None:
        self.identifier = identifier
        self.start = start
        self.steps = steps
        self.available = available
        place = "base" if start is None else repr(start)
        side, end = ("above", "head") if steps > 0 else ("below", "base")
        super().__init__(
            f"{identifier!r} goes too far: it asks for {abs(steps)} {side} {place}, and there "
            f"{'is' if available == 1 else 'are'} {available}. To go all the way, write {end!r}."
        )


class SeveralCurrentHeadsError(RevisionLookupError):
    """Counting from where the database is, while it is at several heads.

    Attributes:
        identifier: What was written.
        heads: Where the database is.
        examples: Identifiers that would each count from one of them.
    """

    def __init__(self, identifier: str, *, heads: Sequence[str], examples: Sequence[str]) -> None:
        self.identifier = identifier
        self.heads = tuple(heads)
        self.examples = tuple(examples)
        super().__init__(
            f"{identifier!r} counts from where the database is, but it is at {len(self.heads)} heads: "
            f"{listed(self.heads)}. Say which branch to count on: {listed(self.examples)}."
        )


class NoDatabaseToCountFromError(RevisionLookupError):
    """An identifier needs to know where a database is, where none is looked at.

    Attributes:
        identifier: What was written.
    """

    def __init__(self, identifier: str) -> None:
        self.identifier = identifier
        super().__init__(
            f"{identifier!r} depends on where the database is, and no database is looked at here. Name a "
            "revision, or count from one, as in 'head-1'."
        )


class WrongDirectionError(RevisionLookupError):
    """The destination lies the other way.

    Attributes:
        identifier: The destination, as it was written.
        command: The command that goes that way: ``"upgrade"`` or ``"downgrade"``.
        heads: Where the database is.
    """

    def __init__(self, identifier: str, *, command: str, heads: Sequence[str]) -> None:
        self.identifier = identifier
        self.command = command
        self.heads = tuple(heads)
        wrong = "upgrade" if command == "downgrade" else "downgrade"
        side = "before" if command == "downgrade" else "after"
        super().__init__(
            f"Cannot {wrong} to {identifier!r}: it comes {side} where the database is "
            f"({position_of(self.heads)}). To go there, use `{command} {identifier}`."
        )


class NotAppliedError(RevisionLookupError):
    """The place to go back to is not among what the database has.

    Attributes:
        identifier: The destination, as it was written.
        heads: Where the database is.
    """

    def __init__(self, identifier: str, *, heads: Sequence[str]) -> None:
        self.identifier = identifier
        self.heads = tuple(heads)
        super().__init__(
            f"Cannot downgrade to {identifier!r}: nothing that it names is applied. The database is "
            f"{position_of(self.heads)}; name a revision below that."
        )


class UnrelatedRangeError(RevisionLookupError):
    """The two ends of a range do not lie on one line.

    Attributes:
        lower: The older end, as it was written.
        upper: The newer end, as it was written.
        reversed: Whether the range would be right the other way round.
    """

    def __init__(self, lower: str, upper: str, *, reversed: bool) -> None:  # noqa: A002 - the natural word
        self.lower = lower
        self.upper = upper
        self.reversed = reversed
        hint = f"Write '{upper}:{lower}'" if reversed else "Name two ends of one branch, the older one first"
        super().__init__(f"'{lower}:{upper}' is not a range: {lower!r} does not lead to {upper!r}. {hint}.")


class UnknownCurrentRevisionError(ExecutionError):
    """The version table holds a revision that no revision file defines.

    Attributes:
        revisions: The unknown ones.
        locations: The directories that the known revisions come from.
    """

    def __init__(self, revisions: Sequence[str], *, locations: Sequence[Path] = ()) -> None:
        self.revisions = tuple(revisions)
        self.locations = tuple(locations)
        noun, verb = ("revision", "is") if len(self.revisions) == 1 else ("revisions", "are")
        where = f" in {' and '.join(map(str, self.locations))}" if self.locations else ""
        super().__init__(
            f"The database is at {noun} {listed(self.revisions)}, which {verb} not among the revision "
            f"files{where}. Either this code is older than the database, or the file was removed or renamed: "
            "deploy the code that has it, or restore the file. If you know which revision the schema is really "
            "at, `stamp --purge` records it."
        )
