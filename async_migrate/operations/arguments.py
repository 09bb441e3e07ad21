"""What a directive accepts.

A wrong parameter should be refused at the call, with the right ones named, and not when its SQL is compiled
halfway through a migration.
"""

from __future__ import annotations

import inspect
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from async_migrate.errors import DirectiveCallError, InvalidArgumentError, did_you_mean
from async_migrate.operations.containers import Recreate
from async_migrate.operations.schema_objects import DROPPABLE_CONSTRAINTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import Dialect

__all__ = [
    "DROP_COLUMN_OPTIONS",
    "EXCLUDE_OPTIONS",
    "call_error",
    "check_alteration",
    "check_column",
    "check_column_names",
    "check_constraint_type",
    "check_flags",
    "check_option_names",
    "check_options",
    "check_recreate",
    "check_reordering",
    "check_rows",
    "check_schema_items",
    "check_types",
]

DROP_COLUMN_OPTIONS: Sequence[str] = (
    "if_exists",
    "existing_type",
    "mssql_drop_check",
    "mssql_drop_default",
    "mssql_drop_foreign_key",
    "postgresql_drop_types",
)
"""The options of ``drop_column``."""

EXCLUDE_OPTIONS: Sequence[str] = ("where", "schema", "using", "ops", "deferrable", "initially")
"""The options of ``create_exclude_constraint``."""

_ALTER_COLUMN_OPTIONS = (
    "autoincrement",
    "existing_autoincrement",
    "postgresql_drop_types",
    "postgresql_using",
)

_OWN_OPTIONS: Mapping[type[SchemaItem], Sequence[str]] = {
    CheckConstraint: ("deferrable", "initially", "info"),
    ForeignKeyConstraint: ("use_alter", "link_to_name", "info", "comment"),
    Index: ("unique", "quote", "info"),
    PrimaryKeyConstraint: ("deferrable", "initially", "info"),
    Table: (
        "schema",
        "comment",
        "prefixes",
        "info",
        "listeners",
        "quote",
        "quote_schema",
        "implicit_returning",
        "extend_existing",
        "keep_existing",
    ),
    UniqueConstraint: ("deferrable", "initially", "info"),
}

_PROBES: Mapping[type[SchemaItem], Callable[..., object]] = {
    CheckConstraint: partial(CheckConstraint, ""),
    ForeignKeyConstraint: partial(ForeignKeyConstraint, [], []),
    Index: partial(Index, None),
    PrimaryKeyConstraint: PrimaryKeyConstraint,
    Table: lambda **options: Table("probe", MetaData(), **options),
    UniqueConstraint: UniqueConstraint,
}


def check_options(
    method: Callable[..., object],
    construct: type[SchemaItem],
    options: Mapping[str, Any],
    *,
    dialect: Dialect,
) -> None:
    """Check the keyword arguments that a directive passes on to a SQLAlchemy construct.

    Options of a dialect are put to SQLAlchemy itself, so that whatever a dialect accepts is accepted here.

    Args:
        method: The directive.
        construct: What the options are for.
        options: The options.
        dialect: The dialect whose own options an error names.

    Raises:
        DirectiveCallError: The construct does not take one of them.
    """
    for option in options:
        if option not in _OWN_OPTIONS[construct] and not _is_dialect_option(construct, option):
            accepted = (*_OWN_OPTIONS[construct], *_dialect_options(construct, dialect))
            raise _unknown_parameter(method, option, accepted)


def check_option_names(
    method: Callable[..., object], options: Mapping[str, Any], *, accepted: Sequence[str]
) -> None:
    """Check keyword arguments against a fixed list.

    Raises:
        DirectiveCallError: One of them is not in it.
    """
    for option in options:
        if option not in accepted:
            raise _unknown_parameter(method, option, accepted)


def check_alteration(method: Callable[..., object], values: Mapping[str, Any]) -> None:
    """Check the arguments of ``alter_column``.

    Options that begin with ``existing_`` or ``modify_`` are left to who renders or implements them.

    Raises:
        DirectiveCallError: There is no such option.
        InvalidArgumentError: A type or a flag is something else.
    """
    name = method.__name__
    check_flags(name, nullable=values["nullable"], existing_nullable=values["existing_nullable"])
    for parameter in ("type_", "existing_type"):
        _check_type(name, parameter, values[parameter])
    options = [option for option in values["kw"] if not option.startswith(("existing_", "modify_"))]
    check_option_names(method, dict.fromkeys(options), accepted=_ALTER_COLUMN_OPTIONS)
    check_types(name, postgresql_drop_types=values["kw"].get("postgresql_drop_types"))


def check_column_names(name: str, **lists: object) -> None:
    """Check that lists of columns are lists: a lone string would be taken for a list of letters.

    Raises:
        InvalidArgumentError: One is a string, or nothing that can be listed.
    """
    for parameter, value in lists.items():
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            hint = f" Write [{value!r}]." if isinstance(value, str) else ""
            raise InvalidArgumentError(name, parameter, value, accepted="a list of columns", hint=hint)


