"""A run failed, or was refused, while talking to a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from async_migrate.errors.base import ExecutionError, UsageError
from async_migrate.errors.wording import listed, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "DependentBrokenError",
    "ForeignHistoryError",
    "ForeignKeysBrokenError",
    "ForeignKeysEnforcedError",
    "HeadsDifferError",
    "IndexBuildFailedError",
    "IndexMissingError",
    "IndexNameTakenError",
    "NameDiffersOutsideError",
    "NotOfflineError",
    "OfflineRangeError",
    "OutsideTransactionError",
    "PartitionedIndexError",
    "RevisionFailedError",
    "RolledBackError",
    "RowsDoNotFitError",
    "TransactionEndedError",
    "VersionRowMissingError",
    "VersionRowUnreadableError",
]


class OfflineRangeError(UsageError):
    """SQL for a downgrade was asked for without saying where it starts.

    Attributes:
        target: What was asked for.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        super().__init__(
            f"A downgrade written as SQL needs both ends, because no database is asked where it is: "
            f"{target!r} has only one. Write FROM:TO, for example ae10:base."
        )


class TransactionEndedError(ExecutionError):
    """The transaction of a revision is not there any more, or is not the engine's to end."""

    def __init__(self) -> None:
        super().__init__(
            "The transaction around this revision cannot be ended here: it belongs to the caller, or the revision "
            "ended it itself. Leave COMMIT and ROLLBACK to the engine, use op.get_context().autocommit_block() for "
            "what must run outside a transaction, and hand over a connection that is in no transaction."
        )


class OutsideTransactionError(ExecutionError):
    """A statement must run outside any transaction, and the one that is open may not be ended for it.

    Attributes:
        statement: The SQL.
        held_by: Whose the transaction is: ``caller``, ``single_transaction`` or ``savepoint``.
    """

    _WHY: ClassVar[dict[str, str]] = {
        "caller": 'the transaction here is the caller\'s (transaction="caller"). Hand over a connection that is in '
        "no transaction and let the engine begin and commit",
        "single_transaction": "single_transaction keeps the whole run in one. Switch it off for this run (the "
        "statement may have a revision of its own, so that the others stay atomic)",
        "savepoint": "it stands inside a savepoint (begin_nested, or a session that has not committed), which "
        "would be lost. Move it out of that block",
    }

    def __init__(
        self, statement: str, *, held_by: Literal["caller", "single_transaction", "savepoint"]
    ) -> None:
        self.statement = statement
        self.held_by = held_by
        plainly = (
            ", or leave CONCURRENTLY out, if writing to the table may wait that long"
            if "CONCURRENTLY" in statement.upper()
            else ""
        )
        super().__init__(
            f"{shortened(statement, most=200)} cannot run inside a transaction, and {self._WHY[held_by]}{plainly}."
        )


class NameDiffersOutsideError(ExecutionError):
    """A name stands for something else once the transaction of the revision has ended.

    Attributes:
        name: The name of a table or an index, as written.
        index: The index that was to be built or dropped.
    """

    def __init__(self, name: str, *, index: str) -> None:
        self.name = name
        self.index = index
        super().__init__(
            f"Index {index} was left as it is: CONCURRENTLY works outside the transaction of the revision, and there "
            f"{name} is not what it is inside. SET LOCAL search_path ends with the transaction; name the schema in the "
            "directive instead."
        )


class PartitionedIndexError(ExecutionError):
    """PostgreSQL neither builds nor drops the index of a partitioned table CONCURRENTLY.

    Attributes:
        index: The index.
        table: Its table, if the index was to be built; ``None`` if it was to be dropped.
    """

    def __init__(self, index: str, *, table: str | None = None) -> None:
        self.index = index
        self.table = table
        super().__init__(
            f"PostgreSQL cannot drop {index} CONCURRENTLY, because it is the index of a partitioned table. Leave "
            "CONCURRENTLY out; its indexes on the partitions are dropped with it."
            if table is None
            else f"PostgreSQL cannot build {index} CONCURRENTLY, because {table} is partitioned. Build such an index "
            f"on each partition CONCURRENTLY, then {index} on {table} without: PostgreSQL attaches what is there and "
            "has nothing left to build."
        )


class IndexNameTakenError(ExecutionError):
    """``IF NOT EXISTS`` would be content with something that only has the name of the index.

    Attributes:
        index: The name.
        table: The table that the index was to be built on.
        owner: The table whose index has the name; ``None`` if it is no index.
    """

    def __init__(self, index: str, *, table: str, owner: str | None) -> None:
        self.index = index
        self.table = table
        self.owner = owner
        found = "something that is no index" if owner is None else f"an index on {owner}"
        super().__init__(
            f"Index {index} was not built on {table}: its name belongs to {found}, so IF NOT EXISTS would leave "
            f"{table} without. Give the index another name."
        )


