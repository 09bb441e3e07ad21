"""Triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement

from async_migrate.ddl.elements import as_sent, column_name, table_name
from async_migrate.ddl.objects.base import DropObject, ObjectDDL, unterminated
from async_migrate.ddl.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.sql.compiler import DDLCompiler

    from async_migrate.ddl.statement import Action
    from async_migrate.operations.triggers import (
        CreateTriggerOp,
        DropTriggerOp,
        ForEach,
        ReplaceTriggerOp,
        TriggerOp,
    )

__all__ = ["ALL_TRIGGER_FEATURES", "CreateTrigger", "TriggerFeature", "Triggers"]

TriggerFeature: TypeAlias = Literal[
    "before", "columns", "for_each_row", "for_each_statement", "instead_of", "several_events", "when"
]
"""What may be asked of a trigger, and only some databases have."""

_REFUSALS: Mapping[TriggerFeature, tuple[str, str]] = {
    "before": ("run a trigger before the change", 'Use timing="AFTER", or "INSTEAD OF".'),
    "columns": ("watch some columns only", "Compare the old with the new values in the body."),
    "for_each_row": ("run a trigger for each row", "Leave for_each out, and go by all rows in the body."),
    "for_each_statement": ("run a trigger once for a statement", 'Use for_each="ROW".'),
    "instead_of": ("run a trigger instead of the change", 'Use timing="BEFORE".'),
    "several_events": ("let several events make one trigger run", "Create a trigger for each of them."),
    "when": ("give a trigger a condition", "Put the condition into the body."),
}

ALL_TRIGGER_FEATURES: frozenset[TriggerFeature] = frozenset(_REFUSALS)
"""All that may be asked of a trigger."""


class Triggers(ObjectDDL):
    """What operations on triggers become."""

    @property
    def trigger_features(self) -> frozenset[TriggerFeature]:
        """What the database has of all that may be asked of a trigger."""
        return ALL_TRIGGER_FEATURES

    @property
    def triggers_belong_to_tables(self) -> bool:
        """Whether tables may have triggers of the same name, so that a drop says which table it means."""
        return False

    def create_trigger(self, operation: CreateTriggerOp) -> Iterator[Action]:
        """Create a trigger."""
        self._check_trigger(operation)
        yield self._create_trigger(operation)

    def replace_trigger(self, operation: ReplaceTriggerOp) -> Iterator[Action]:
        """Give a trigger another definition, in place where the database can."""
        self._check_trigger(operation)
        if "trigger" in self.replaceable and not operation.recreate:
            yield self._create_trigger(operation, replaces=True)
        else:
            yield Statement(self._drop_of_trigger(operation, if_exists=True))
            yield self._create_trigger(operation, replaces=False)

    def drop_trigger(self, operation: DropTriggerOp) -> Iterator[Action]:
        """Drop a trigger."""
        drop = self._drop_of_trigger(operation, if_exists=operation.if_exists, cascade=operation.cascade)
        yield from self.drop_object("drop_trigger", drop)

    def _create_trigger(self, operation: TriggerOp, *, replaces: bool | None = None) -> Statement:
        if operation.definition is not None:
            return self.whole_statement(operation.definition, replaces=replaces)
        return Statement(CreateTrigger(operation, replacement=self.replacement if replaces else ""))

    def _drop_of_trigger(
        self, operation: TriggerOp | DropTriggerOp, *, if_exists: bool | None, cascade: bool | None = None
    ) -> DropObject:
        on_table = self.triggers_belong_to_tables
        return DropObject(
            "trigger",
            operation.trigger_name,
            schema=None if on_table else operation.schema,
            if_exists=if_exists,
            cascade=cascade,
            table=(operation.table_name, operation.schema) if on_table else None,
        )

    def _check_trigger(self, operation: TriggerOp) -> None:
        for feature in _asked(operation):
            if feature not in self.trigger_features:
                reason, alternative = _REFUSALS[feature]
                raise self.unsupported(operation.visit_name, reason=reason, alternative=alternative)


class CreateTrigger(ExecutableDDLElement):
    """``CREATE TRIGGER …``, of its parts.

    Attributes:
        trigger: What is to be created.
        replacement: The words behind CREATE that replace what is there; empty to replace nothing.
    """

    inherit_cache = False

    def __init__(self, trigger: TriggerOp, *, replacement: str = "") -> None:
        self.trigger = trigger
        self.replacement = replacement


def _asked(operation: TriggerOp) -> Iterator[TriggerFeature]:
    """Yield what a trigger given in parts asks of the database."""
    if operation.timing == "BEFORE":
        yield "before"
    if operation.timing == "INSTEAD OF":
        yield "instead_of"
    if operation.for_each is not None:
        yield "for_each_row" if operation.for_each == "ROW" else "for_each_statement"
    if operation.when is not None:
        yield "when"
    if len(operation.events) > 1:
        yield "several_events"
    if any(len(event.split()) > 1 for event in operation.events):
        yield "columns"


def _sql(
    element: CreateTrigger,
    compiler: DDLCompiler,
    *,
    name: str | None = None,
    table: str | None = None,
    for_each: ForEach | None = None,
) -> str:
    """Return the statement in the order of the standard, with other names or frequency where a database wants them."""
    trigger = element.trigger
    named = name or _full_name(trigger, compiler)
    occasion = as_sent(compiler, f"{trigger.timing} {' OR '.join(trigger.events)}")
    lines = [
        _created(element, named),
        f"{occasion} ON {table or table_name(compiler, trigger.table_name, schema=trigger.schema)}",
        f"FOR EACH {for_each}" if for_each else "",
        f"WHEN ({as_sent(compiler, trigger.when)})" if trigger.when else "",
        as_sent(compiler, trigger.body or ""),
    ]
    return "\n".join(line for line in lines if line)


def _created(element: CreateTrigger, name: str) -> str:
    return " ".join(word for word in ("CREATE", element.replacement, "TRIGGER", name) if word)


def _full_name(trigger: TriggerOp, compiler: DDLCompiler) -> str:
    return table_name(compiler, trigger.trigger_name, schema=trigger.schema)


@compiles(CreateTrigger)
def _create_trigger(element: CreateTrigger, compiler: DDLCompiler, **_: object) -> str:
    return unterminated(_sql(element, compiler, for_each=element.trigger.for_each))


@compiles(CreateTrigger, "postgresql")
def _create_trigger_on_postgresql(element: CreateTrigger, compiler: DDLCompiler, **_: object) -> str:
    # The schema of a trigger is that of its table, and is said there.
    name = column_name(compiler, element.trigger.trigger_name)
    return unterminated(_sql(element, compiler, name=name, for_each=element.trigger.for_each))


@compiles(CreateTrigger, "sqlite")
def _create_trigger_on_sqlite(element: CreateTrigger, compiler: DDLCompiler, **_: object) -> str:
    # The schema of a trigger is that of its table, and is said before the trigger's name.
    table = table_name(compiler, element.trigger.table_name)
    return unterminated(_sql(element, compiler, table=table, for_each=element.trigger.for_each))


@compiles(CreateTrigger, "mysql", "mariadb")
def _create_trigger_on_mysql(element: CreateTrigger, compiler: DDLCompiler, **_: object) -> str:
    return unterminated(_sql(element, compiler, for_each="ROW"))


@compiles(CreateTrigger, "oracle")
def _create_trigger_on_oracle(element: CreateTrigger, compiler: DDLCompiler, **_: object) -> str:
    # Once for a statement is what goes without saying; the semicolon at the end of the body is part of it.
    return _sql(element, compiler, for_each="ROW" if element.trigger.for_each == "ROW" else None)


@compiles(CreateTrigger, "mssql")
def _create_trigger_on_sql_server(element: CreateTrigger, compiler: DDLCompiler, **_: object) -> str:
    trigger = element.trigger
    lines = [
        _created(element, _full_name(trigger, compiler)),
        f"ON {table_name(compiler, trigger.table_name, schema=trigger.schema)}",
        as_sent(compiler, f"{trigger.timing} {', '.join(trigger.events)}"),
        "AS",
        as_sent(compiler, trigger.body or ""),
    ]
    return "\n".join(lines)