def check_column(name: str, value: object) -> None:
    """Check that a column is one.

    Raises:
        InvalidArgumentError: It is something else.
    """
    if not isinstance(value, Column):
        raise InvalidArgumentError(name, "column", value, accepted="a sqlalchemy.Column")


def check_constraint_type(name: str, value: object) -> None:
    """Check the kind of a constraint that is dropped.

    Raises:
        InvalidArgumentError: There is no such kind.
    """
    if value is not None and value not in DROPPABLE_CONSTRAINTS:
        accepted = f"{', '.join(map(repr, DROPPABLE_CONSTRAINTS))} or None"
        hint = did_you_mean(str(value), DROPPABLE_CONSTRAINTS)
        raise InvalidArgumentError(name, "type_", value, accepted=accepted, hint=hint)


def check_recreate(value: object) -> None:
    """Check when batch mode shall make a table anew.

    Raises:
        InvalidArgumentError: It is something else.
    """
    known = get_args(Recreate)
    if value not in known:
        accepted = " or ".join(map(repr, known))
        hint = did_you_mean(str(value), known)
        raise InvalidArgumentError("batch_alter_table", "recreate", value, accepted=accepted, hint=hint)


def check_reordering(value: object) -> None:
    """Check that no order of columns is asked for where a table is altered in place.

    Raises:
        InvalidArgumentError: It is.
    """
    if value:
        accepted = 'it only where the table is made anew; pass recreate="always"'
        raise InvalidArgumentError("batch_alter_table", "partial_reordering", value, accepted=accepted)


def check_flags(name: str, **flags: object) -> None:
    """Check that switches are True, False or not given.

    Raises:
        InvalidArgumentError: One is something else.
    """
    for parameter, value in flags.items():
        if value is not None and not isinstance(value, bool):
            raise InvalidArgumentError(name, parameter, value, accepted="True, False or None")


def check_rows(name: str, rows: object) -> None:
    """Check that rows are a list of mappings.

    Raises:
        InvalidArgumentError: They are something else.
    """
    if not isinstance(rows, (list, tuple)) or not all(hasattr(row, "keys") for row in rows):
        accepted = "a list of dictionaries, one for each row"
        raise InvalidArgumentError(name, "rows", rows, accepted=accepted)


def check_schema_items(name: str, values: Iterable[object]) -> None:
    """Check that everything in a table is a column, a constraint or another schema item.

    Raises:
        InvalidArgumentError: Something is not.
    """
    for value in values:
        if not isinstance(value, SchemaItem):
            accepted = "columns, constraints and indexes"
            raise InvalidArgumentError(name, "columns", value, accepted=accepted)


def check_types(name: str, **lists: object) -> None:
    """Check that lists of types are that.

    Raises:
        InvalidArgumentError: One is something else.
    """
    for parameter, value in lists.items():
        if value is None:
            continue
        if not isinstance(value, (list, tuple)) or not all(isinstance(item, TypeEngine) for item in value):
            accepted = 'a list of types such as sa.Enum(name="mood")'
            raise InvalidArgumentError(name, parameter, value, accepted=accepted)


def call_error(
    method: Callable[..., object], keywords: Mapping[str, object], error: TypeError
) -> DirectiveCallError:
    """Return the error for a call whose arguments do not fit the parameters."""
    signature = inspect.signature(method)
    takes_any = any(one.kind is one.VAR_KEYWORD for one in signature.parameters.values())
    unknown = [keyword for keyword in keywords if keyword not in signature.parameters]
    if unknown and not takes_any:
        return _unknown_parameter(method, unknown[0])
    return DirectiveCallError(method.__name__, str(error), accepted=_parameters(signature))


def _check_type(name: str, parameter: str, value: object) -> None:
    is_class = isinstance(value, type) and issubclass(value, TypeEngine)
    if value is not None and not is_class and not isinstance(value, TypeEngine):
        accepted = "a SQLAlchemy type such as String(50)"
        raise InvalidArgumentError(name, parameter, value, accepted=accepted)


def _is_dialect_option(construct: type[SchemaItem], option: str) -> bool:
    if option in inspect.signature(construct.__init__).parameters:
        return False
    try:
        _PROBES[construct](**{option: None})
    except (TypeError, ArgumentError):
        return False
    return True


def _dialect_options(construct: type[SchemaItem], dialect: Dialect) -> list[str]:
    return [
        f"{dialect.name}_{option}"
        for owner, options in dialect.construct_arguments or ()
        if issubclass(construct, owner)
        for option in options
        if option != "*"
    ]


def _unknown_parameter(
    method: Callable[..., object], name: str, options: Sequence[str] = ()
) -> DirectiveCallError:
    accepted = dict.fromkeys([*_parameters(inspect.signature(method)), *options])
    problem = f"there is no parameter {name!r}"
    return DirectiveCallError(method.__name__, problem, accepted=list(accepted), name=name)


def _parameters(signature: inspect.Signature) -> list[str]:
    return [
        parameter.name
        for parameter in signature.parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD and parameter.name != "self"
    ]