class IndexMissingError(ExecutionError):
    """There is no index to drop.

    Attributes:
        index: The index.
    """

    def __init__(self, index: str) -> None:
        self.index = index
        super().__init__(
            f"There is no index {index} to drop. If an earlier run dropped it and was cut short before it could record "
            "that, pass if_exists=True; otherwise look at the name and the schema."
        )


class IndexBuildFailedError(ExecutionError):
    """Building an index CONCURRENTLY failed half-way.

    Attributes:
        index: The index.
        table: Its table.
        reason: What the server said.
        leftover: Why what had been built could not be dropped; ``None`` if it was.
    """

    def __init__(self, index: str, *, table: str, reason: str, leftover: str | None = None) -> None:
        self.index = index
        self.table = table
        self.reason = reason
        self.leftover = leftover
        left = (
            "The unfinished index was dropped. Remove the cause, in the rows or in the definition"
            if leftover is None
            else f"The unfinished index is still there ({leftover.rstrip('.')}), and the next run drops it first. "
            "Remove the cause"
        )
        super().__init__(
            f"Index {index} could not be built on {table}: {reason.rstrip('.')}. {left}, and run again."
        )


class ForeignKeysBrokenError(ExecutionError):
    """Rows point at rows that are not there, found before the commit (SQLite).

    Attributes:
        tables: The tables with such rows.
        rows: How many there are in all.
    """

    def __init__(self, tables: Sequence[str], *, rows: int) -> None:
        self.tables = tuple(tables)
        self.rows = rows
        super().__init__(
            f"{rows} row(s) of {listed(self.tables)} would refer to rows that do not exist. Foreign keys are "
            "switched off while a revision runs on SQLite and checked before it commits. Delete or mend those rows "
            "in the revision; PRAGMA foreign_key_check lists them."
        )


class ForeignKeysEnforcedError(ExecutionError):
    """A table cannot be made anew because rows of other tables would go with the old one (SQLite).

    Attributes:
        table: The table.
        referring: The tables with rows that refer to it.
    """

    def __init__(self, table: str, referring: Sequence[str]) -> None:
        self.table = table
        self.referring = tuple(referring)
        super().__init__(
            f"The table {table!r} cannot be made anew here: foreign keys are enforced, so with the old table would "
            f"go, or change, the rows of {listed(self.referring)} that refer to it, and a transaction that is "
            "open cannot stop enforcing them. Nothing was done. Let the engine begin the transaction, which "
            "suspends foreign keys and checks them before it commits, or execute PRAGMA foreign_keys = OFF before "
            "you begin yours."
        )


class RowsDoNotFitError(ExecutionError):
    """The rows of a table that is made anew do not fit its new definition.

    Attributes:
        table: The table.
        reason: What the database said.
    """

    def __init__(self, table: str, *, reason: str) -> None:
        self.table = table
        self.reason = reason
        super().__init__(
            f"The rows of table {table!r} do not fit its new definition: {reason.rstrip('.')}. Change or delete "
            "those that do not before this operation, in the same revision."
        )


class DependentBrokenError(ExecutionError):
    """A view or a trigger would not work any more once its table has changed (SQLite).

    Attributes:
        table: The table.
        kind: ``view`` or ``trigger``.
        name: Which one.
        reason: What the database said.
    """

    def __init__(self, table: str, *, kind: str, name: str, reason: str) -> None:
        self.table = table
        self.kind = kind
        self.name = name
        self.reason = reason
        super().__init__(
            f"The {kind} {name!r} would not work any more after this change of table {table!r}: {reason}. Drop "
            f"the {kind} before it and create it anew after it, in the same revision."
        )


class ForeignHistoryError(ExecutionError):
    """The database has no version table of ours, but was migrated by Alembic.

    Attributes:
        table: Alembic's version table.
        ours: The version table that is configured.
        heads: What Alembic's says.
    """

    def __init__(self, table: str, *, ours: str, heads: Sequence[str]) -> None:
        self.table = table
        self.ours = ours
        self.heads = tuple(heads)
        super().__init__(
            f"The database has no table {ours}, but {table} holds {listed(self.heads)}: Alembic has migrated it, so "
            f"nothing was run. Set version_table = {table!r} to go on from there, with both tools if need be, or "
            "record where it is with `async-migrate stamp`."
        )


