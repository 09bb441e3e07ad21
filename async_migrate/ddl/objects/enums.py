"""Enum types of PostgreSQL.

Two things have no statement of their own. A value cannot be removed from an enum, so the type is made anew and every
column that uses it is given the new one. And a type that a table brought along must go with the last table that
uses it, and not before. Both go by what the catalogue says when they run, also in a script; so they are blocks of
PL/pgSQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import DOMAIN, ENUM, CreateEnumType
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement

from async_migrate.ddl.elements import literal, table_name
from async_migrate.ddl.objects.base import DropObject, ObjectDDL, dollar_quoted
from async_migrate.ddl.schema_items import types_within
from async_migrate.ddl.statement import EnsureType, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from sqlalchemy.sql.compiler import DDLCompiler
    from sqlalchemy.types import TypeEngine

    from async_migrate.ddl.statement import Action
    from async_migrate.operations.enums import (
        AddEnumValueOp,
        CreateEnumOp,
        DropEnumOp,
        DropEnumValueOp,
        RenameEnumOp,
        RenameEnumValueOp,
    )

__all__ = ["AlterEnum", "DropEnumValue", "DropUnusedType", "Enums"]


class Enums(ObjectDDL):
    """What operations on enums become, where enums are types with a name."""

    def create_enum(self, operation: CreateEnumOp) -> Iterator[Action]:
        """Create an enum."""
        enum = ENUM(*operation.values, name=operation.enum_name, schema=operation.schema)
        if operation.if_not_exists:
            yield EnsureType(enum)
        else:
            yield Statement(CreateEnumType(enum), makes_type=(operation.schema, operation.enum_name))

    def drop_enum(self, operation: DropEnumOp) -> Iterator[Action]:
        """Drop an enum."""
        drop = DropObject("type", operation.enum_name, schema=operation.schema, if_exists=operation.if_exists)
        yield Statement(drop, drops_type=(operation.schema, operation.enum_name))

    def rename_enum(self, operation: RenameEnumOp) -> Iterator[Action]:
        """Rename an enum."""
        yield Statement(
            AlterEnum(operation),
            makes_type=(operation.schema, operation.new_enum_name),
            drops_type=(operation.schema, operation.enum_name),
        )

    def add_enum_value(self, operation: AddEnumValueOp) -> Iterator[Action]:
        """Add a value, which is committed at once: the transaction that adds it may not use it."""
        yield Statement(AlterEnum(operation), autocommit=True)

    def rename_enum_value(self, operation: RenameEnumValueOp) -> Iterator[Action]:
        """Rename a value."""
        yield Statement(AlterEnum(operation))

    def drop_enum_value(self, operation: DropEnumValueOp) -> Iterator[Action]:
        """Remove a value that no row holds, by making the type anew."""
        yield Statement(DropEnumValue(operation))

    def drop_unused_types(self, types: Iterable[TypeEngine[Any]]) -> Iterator[Action]:
        """Drop the enums and domains among some types that nothing uses; those that others see to stay."""
        seen = set()
        for type_ in types:
            for part in types_within(type_, self.dialect):
                if isinstance(part, (ENUM, DOMAIN)) and part.create_type and part.name:
                    if (part.schema, part.name) not in seen:
                        yield Statement(DropUnusedType(part), drops_type=(part.schema, str(part.name)))
                    seen.add((part.schema, part.name))


class AlterEnum(ExecutableDDLElement):
    """``ALTER TYPE …``: a new name, another value, or a new name for a value.

    Attributes:
        change: What is to be changed.
    """

    inherit_cache = False

    def __init__(self, change: AddEnumValueOp | RenameEnumOp | RenameEnumValueOp) -> None:
        self.change = change


class DropEnumValue(ExecutableDDLElement):
    """A block that makes an enum anew without one of its values.

    Attributes:
        removal: What is to be removed.
    """

    inherit_cache = False

    def __init__(self, removal: DropEnumValueOp) -> None:
        self.removal = removal


class DropUnusedType(ExecutableDDLElement):
    """A block that drops a type unless something uses it.

    Attributes:
        type: The type.
    """

    inherit_cache = False

    def __init__(self, type_: ENUM | DOMAIN) -> None:
        self.type = type_


@compiles(AlterEnum)
def _alter_enum(element: AlterEnum, compiler: DDLCompiler, **_: object) -> str:
    change = element.change
    name = table_name(compiler, change.enum_name, schema=change.schema)
    return f"ALTER TYPE {name} {_CHANGES[change.visit_name](change, compiler)}"


def _renamed(change: RenameEnumOp, compiler: DDLCompiler) -> str:
    return f"RENAME TO {table_name(compiler, change.new_enum_name)}"


def _value_added(change: AddEnumValueOp, compiler: DDLCompiler) -> str:
    guard = "IF NOT EXISTS " if change.if_not_exists else ""
    place = ""
    if change.before is not None:
        place = f" BEFORE {literal(compiler, change.before)}"
    elif change.after is not None:
        place = f" AFTER {literal(compiler, change.after)}"
    return f"ADD VALUE {guard}{literal(compiler, change.value)}{place}"


def _value_renamed(change: RenameEnumValueOp, compiler: DDLCompiler) -> str:
    old, new = (literal(compiler, value) for value in (change.old_value, change.new_value))
    return f"RENAME VALUE {old} TO {new}"


_CHANGES: dict[str, Any] = {
    "add_enum_value": _value_added,
    "rename_enum": _renamed,
    "rename_enum_value": _value_renamed,
}


@compiles(DropUnusedType)
def _drop_unused_type(element: DropUnusedType, compiler: DDLCompiler, **_: object) -> str:
    name = table_name(compiler, str(element.type.name), schema=element.type.schema)
    block = f"""\
