from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import URL, Column, ForeignKey, Integer, String

from async_migrate.ddl import ddl_for
from async_migrate.errors import InvalidArgumentError, UnsupportedOperationError
from async_migrate.ops import (
    AddColumnOp,
    AlterColumnOp,
    CreateIndexOp,
    CreateTableOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
)

GUARDED = {
    "add_column": (
        AddColumnOp("t", Column("a", Integer), if_not_exists=True),
        "add the column t.a only if it does not exist",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS a INTEGER",
    ),
    "drop_column": (
        DropColumnOp("t", "a", if_exists=True),
        "drop the column t.a only if it exists",
        "ALTER TABLE t DROP COLUMN IF EXISTS a",
    ),
    "create_index": (
        CreateIndexOp("ix", "t", ["a"], if_not_exists=True),
        "create the index 'ix' only if it does not exist",
        "CREATE INDEX IF NOT EXISTS ix ON t (a)",
    ),
    "drop_index": (
        DropIndexOp("ix", "t", if_exists=True),
        "drop the index 'ix' only if it exists",
        "DROP INDEX IF EXISTS ix ON t",
    ),
    "drop_constraint": (
        DropConstraintOp("fk", "t", "foreignkey", if_exists=True),
        "drop the constraint 'fk' only if it exists",
        "ALTER TABLE t DROP FOREIGN KEY IF EXISTS fk",
    ),
}


@pytest.mark.parametrize("directive", GUARDED)
def test_conditions_mysql_does_not_have(ddl: Any, directive: str) -> None:
    operation, deed, _ = GUARDED[directive]

    with pytest.raises(UnsupportedOperationError) as caught:
        ddl("mysql").actions(operation)

    assert str(caught.value) == (
        f"{directive}() is not possible on MySQL: it cannot {deed}. MariaDB can. Look first, with "
        "sqlalchemy.inspect(op.get_bind()), and leave the condition out. Nothing was executed."
    )


@pytest.mark.parametrize("directive", GUARDED)
def test_conditions_mariadb_has(sql: Any, directive: str) -> None:
    operation, _, statement = GUARDED[directive]

    assert sql("mariadb", operation) == [statement]


@pytest.mark.parametrize(("kind", "words"), [("unique", "INDEX"), ("check", "CONSTRAINT")])
def test_each_kind_of_constraint_has_its_own_drop_on_mariadb(sql: Any, kind: str, words: str) -> None:
    assert sql("mariadb", DropConstraintOp("c", "t", kind, if_exists=True)) == [
        f"ALTER TABLE t DROP {words} IF EXISTS c"
    ]


def test_mariadb_behind_a_mysql_url() -> None:
    dialect = URL.create("mysql").get_dialect()(paramstyle="named", is_mariadb=True)
    [action] = ddl_for(dialect).actions(GUARDED["drop_column"][0])

    assert ddl_for(dialect).title == "MariaDB"
    assert str(action.clause.compile(dialect=dialect)) == "ALTER TABLE t DROP COLUMN IF EXISTS a"


@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
def test_primary_key_only_if_it_exists(ddl: Any, dialect: str) -> None:
    with pytest.raises(UnsupportedOperationError, match="drop the primary key only if it exists"):
        ddl(dialect).actions(DropConstraintOp("pk", "t", "primary", if_exists=True))


def test_primary_key_needs_no_name(sql: Any) -> None:
    assert sql("mysql", DropConstraintOp(None, "t", "primary")) == ["ALTER TABLE t DROP PRIMARY KEY"]


def test_kind_of_constraint_missing(ddl: Any) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        ddl("mysql").actions(DropConstraintOp("c", "t"))

    assert str(caught.value) == (
        "drop_constraint() cannot take type_=None: it accepts 'check', 'foreignkey', 'primary' or 'unique' on MySQL, "
        "which drops each in its own way."
    )


def test_type_missing(ddl: Any) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        ddl("mariadb").actions(AlterColumnOp("t", "a", modify_nullable=False))

    assert str(caught.value) == (
        "alter_column() cannot take existing_type=None: it accepts the type of t.a on MariaDB, where a column is "
        "changed by stating all of it."
    )


def test_table_of_an_index_missing(ddl: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="it accepts the table of the index on MySQL"):
        ddl("mysql").actions(DropIndexOp("ix"))


def test_foreign_key_is_never_part_of_a_definition(sql: Any) -> None:
    column = Column("p_id", Integer, ForeignKey("p.id"))

    assert sql("mysql", AddColumnOp("t", column, inline_references=True)) == [
        "ALTER TABLE t ADD COLUMN p_id INTEGER",
        "ALTER TABLE t ADD FOREIGN KEY(p_id) REFERENCES p (id)",
    ]


def test_table_that_may_exist_still_gets_its_index(sql: Any) -> None:
    operation = CreateTableOp("t", [Column("a", String(5), index=True)], if_not_exists=True)

    assert sql("mysql", operation)[1] == "CREATE INDEX ix_t_a ON t (a)"
    assert sql("mariadb", operation)[1] == "CREATE INDEX IF NOT EXISTS ix_t_a ON t (a)"
