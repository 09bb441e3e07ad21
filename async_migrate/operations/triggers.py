"""Triggers: created, replaced, dropped."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from async_migrate.errors import IrreversibleOperationError
from async_migrate.operations.base import MigrateOperation
from async_migrate.operations.definitions import dedented

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "CreateTriggerOp",
    "DropTriggerOp",
    "ForEach",
    "ReplaceTriggerOp",
    "TriggerOp",
    "TriggerTiming",
]

TriggerTiming: TypeAlias = Literal["BEFORE", "AFTER", "INSTEAD OF"]
"""When a trigger runs."""

ForEach: TypeAlias = Literal["ROW", "STATEMENT"]
"""How often a trigger runs."""


@dataclass(eq=False)
class TriggerOp(MigrateOperation):
    """What the operations that say what a trigger is have in common.

    Attributes:
        trigger_name: Its name.
        table_name: The table or view that it watches.
        definition: The whole CREATE statement; ``None`` if it is given in parts.
        schema: The table's schema. A ``definition`` names it itself; here it is for the drop.
        timing: When it runs.
        events: What makes it run, such as ``["INSERT", "UPDATE OF name"]``.
        body: What it does, as the database writes it: ``EXECUTE FUNCTION f()``, or ``BEGIN … END``.
        for_each: Whether it runs for each row or once; ``None`` leaves it to the database.
        when: A condition without which it does not run.
    """

    trigger_name: str
    table_name: str
    definition: str | None = None
    schema: str | None = field(default=None, kw_only=True)
    timing: TriggerTiming | None = field(default=None, kw_only=True)
    events: Sequence[str] = field(default=(), kw_only=True)
    body: str | None = field(default=None, kw_only=True)
    for_each: ForEach | None = field(default=None, kw_only=True)
    when: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.definition is not None:
            self.definition = dedented(self.definition)
        if self.body is not None:
            self.body = dedented(self.body)

    @property
    def source(self) -> str | None:
        """The whole statement, or the body, whichever it is given by."""
        return self.body if self.definition is None else self.definition


@dataclass(eq=False)
class CreateTriggerOp(TriggerOp):
    """Create a trigger."""

    visit_name: ClassVar[str] = "create_trigger"

    def reverse(self) -> DropTriggerOp:
        """Return the drop, which remembers the trigger."""
        return DropTriggerOp.from_create(self)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str, str | None]:
        """Return ``("add_trigger", schema, table, name, definition or body)``."""
        return ("add_trigger", self.schema, self.table_name, self.trigger_name, self.source)


@dataclass(eq=False)
class ReplaceTriggerOp(TriggerOp):
    """Give a trigger another definition; everything else about it is as before.

    Attributes:
        old_definition: What it replaces, kept for the reverse: the whole statement, or the body, whichever of the
            two the new one is given by.
        recreate: Whether it is dropped and created, also where it could be replaced in place.
    """

    visit_name: ClassVar[str] = "replace_trigger"

    old_definition: str | None = field(default=None, kw_only=True)
    recreate: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.old_definition is not None:
            self.old_definition = dedented(self.old_definition)

    def reverse(self) -> ReplaceTriggerOp:
        """Return the operation that gives it its old definition again.

        Raises:
            IrreversibleOperationError: That is not known.
        """
        if self.old_definition is None:
            raise IrreversibleOperationError(
                self.visit_name, target=self.trigger_name, remedy="pass old_definition=, which keeps it"
            )
        if self.definition is None:
            return replace(self, body=self.old_definition, old_definition=self.body)
        return replace(self, definition=self.old_definition, old_definition=self.definition)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str, str | None, str | None]:
        """Return ``("modify_trigger", schema, table, name, old_definition, definition or body)``."""
        return (
            "modify_trigger",
            self.schema,
            self.table_name,
            self.trigger_name,
            self.old_definition,
            self.source,
        )


@dataclass(eq=False)
class DropTriggerOp(MigrateOperation):
    """Drop a trigger.

    Attributes:
        trigger_name: Its name.
        table_name: The table or view that it watches.
        schema: The table's schema.
        if_exists: Whether its absence is no error.
        cascade: Whether what depends on it is dropped too.
    """

    visit_name: ClassVar[str] = "drop_trigger"

    trigger_name: str
    table_name: str
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool | None = field(default=None, kw_only=True)
    cascade: bool | None = field(default=None, kw_only=True)
    _reverse: CreateTriggerOp | None = field(default=None, kw_only=True, repr=False)

    @classmethod
    def from_create(cls, create: CreateTriggerOp) -> DropTriggerOp:
        """Return the operation that drops what another one creates, and knows how to create it again."""
        return cls(create.trigger_name, create.table_name, schema=create.schema, _reverse=create)

    @property
    def original(self) -> CreateTriggerOp | None:
        """The operation that made what is dropped, where known."""
        return self._reverse

    def reverse(self) -> CreateTriggerOp:
        """Return the operation that creates it again.

        Raises:
            IrreversibleOperationError: Only its name is known.
        """
        if self._reverse is None:
            raise IrreversibleOperationError(
                self.visit_name,
                target=self.trigger_name,
                remedy="make the operation with DropTriggerOp.from_create(), which keeps it",
            )
        return replace(
            self._reverse,
            trigger_name=self.trigger_name,
            table_name=self.table_name,
            schema=self.schema,
        )

    def to_diff_tuple(self) -> tuple[str, str | None, str, str, str | None]:
        """Return ``("remove_trigger", schema, table, name, definition or body)``."""
        source = None if self._reverse is None else self._reverse.source
        return ("remove_trigger", self.schema, self.table_name, self.trigger_name, source)