BEGIN
    IF EXISTS (
        SELECT FROM pg_type AS t
        WHERE t.oid = to_regtype({literal(compiler, name)})
        AND NOT EXISTS (
            -- What uses it, or arrays of it; that the array type itself does, is internal ('i').
            SELECT FROM pg_depend AS d
            WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray) AND d.deptype <> 'i'
        )
        AND NOT EXISTS (
            -- What it belongs to: an extension ('e').
            SELECT FROM pg_depend AS d
            WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e'
        )
    ) THEN
        DROP TYPE {name};
    END IF;
END"""  # noqa: S608  quoted
    return f"DO {dollar_quoted(block)}"


@compiles(DropEnumValue)
def _drop_enum_value(element: DropEnumValue, compiler: DDLCompiler, **_: object) -> str:
    removal = element.removal
    name = table_name(compiler, removal.enum_name, schema=removal.schema)
    block = f"""\
DECLARE
    enum_name CONSTANT text := {literal(compiler, name)};
    dropped CONSTANT text := {literal(compiler, removal.value)};
    used record;
    is_held boolean;
    change text;
    changes text[] := '{{}}';
    remaining text;
BEGIN
    PERFORM {literal(compiler, removal.value)}::{name};
    FOR used IN
        SELECT a.attrelid::regclass::text AS tab, quote_ident(a.attname) AS col, a.atttypid = t.typarray AS is_array,
            pg_get_expr(d.adbin, d.adrelid) AS default_value,
            {_is_listed(removal, compiler)} AS is_listed
        FROM pg_type AS t
        JOIN pg_attribute AS a ON a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped AND a.attinhcount = 0
        JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f')
        LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE t.oid = enum_name::regtype
        ORDER BY tab, col
    LOOP
        IF NOT used.is_listed THEN
            RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist',
                MESSAGE = used.tab || '.' || used.col || ' uses the enum ' || enum_name || ' and is not in columns=',
                HINT = 'List every column that uses it.';
        END IF;
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || used.tab || ' WHERE ' || quote_literal(dropped)
            || CASE WHEN used.is_array THEN ' = ANY (' || used.col || ')' ELSE ' = ' || used.col END || ')'
            INTO is_held;
        IF is_held THEN
            RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist',
                MESSAGE = 'rows of ' || used.tab || '.' || used.col || ' hold the value ' || quote_literal(dropped),
                HINT = 'Give them another value before this one is dropped.';
        END IF;
        changes := changes || (
            'ALTER TABLE ' || used.tab || ' ALTER COLUMN ' || used.col || ' DROP DEFAULT, ALTER COLUMN ' || used.col
            || ' TYPE ' || enum_name || CASE WHEN used.is_array THEN '[]' ELSE '' END
            || ' USING ' || used.col || '::text::' || enum_name || CASE WHEN used.is_array THEN '[]' ELSE '' END
            || coalesce(', ALTER COLUMN ' || used.col || ' SET DEFAULT ' || used.default_value, '')
        );
    END LOOP;
    SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) INTO remaining
    FROM pg_enum AS e WHERE e.enumtypid = enum_name::regtype AND e.enumlabel <> dropped;
    ALTER TYPE {name} RENAME TO {_set_aside(removal, compiler)};
    EXECUTE 'CREATE TYPE ' || enum_name || ' AS ENUM (' || coalesce(remaining, '') || ')';
    FOREACH change IN ARRAY changes LOOP
        EXECUTE change;
    END LOOP;
    DROP TYPE {_set_aside(removal, compiler, schema=removal.schema)};
END"""  # noqa: S608  quoted
    return f"DO {dollar_quoted(block)}"


def _is_listed(removal: DropEnumValueOp, compiler: DDLCompiler) -> str:
    """Return the condition that a column is one of those that the author has listed."""
    listed = []
    for table, column, *schema in removal.columns:
        qualified = table_name(compiler, table, schema=schema[0] if schema else removal.schema)
        listed.append(f"({literal(compiler, qualified)}::regclass, {literal(compiler, column)})")
    return f"(a.attrelid, a.attname) IN ({', '.join(listed)})" if listed else "false"


def _set_aside(removal: DropEnumValueOp, compiler: DDLCompiler, *, schema: str | None = None) -> str:
    # PostgreSQL cuts names at 63 bytes, which must not make the two names one.
    return table_name(compiler, f"{removal.enum_name[:50]}__old", schema=schema)
