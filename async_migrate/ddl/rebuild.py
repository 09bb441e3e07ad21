"""A table made anew: for what ALTER cannot do.

The order is the one that SQLite documents ("Making Other Kinds Of Table Schema Changes",
https://www.sqlite.org/lang_altertable.html): create the new table under a temporary name, copy the rows, drop
the old table, give the new one its name, create indexes and triggers again. Dropping before renaming is what
keeps foreign keys of other tables right: they refer to a name, which no rename ever changes under them.

SQL of the author's own splits a batch: what was asked before it has happened when it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import column as sql_column
from sqlalchemy import insert, select, table
from sqlalchemy.schema import CreateTable

from async_migrate.ddl.draft import Draft
from async_migrate.ddl.elements import Verbatim
from async_migrate.ddl.statement import Statement
from async_migrate.operations.columns import AlterColumnOp
from async_migrate.operations.constraints import DropConstraintOp
from async_migrate.operations.data import ExecuteSQLOp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Insert, Table

    from async_migrate.ddl.generator import DialectDDL
    from async_migrate.ddl.statement import Action
    from async_migrate.operations.base import MigrateOperation
    from async_migrate.operations.containers import BatchAlterTable

__all__ = ["TEMPORARY_PREFIX", "Rebuild"]

TEMPORARY_PREFIX = "_async_migrate_"
"""What the name of the new table begins with until it takes the old one's."""


class Rebuild:
    """The changes of one batch on one table.

    Args:
        ddl: The generator of the database.
        batch: The changes.
        table_: The table as it is.
    """

    def __init__(self, ddl: DialectDDL, batch: BatchAlterTable, table_: Table) -> None:
        self._ddl = ddl
        self._batch = batch
        self._draft = Draft(ddl, table_, batch)
        self._names_before = self._draft.constraints_before
        self._pending: list[MigrateOperation] = []
        self._always = batch.recreate == "always"
        self._native = not self._always

    def actions(self) -> Iterator[Action]:
        """Yield what carries out the batch."""
        for operation in self._batch.operations:
            if isinstance(operation, ExecuteSQLOp):
                yield from self._flush()
                yield from self._ddl.actions(operation)
            else:
                yield from self._take(operation)
        yield from self._flush(last=True)

    def _take(self, operation: MigrateOperation) -> Iterator[Action]:
        if self._draft.collides(operation):
            yield from self._flush()
        decided = self._draft.decided(operation)
        if decided is not None:
            self._native = self._native and self._ddl.is_native(decided, self._draft)
            self._draft.apply(decided)
            self._pending.append(decided)

    def _flush(self, *, last: bool = False) -> Iterator[Action]:
        """Yield what carries out the operations so far."""
        if last:
            self._draft.check_order()
        if not self._pending and not (last and self._always and not self._batch.operations):
            return
        if self._native:
            for operation in self._pending:
                yield from self._ddl.actions(operation)
        else:
            yield from self._make_anew()
        self._draft.settle()
        self._names_before = tuple(self._draft.all_constraints())
        self._pending = []
        self._native = not self._always

    def _make_anew(self) -> Iterator[Action]:
        draft = self._draft
        temporary = self._temporary_name()
        yield from self._ddl.before_rebuild(draft, temporary)
        for type_ in draft.new_types:
            yield from self._ddl.ensure_types(type_)
        yield from self._free_names()
        yield Statement(CreateTable(draft.build(temporary)))
        if draft.sources:
            yield from self._ddl.copy_rows(draft, temporary, self._copy(temporary))
        yield from self._ddl.drop_old(draft)
        yield from self._ddl.take_name(draft, temporary)
        yield from self._ddl.comments_of(draft.build(draft.name))
        for sql in [*draft.indexes.values(), *draft.triggers.values()]:
            yield Statement(Verbatim(sql))
        yield from self._ddl.after_rebuild(draft)
        for old, new in draft.renames.items():
            yield from self._ddl.actions(self._rename(old, new))
        for index in draft.new_indexes:
            yield from self._ddl.actions(index)

    def _temporary_name(self) -> str:
        name = TEMPORARY_PREFIX + self._draft.name
        return name[: self._ddl.dialect.max_identifier_length]

    def _copy(self, temporary: str) -> Insert:
        draft = self._draft
        sources = {name: draft.sources[name] for name in draft.order() if name in draft.sources}
        hidden = self._ddl.hidden_column(draft)
        if hidden is not None and draft.hidden_source is not None:
            sources = {hidden: draft.hidden_source, **sources}
        target = table(temporary, *map(sql_column, sources), schema=draft.schema)
        return insert(target).from_select(list(sources), select(*sources.values()), include_defaults=False)

    def _free_names(self) -> Iterator[Action]:
        kept = self._draft.constraint_names()
        for part in self._names_before:
            if part.name in kept and self._ddl.frees_name(part):
                drop = DropConstraintOp(part.name, self._draft.name, part.kind, schema=self._draft.schema)
                yield from self._ddl.actions(drop)

    def _rename(self, old: str, new: str) -> AlterColumnOp:
        column = self._draft.columns[old]
        return AlterColumnOp(
            self._draft.name,
            old,
            schema=self._draft.schema,
            modify_name=new,
            existing_type=column.type,
            existing_nullable=column.nullable,
            existing_comment=column.comment,
            existing_server_default=column.server_default,
        )
