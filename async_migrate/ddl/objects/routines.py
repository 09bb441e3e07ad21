"""Functions and procedures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement

from async_migrate.ddl.elements import as_sent, table_name
from async_migrate.ddl.objects.base import DropObject, ObjectDDL, dollar_quoted, unterminated
from async_migrate.ddl.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.sql.compiler import DDLCompiler

    from async_migrate.ddl.statement import Action
    from async_migrate.operations.routines import (
        CreateFunctionOp,
        CreateProcedureOp,
        DropFunctionOp,
        DropProcedureOp,
        DropRoutineOp,
        ReplaceFunctionOp,
        ReplaceProcedureOp,
        ReplaceRoutineOp,
        RoutineOp,
    )

__all__ = ["CreateRoutine", "Routines"]

_DEFAULT = re.compile(r'\A((?:"(?:[^"]|"")*"|[^"=])*?)\s*(?:\bDEFAULT\b|:?=).*', re.IGNORECASE | re.DOTALL)
"""A parameter up to its default value."""

_SQL_BODY = re.compile(r"(?:RETURN|BEGIN\s+ATOMIC)\b", re.IGNORECASE)
"""How a body begins that PostgreSQL parses when the routine is created (PostgreSQL 14)."""


class Routines(ObjectDDL):
    """What operations on functions and procedures become."""

    @property
    def has_languages(self) -> bool:
        """Whether it can be said in which language a routine is written."""
        return True

    @property
    def drops_by_arguments(self) -> bool:
        """Whether several routines may have one name, so that a drop says which it means."""
        return False

    def create_function(self, operation: CreateFunctionOp) -> Iterator[Action]:
        """Create a function."""
        self.check_routine(operation)
        yield self._create(operation)

    def create_procedure(self, operation: CreateProcedureOp) -> Iterator[Action]:
        """Create a procedure."""
        self.check_routine(operation)
        yield self._create(operation)

    def replace_function(self, operation: ReplaceFunctionOp) -> Iterator[Action]:
        """Give a function another definition, in place where the database can."""
        self.check_routine(operation)
        yield from self._replace(operation)

    def replace_procedure(self, operation: ReplaceProcedureOp) -> Iterator[Action]:
        """Give a procedure another definition, in place where the database can."""
        self.check_routine(operation)
        yield from self._replace(operation)

    def drop_function(self, operation: DropFunctionOp) -> Iterator[Action]:
        """Drop a function."""
        self.check_routine(operation)
        yield from self.drop_object(operation.visit_name, self._drop_of(operation))

    def drop_procedure(self, operation: DropProcedureOp) -> Iterator[Action]:
        """Drop a procedure."""
        self.check_routine(operation)
        yield from self.drop_object(operation.visit_name, self._drop_of(operation))

    def check_routine(self, operation: RoutineOp | DropRoutineOp) -> None:
        """Refuse what the database does not have.

        Raises:
            UnsupportedOperationError: It has no languages to choose from, or no routines at all.
        """
        language = getattr(operation, "language", None)
        if language is not None and not self.has_languages:
            raise self.unsupported(
                operation.visit_name,
                reason=f"choose the language {language!r} for a {operation.kind}",
                alternative="Leave language out, and write the body in the language of the database.",
            )

    def _create(self, operation: RoutineOp, *, replaces: bool | None = None) -> Statement:
        if operation.definition is not None:
            return self.whole_statement(operation.definition, replaces=replaces)
        return Statement(CreateRoutine(operation, replacement=self.replacement if replaces else ""))

    def _replace(self, operation: ReplaceRoutineOp) -> Iterator[Action]:
        if operation.kind in self.replaceable and not operation.recreate:
            yield self._create(operation, replaces=True)
        else:
            yield Statement(
                DropObject(
                    operation.kind,
                    operation.routine_name,
                    schema=operation.schema,
                    if_exists=True,
                    arguments=self._signature(operation.arguments),
                )
            )
            yield self._create(operation, replaces=False)

    def _drop_of(self, operation: DropRoutineOp) -> DropObject:
        return DropObject(
            operation.kind,
            operation.routine_name,
            schema=operation.schema,
            if_exists=operation.if_exists,
            cascade=operation.cascade,
            arguments=self._signature(operation.arguments),
        )

    def _signature(self, arguments: Sequence[str] | None) -> list[str] | None:
        if arguments is None or not self.drops_by_arguments:
            return None
        return [_DEFAULT.sub(r"\1", argument) for argument in arguments]


class CreateRoutine(ExecutableDDLElement):
    """``CREATE FUNCTION …`` or ``CREATE PROCEDURE …``, of its parts.

    Attributes:
        routine: What is to be created.
        replacement: The words behind CREATE that replace what is there; empty to replace nothing.
    """

    inherit_cache = False

    def __init__(self, routine: RoutineOp, *, replacement: str = "") -> None:
        self.routine = routine
        self.replacement = replacement


def _created(element: CreateRoutine, compiler: DDLCompiler, *, parentheses: bool = True) -> str:
    """Return the first line: what is created, with its parameters, in parentheses also if there are none."""
    routine = element.routine
    replacement = f"{element.replacement} " if element.replacement else ""
    name = table_name(compiler, routine.routine_name, schema=routine.schema)
    arguments = as_sent(compiler, ", ".join(routine.arguments or ()))
    listed = f"({arguments})" if arguments or parentheses else ""
    return f"CREATE {replacement}{routine.kind.upper()} {name}{listed}"


def _lines(compiler: DDLCompiler, *lines: str | None) -> str:
    """Return a statement of its first line, which is ready to be sent, and what the author wrote."""
    first, *others = (line for line in lines if line)
    return "\n".join([first, *(as_sent(compiler, line) for line in others)])


@compiles(CreateRoutine)
def _create_routine(element: CreateRoutine, compiler: DDLCompiler, **_: object) -> str:
    routine = element.routine
    return _lines(
        compiler,
        _created(element, compiler),
        routine.returns and f"RETURNS {routine.returns}",
        routine.language and f"LANGUAGE {routine.language}",
        " ".join(routine.characteristics),
        unterminated(routine.body or ""),
    )


@compiles(CreateRoutine, "postgresql")
def _create_routine_on_postgresql(element: CreateRoutine, compiler: DDLCompiler, **_: object) -> str:
    routine = element.routine
    body = routine.body or ""
    is_sql = (routine.language or "sql").lower() == "sql" and _SQL_BODY.match(body)
    return _lines(
        compiler,
        _created(element, compiler),
        routine.returns and f"RETURNS {routine.returns}",
        f"LANGUAGE {routine.language or 'sql'}",
        " ".join(routine.characteristics),
        unterminated(body) if is_sql else f"AS {dollar_quoted(body)}",
    )


@compiles(CreateRoutine, "mssql")
def _create_routine_on_sql_server(element: CreateRoutine, compiler: DDLCompiler, **_: object) -> str:
    routine = element.routine
    return _lines(
        compiler,
        _created(element, compiler, parentheses=routine.kind == "function"),
        routine.returns and f"RETURNS {routine.returns}",
        f"WITH {', '.join(routine.characteristics)}" if routine.characteristics else None,
        "AS",
        routine.body,
    )


@compiles(CreateRoutine, "oracle")
def _create_routine_on_oracle(element: CreateRoutine, compiler: DDLCompiler, **_: object) -> str:
    routine = element.routine
    return _lines(
        compiler,
        _created(element, compiler, parentheses=False),
        routine.returns and f"RETURN {routine.returns}",
        " ".join(routine.characteristics),
        "IS",
        routine.body,
    )
