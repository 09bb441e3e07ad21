"""Names for constraints that have none, so that what a migration does can be undone.

``ForeignKey("parent.id")`` and ``unique=True`` leave the name to the database, but ``drop_constraint`` needs one. A
constraint that an existing table gets is therefore given the name that PostgreSQL would choose, and an unnamed one
that is dropped (SQLite keeps them) is called by the same convention, which the batch block then applies to the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.sql.elements import conv

from async_migrate.operations.base import OpContainer
from async_migrate.operations.constraints import AddConstraintOp, CreateCheckConstraintOp, DropConstraintOp
from async_migrate.operations.containers import ModifyTableOps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Dialect

__all__ = ["CONVENTION", "name_constraints"]

CONVENTION: Mapping[str, str] = {
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}
"""PostgreSQL's own names for unnamed constraints, as a naming convention of SQLAlchemy's."""


@dataclass(frozen=True, slots=True)
class _ByConvention:
    naming_convention: Mapping[str, str] | None = None


def name_constraints(operations: OpContainer, dialect: Dialect) -> None:
    """Give the constraints that operations add to or drop from existing tables a name, in place.

    A comparison leaves names as the models have them; this is for those who write a migration from it.

    Args:
        operations: What a comparison returned.
        dialect: The database's, which limits the length of names.
    """
    for operation in operations.ops:
        if isinstance(operation, ModifyTableOps):
            _name_in(operation, dialect)
        elif isinstance(operation, OpContainer):
            name_constraints(operation, dialect)


def _name_in(table: ModifyTableOps, dialect: Dialect) -> None:
    checks = 0
    for operation in table.ops:
        if isinstance(operation, CreateCheckConstraintOp) and operation.constraint_name is None:
            operation.constraint_name = conv(f"{table.table_name}_check{checks or ''}")
            checks += 1
        elif isinstance(operation, AddConstraintOp) and operation.constraint_name is None:
            operation.constraint_name = _name_for(operation, dialect)
        elif (
            isinstance(operation, DropConstraintOp)
            and operation.constraint_name is None
            and operation.original
        ):
            operation.constraint_name = _name_for(operation.original, dialect)
            table.naming_convention = CONVENTION


def _name_for(operation: AddConstraintOp, dialect: Dialect) -> str | None:
    constraint = operation.to_constraint(_ByConvention(CONVENTION))
    if not isinstance(constraint.name, str):
        return None
    # The parameter is SQLAlchemy's own for a caller like this one: the name as it is, without quotes.
    name = dialect.identifier_preparer.format_constraint(constraint, _alembic_quote=False)
    return None if name is None else conv(name)
