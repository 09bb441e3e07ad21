"""Names for what a migration adds or drops without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.elements import conv

from async_migrate.diff.naming import CONVENTION, name_constraints
from async_migrate.operations.constraints import (
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
)
from async_migrate.operations.containers import ModifyTableOps, UpgradeOps

if TYPE_CHECKING:
    from async_migrate.operations.base import MigrateOperation

DIALECT = postgresql.dialect()


def named(*operations: MigrateOperation) -> tuple[list[str | None], ModifyTableOps]:
    table = ModifyTableOps("t", operations)
    name_constraints(UpgradeOps([table]), DIALECT)
    return [each.constraint_name for each in table.ops], table  # type: ignore[attr-defined]


def convention(table: ModifyTableOps) -> object:
    return getattr(table, "naming_convention", None)


# The names that PostgreSQL 15 gives to the same constraints when they are created without one.
@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (CreateUniqueConstraintOp(None, "t", ["a"]), "t_a_key"),
        (CreateUniqueConstraintOp(None, "t", ["a", "b"]), "t_a_b_key"),
        (CreateForeignKeyOp(None, "t", "p", ["a"], ["id"]), "t_a_fkey"),
        (CreateForeignKeyOp(None, "t", "p", ["a", "b"], ["x", "y"]), "t_a_b_fkey"),
        (CreatePrimaryKeyOp(None, "t", ["a", "b"]), "t_pkey"),
        (CreateCheckConstraintOp(None, "t", "a > 0"), "t_check"),
        (CreateUniqueConstraintOp("mine", "t", ["a"]), "mine"),
    ],
)
def test_names_of_what_is_added(operation: MigrateOperation, name: str) -> None:
    names, table = named(operation)
    assert names == [name]
    assert name == "mine" or isinstance(names[0], conv), "no naming convention may change it again"
    assert convention(table) is None


def test_several_checks_get_several_names() -> None:
    names, _ = named(CreateCheckConstraintOp(None, "t", "a > 0"), CreateCheckConstraintOp(None, "t", "a > 1"))
    assert names == ["t_check", "t_check1"]


def test_a_name_fits() -> None:
    names, _ = named(CreateUniqueConstraintOp(None, "t" * 40, ["a" * 40]))
    assert len(names[0] or "") <= 63


def test_what_is_added_can_be_dropped_again() -> None:
    operations = UpgradeOps([ModifyTableOps("t", [CreateUniqueConstraintOp(None, "t", ["a"])])])
    name_constraints(operations, DIALECT)
    (table,) = operations.reverse().ops
    assert isinstance(table, ModifyTableOps)
    (drop,) = table.ops
    assert isinstance(drop, DropConstraintOp)
    assert drop.constraint_name == "t_a_key"


def test_what_is_dropped_is_named_by_the_convention_that_the_batch_block_states() -> None:
    original = CreateForeignKeyOp(None, "t", "p", ["a"], ["id"])
    names, table = named(DropConstraintOp(None, "t", "foreignkey", _reverse=original))
    assert names == ["t_a_fkey"]
    assert convention(table) == CONVENTION


def test_a_drop_that_says_nothing_stays_as_it_is() -> None:
    names, table = named(DropConstraintOp(None, "t", "unique"))
    assert names == [None]
    assert convention(table) is None
