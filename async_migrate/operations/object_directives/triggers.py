"""Directives of triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from async_migrate.operations.abstract import AbstractOperations
from async_migrate.operations.arguments import check_flags
from async_migrate.operations.directive import directive
from async_migrate.operations.object_arguments import check_choice, check_events, check_source, check_texts
from async_migrate.operations.triggers import (
    CreateTriggerOp,
    DropTriggerOp,
    ForEach,
    ReplaceTriggerOp,
    TriggerTiming,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from async_migrate.operations.triggers import TriggerOp

__all__ = ["TriggerDirectives"]


class TriggerDirectives(AbstractOperations):
    """What ``op`` does with triggers."""

    @directive
    def create_trigger(
        self,
        trigger_name: str,
        table_name: str,
        definition: str | None = None,
        *,
        schema: str | None = None,
        timing: TriggerTiming | None = None,
        events: Sequence[str] = (),
        body: str | None = None,
        for_each: ForEach | None = None,
        when: str | None = None,
    ) -> None:
        """Create a trigger: from a whole CREATE statement, or from its parts.

        Example::

            op.create_trigger(
                "touch_account",
                "account",
                timing="BEFORE",
                events=["UPDATE OF name", "DELETE"],
                for_each="ROW",
                body="EXECUTE FUNCTION touch()",
            )

        Args:
            trigger_name: Its name.
            table_name: The table or view that it watches.
            definition: The whole statement, as the database takes it; the indentation that a text in triple quotes
                has in your code is left out.
            schema: The table's schema.
            timing: When it runs: ``"BEFORE"`` the change, ``"AFTER"`` or ``"INSTEAD OF"`` it.
            events: What makes it run: ``INSERT``, ``UPDATE``, ``UPDATE OF`` some columns, ``DELETE``, ``TRUNCATE``;
                SQLite and MySQL take one.
            body: What it does: ``EXECUTE FUNCTION f()`` on PostgreSQL, elsewhere ``BEGIN … END``.
            for_each: Whether it runs for each ``"ROW"`` or once for a ``"STATEMENT"``; otherwise what is usual for
                the database.
            when: A condition without which it does not run.
        """
        trigger = CreateTriggerOp(
            trigger_name,
            table_name,
            definition,
            schema=schema,
            timing=timing,
            events=events,
            body=body,
            for_each=for_each,
            when=when,
        )
        _check(trigger)
        self.invoke(trigger)

    @directive
    def replace_trigger(
        self,
        trigger_name: str,
        table_name: str,
        definition: str | None = None,
        *,
        schema: str | None = None,
        timing: TriggerTiming | None = None,
        events: Sequence[str] = (),
        body: str | None = None,
        for_each: ForEach | None = None,
        when: str | None = None,
        old_definition: str | None = None,
        recreate: bool = False,
    ) -> None:
        """Give a trigger another definition, or create it.

        Where the database cannot replace it in place (SQLite, MySQL, PostgreSQL before 14), it is dropped and
        created.

        Args:
            trigger_name: Its name.
            table_name: The table or view that it watches.
            definition: The whole statement; with CREATE OR REPLACE or without, that makes no difference.
            schema: The table's schema.
            timing: When it runs.
            events: What makes it run.
            body: What it does.
            for_each: Whether it runs for each row or once for a statement.
            when: A condition without which it does not run.
            old_definition: What it replaces, for the reverse: a whole statement if ``definition`` is one, else the
                body.
            recreate: Drop it and create it, also where it could be replaced in place; PostgreSQL wants that for
                constraint triggers.
        """
        check_flags("replace_trigger", recreate=recreate)
        trigger = ReplaceTriggerOp(
            trigger_name,
            table_name,
            definition,
            schema=schema,
            timing=timing,
            events=events,
            body=body,
            for_each=for_each,
            when=when,
            old_definition=old_definition,
            recreate=recreate,
        )
        _check(trigger)
        self.invoke(trigger)

    @directive
    def drop_trigger(
        self,
        trigger_name: str,
        table_name: str,
        *,
        schema: str | None = None,
        if_exists: bool | None = None,
        cascade: bool | None = None,
    ) -> None:
        """Drop a trigger.

        Args:
            trigger_name: The trigger.
            table_name: The table or view that it watches, among whose triggers PostgreSQL looks for it.
            schema: The table's schema.
            if_exists: Do nothing if it is not there.
            cascade: Drop what depends on it too (PostgreSQL).
        """
        check_flags("drop_trigger", if_exists=if_exists, cascade=cascade)
        self.invoke(
            DropTriggerOp(trigger_name, table_name, schema=schema, if_exists=if_exists, cascade=cascade)
        )


def _check(trigger: TriggerOp) -> None:
    name = trigger.visit_name
    check_source(name, kind="trigger", definition=trigger.definition, body=trigger.body)
    check_texts(name, events=trigger.events)
    check_choice(name, "timing", trigger.timing, choices=get_args(TriggerTiming))
    check_choice(name, "for_each", trigger.for_each, choices=get_args(ForEach))
    if trigger.definition is None:
        check_events(name, timing=trigger.timing, events=trigger.events)