class VersionRowMissingError(ExecutionError):
    """A row of the version table was not there to be changed.

    Attributes:
        table: The version table.
        revision: The revision whose row was expected.
        found: How many rows matched.
    """

    def __init__(self, table: str, *, revision: str, found: int) -> None:
        self.table = table
        self.revision = revision
        self.found = found
        super().__init__(
            f"Expected one row for revision {revision!r} in {table}, found {found}: something else changed the "
            "version table during the run. Nothing of this revision was kept; see what `async-migrate current` says "
            "and run again."
        )


class VersionRowUnreadableError(ExecutionError):
    """The version table holds something that is not a revision identifier.

    Attributes:
        table: The version table.
        value: What it holds.
    """

    def __init__(self, table: str, *, value: object) -> None:
        self.table = table
        self.value = value
        super().__init__(
            f"The table {table} holds {value!r}, which is not a revision identifier. Point version_table at the right "
            "table, or correct that row."
        )


class NotOfflineError(UsageError):
    """Something that needs a database was asked for while SQL is only written down.

    Attributes:
        reason: What needs the database.
        step: What to do instead.
    """

    def __init__(self, reason: str, *, step: str) -> None:
        self.reason = reason
        self.step = step
        super().__init__(f"This cannot be done offline: {reason}. {step}")


class RolledBackError(ExecutionError):
    """A revision rolled back its own transaction and went on as if nothing had happened."""

    def __init__(self) -> None:
        super().__init__(
            "The revision rolled back its transaction, and with it what it had done. Use a savepoint, "
            "op.get_bind().begin_nested(), for what may fail"
        )


class RevisionFailedError(ExecutionError):
    """The body of a revision raised; its transaction was rolled back.

    Attributes:
        revision: The revision.
        direction: ``upgrade`` or ``downgrade``.
        path: Its file.
        line: The line of the file at which it failed, where known.
        statement: The SQL that failed, where it was SQL.
        details: What is known about that SQL: where it stands in a script of several statements.
        reason: What the database or the body said.
        committed: The revisions of this run that were committed before it.
        partly: Some of this revision is committed: it left its transaction, or the database has no
            transactional DDL.
        transactional: The database has transactional DDL.
        kept_by: Who decides what is kept: the ``engine``, the ``caller`` whose transaction it is, or nobody, where
            only a ``script`` was to be written.
    """

    def __init__(
        self,
        revision: str,
        *,
        message: str = "",
        direction: str = "upgrade",
        path: Path | None = None,
        line: int | None = None,
        statement: str | None = None,
        details: Sequence[str] = (),
        reason: str,
        committed: Sequence[str] = (),
        partly: bool = False,
        transactional: bool = True,
        kept_by: Literal["engine", "caller", "script"] = "engine",
    ) -> None:
        self.revision = revision
        self.direction = direction
        self.kept_by = kept_by
        self.path = path
        self.line = line
        self.statement = statement
        self.details = tuple(details)
        self.reason = reason
        self.committed = tuple(committed)
        self.partly = partly
        self.transactional = transactional
        named = f"{revision!r} ({message})" if message else repr(revision)
        where = "" if path is None else f" at {path}" + ("" if line is None else f" line {line}")
        about = f" ({'; '.join(self.details)})" if details else ""
        sql = "" if statement is None else f" SQL{about}: {shortened(statement)}."
        if not transactional:
            kept = (
                "This database commits at every statement that creates, alters or drops something; what the "
                "revision did up to the last of them is committed, the rest is not."
            )
        elif partly:
            kept = "What it did before leaving its transaction is committed, the rest is not."
        else:
            kept = "Nothing of it was kept."
        again = (
            " so that what is committed may run again (if_not_exists=True, or a revision of its own),"
            if partly
            else ""
        )
        before = (
            f"Committed before it in this run: {listed(self.committed)}."
            if committed
            else "No revision was committed in this run."
        )
        outcome = {
            "engine": f"{kept} {before}",
            "caller": "It ran inside the caller's transaction: roll that back.",
            "script": "No script was written.",
        }[kept_by]
        super().__init__(
            f"The {direction} of revision {named} failed{where}. {reason.rstrip('.')}.{sql} {outcome} "
            f"Mend the revision{again} and run the same command again."
        )


class HeadsDifferError(ExecutionError):
    """A run ended without an error, yet the version table does not say what it should.

    Attributes:
        table: The version table.
        expected: The rows there should be.
        found: The rows there are.
    """

    def __init__(self, table: str, *, expected: frozenset[str], found: frozenset[str]) -> None:
        self.table = table
        self.expected = expected
        self.found = found
        super().__init__(
            f"Every revision ran, but {table} holds {listed(sorted(found)) or 'nothing'} where it should hold "
            f"{listed(sorted(expected)) or 'nothing'}: something else changed it, or a revision rolled back. "
            "Compare the schema with the revisions before running anything else, then correct the rows with "
            "`async-migrate stamp`."
        )
