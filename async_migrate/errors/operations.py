"""A directive was called wrongly, or asks for what the database cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from async_migrate.errors.base import UsageError
from async_migrate.errors.wording import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AlreadyInTableError",
    "AsyncConnectionUnavailableError",
    "CopyFromStdinError",
    "DirectiveCallError",
    "DuplicateImplementationError",
    "InvalidArgumentError",
    "IrreversibleOperationError",
    "NotCompilableError",
    "NotInTableError",
    "OperationError",
    "UnboundOperationsError",
    "UnknownConstraintError",
    "UnknownDirectiveError",
    "UnknownOperationError",
    "UnnamedConstraintError",
    "UnsupportedOperationError",
    "WrongTaskError",
]


class OperationError(UsageError):
    """A directive was called wrongly, or asks for what the database cannot do."""


class IrreversibleOperationError(OperationError):
    """An operation was asked for its reverse and does not know what was there before.

    Attributes:
        operation: The directive, such as ``drop_column``.
        target: What it acts on, such as ``'user'``, where known.
        unknown: What the operation does not say.
        remedy: How an operation is had that says it, in words that follow "or".
    """

    def __init__(
        self,
        operation: str,
        *,
        target: str | None = None,
        unknown: str = "what was there before",
        remedy: str = "make the operation from the object itself (from_table, from_column_and_tablename, "
        "from_index, from_constraint), which keeps it",
    ) -> None:
        self.operation = operation
        self.target = target
        self.unknown = unknown
        self.remedy = remedy
        where = f" of {target!r}" if target is not None else ""
        super().__init__(
            f"{operation}{where} cannot be reversed, because it does not say {unknown}. Write that step of "
            f"downgrade() by hand, or {remedy}."
        )


class UnknownConstraintError(OperationError):
    """A constraint is of a kind for which no operation is registered.

    Attributes:
        kind: The ``__visit_name__`` of the constraint.
        known: The kinds that are registered.
    """

    def __init__(self, kind: str, *, known: Sequence[str]) -> None:
        self.kind = kind
        self.known = tuple(known)
        super().__init__(
            f"No operation adds a constraint of the kind {kind!r}; known are {listed(self.known, most=10)}. "
            f"Register one with @AddConstraintOp.register_add_constraint({kind!r})."
        )


class InvalidArgumentError(OperationError):
    """A directive was given a value that it cannot use.

    Attributes:
        directive: The directive, such as ``drop_constraint``.
        parameter: The parameter of it.
        value: What was given.
        accepted: What would be accepted, in words.
    """

    def __init__(
        self, directive: str, parameter: str, value: object, *, accepted: str, hint: str = ""
    ) -> None:
        self.directive = directive
        self.parameter = parameter
        self.value = value
        self.accepted = accepted
        super().__init__(f"{directive}() cannot take {parameter}={value!r}: it accepts {accepted}.{hint}")


class CopyFromStdinError(OperationError):
    """A script contains ``COPY … FROM STDIN``, whose rows only a client such as psql can send.

    Attributes:
        number: Which statement of the script it is, counted from 1.
        line: The line of the script on which it begins.
    """

    def __init__(self, number: int, *, line: int) -> None:
        self.number = number
        self.line = line
        super().__init__(
            f"Statement {number}, line {line} of the script, is COPY ... FROM STDIN: the rows below it are for psql "
            "to send, and are no SQL. Write them as INSERT statements (pg_dump --inserts does) or use "
            "op.bulk_insert()."
        )


class DirectiveCallError(OperationError):
    """A directive was called with arguments that it does not have, or without ones that it needs.

    Attributes:
        directive: The directive, such as ``create_index``.
        problem: What is wrong, as a clause.
        accepted: The parameters that it has.
        name: The wrong name, where the problem is one.
    """

    def __init__(
        self, directive: str, problem: str, *, accepted: Sequence[str], name: str | None = None
    ) -> None:
        self.directive = directive
        self.problem = problem
        self.accepted = tuple(accepted)
        self.name = name
        hint = did_you_mean(name, self.accepted) if name is not None else ""
        super().__init__(f"{directive}(): {problem}.{hint} It takes {listed(self.accepted, most=40)}.")


class UnknownDirectiveError(OperationError, AttributeError):
    """There is no directive of that name.

    Attributes:
        owner: ``op`` or ``batch_op``.
        directive: The name that was used.
        known: The directives there are.
    """

    def __init__(self, owner: str, directive: str, *, known: Sequence[str]) -> None:
        self.owner = owner
        self.directive = directive
        self.known = tuple(known)
        register = "Operations" if owner == "op" else "BatchOperations"
        super().__init__(
            f"{owner} has no directive {directive!r}.{did_you_mean(directive, self.known)} A directive of "
            f"your own is added with @{register}.register_operation({directive!r})."
        )


class UnboundOperationsError(OperationError):
    """A directive was used while no migration is running.

    Attributes:
        directive: The directive.
    """

    def __init__(self, directive: str) -> None:
        self.directive = directive
        super().__init__(
            f"op.{directive} was used while no migration is running. op works only inside upgrade() and "
            "downgrade(), not while a revision file is imported: move the call into one of them. To collect "
            "SQL without a database, use Recorder(dialect).op."
        )


class WrongTaskError(OperationError):
    """A directive was called from another asyncio task than the one that runs the migration.

    Attributes:
        directive: The directive.
    """

    def __init__(self, directive: str) -> None:
        self.directive = directive
        super().__init__(
            f"op.{directive} was called from another task than the one that runs the migration. Call op from "
            "upgrade() or downgrade() itself, or from coroutines that they await directly; what "
            "create_task(), gather() or a TaskGroup starts must not touch it."
        )


class AsyncConnectionUnavailableError(OperationError):
    """Something asynchronous was asked for where there is no asynchronous connection.

    Attributes:
        directive: What was used: ``run_async``, ``connection`` or ``session``.
        offline: Whether SQL is only written down.
    """

    def __init__(self, directive: str, *, offline: bool) -> None:
        self.directive = directive
        self.offline = offline
        if offline:
            guard = "if not op.get_context().as_sql:"
            why = f"SQL is only written down here. Guard the call with `{guard}`, or run online."
        else:
            remedy = "Run it on an AsyncEngine or AsyncConnection."
            why = f"the migration runs on a synchronous connection. {remedy}"
        super().__init__(f"op.{directive} needs an asynchronous connection, but {why}")


class DuplicateImplementationError(OperationError):
    """An operation that has an implementation was given another one.

    Attributes:
        operation: The class of the operation.
    """

    def __init__(self, operation: str) -> None:
        self.operation = operation
        super().__init__(
            f"{operation} is implemented already. Pass replace=True to implementation_for() to take its place."
        )


class UnsupportedOperationError(OperationError):
    """A database has no statement for what was asked; nothing was executed.

    Attributes:
        dialect: The dialect.
        operation: The directive, such as ``drop_constraint``.
        reason: What the database cannot do, in words that follow "PostgreSQL cannot".
        alternative: What to do instead, as a sentence.
    """

    def __init__(self, dialect: str, operation: str, *, reason: str, alternative: str) -> None:
        self.dialect = dialect
        self.operation = operation
        self.reason = reason
        self.alternative = alternative
        super().__init__(
            f"{operation}() is not possible on {dialect}: it cannot {reason}. {alternative} Nothing was executed."
        )


class NotCompilableError(OperationError):
    """SQLAlchemy cannot write what was asked as SQL of a database; nothing was executed.

    Attributes:
        operation: The directive, such as ``create_foreign_key``.
        dialect: The database.
        reason: What SQLAlchemy says.
    """

    def __init__(self, operation: str, *, dialect: str, reason: str) -> None:
        self.operation = operation
        self.dialect = dialect
        self.reason = reason
        super().__init__(
            f"{operation}() cannot be written as SQL of {dialect}: {reason.rstrip('.')}. Change the arguments, or run "
            f"this only on databases that have it. Nothing was executed."
        )


class NotInTableError(OperationError):
    """An operation names a part of a table that the table does not have.

    Attributes:
        operation: The directive, such as ``drop_index``.
        table: The table.
        kind: What was looked for: ``column``, ``constraint`` or ``index``.
        name: The name that is not there.
        known: The names that are.
    """

    def __init__(self, operation: str, *, table: str, kind: str, name: str, known: Sequence[str]) -> None:
        self.operation = operation
        self.table = table
        self.kind = kind
        self.name = name
        self.known = tuple(known)
        there = f"it has {listed(self.known, most=10)}" if self.known else f"it has no named {kind} at all"
        super().__init__(
            f"{operation}() found no {kind} {name!r} in table {table!r}: {there}.{did_you_mean(name, self.known)}"
        )


class AlreadyInTableError(OperationError):
    """An operation makes a part of a table that the table has already.

    Attributes:
        operation: The directive, such as ``add_column``.
        table: The table.
        kind: What it would make.
        name: The name that is taken.
    """

    def __init__(self, operation: str, *, table: str, kind: str, name: str) -> None:
        self.operation = operation
        self.table = table
        self.kind = kind
        self.name = name
        super().__init__(
            f"{operation}() cannot make a {kind} {name!r} in table {table!r}: there is one already. Choose another "
            "name, or drop or rename the one there first. Nothing was executed."
        )


class UnnamedConstraintError(OperationError):
    """A constraint without a name was to be dropped, and only a name says which.

    Attributes:
        table: The table.
        column: The column whose type made the constraint, where one did.
    """

    def __init__(self, table: str, *, column: str | None = None) -> None:
        self.table = table
        self.column = column
        if column is None:
            words = (
                f"A constraint of table {table!r} cannot be dropped without its name. Pass the name; "
                "batch_alter_table() takes a naming_convention that gives unnamed ones a name."
            )
        else:
            words = (
                f"The CHECK that the type of {table}.{column} made has no name, so it cannot be dropped with the old "
                "type. Give existing_type the name that the CHECK has in the database, as in Boolean(name='...'), or "
                "leave create_constraint=True out of it to keep the CHECK."
            )
        super().__init__(words)


class UnknownOperationError(OperationError):
    """A dialect's generator has no method for a kind of operation.

    Attributes:
        operation: The class of the operation.
        visit_name: The method it looked for.
        dialect: The dialect.
    """

    def __init__(self, operation: str, *, visit_name: str, dialect: str) -> None:
        self.operation = operation
        self.visit_name = visit_name
        self.dialect = dialect
        super().__init__(
            f"No SQL is known for {operation} on {dialect}: its generator has no method {visit_name!r}. Register an "
            f"implementation with @Operations.implementation_for({operation}), or add the method to a DialectDDL of "
            "yours."
        )
