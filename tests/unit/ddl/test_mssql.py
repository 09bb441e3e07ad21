from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, column, table

from async_migrate.errors import InvalidArgumentError
from async_migrate.ops import (
    AddColumnOp,
    AlterColumnOp,
    BulkInsertOp,
    CreateIndexOp,
    CreateTableCommentOp,
    CreateTableOp,
    DropColumnOp,
    RenameTableOp,
)


def test_foreign_key_and_check_of_a_new_column_are_kept(sql: Any) -> None:
    operation = AddColumnOp(
        "t",
        Column("p_id", Integer, ForeignKey("p.id", name="fk"), CheckConstraint("p_id > 0", name="ck")),
        inline_references=True,
    )

    assert sql("mssql", operation) == [
        "ALTER TABLE t ADD p_id INTEGER NULL CONSTRAINT fk REFERENCES p (id) CONSTRAINT ck CHECK (p_id > 0)"
    ]


@pytest.mark.parametrize(
    ("existing", "comment", "procedure"),
    [
        (None, "new", "sp_addextendedproperty 'MS_Description', N'new',"),
        ("old", "new", "sp_updateextendedproperty 'MS_Description', N'new',"),
        ("old", None, "sp_dropextendedproperty 'MS_Description',"),
    ],
)
def test_comment_is_added_updated_or_dropped(
    sql: Any, existing: str | None, comment: str | None, procedure: str
) -> None:
    operation = AlterColumnOp("t", "a", existing_comment=existing, modify_comment=comment, schema="crm")

    assert sql("mssql", operation) == [
        f"exec {procedure} 'schema', crm, 'table', t, 'column', a",
    ]


def test_comment_in_the_schema_the_dialect_knows(ddl: Any) -> None:
    made = ddl("mssql")
    made.dialect.default_schema_name = "dbo"
    [action] = made.actions(CreateTableCommentOp("t", "it's"))

    assert str(action.clause.compile(dialect=made.dialect)) == (
        "exec sp_addextendedproperty 'MS_Description', N'it''s', 'schema', dbo, 'table', t"
    )


def test_names_in_dynamic_sql_are_literals_and_quoted(sql: Any) -> None:
    drop, _ = sql("mssql", DropColumnOp("it's", "a'b", mssql_drop_default=True))

    assert "OBJECT_ID(N'[it''s]')" in drop
    assert "= N'a''b'" in drop
    assert "N'ALTER TABLE [it''s] DROP CONSTRAINT ' + QUOTENAME(k.name)" in drop


def test_names_in_rename_are_literals(sql: Any) -> None:
    assert sql("mssql", RenameTableOp("it's", "new")) == ["EXEC sp_rename '[it''s]', new"]


@pytest.mark.parametrize(
    ("operation", "statement"),
    [
        (
            AddColumnOp("t", Column("a", Integer), if_not_exists=True, schema="crm"),
            "IF COL_LENGTH(N'crm.t', N'a') IS NULL ALTER TABLE crm.t ADD a INTEGER NULL",
        ),
        (
            CreateTableOp("t", [Column("a", Integer)], if_not_exists=True, schema="crm"),
            "IF OBJECT_ID(N'crm.t') IS NULL CREATE TABLE crm.t ( a INTEGER NULL )",
        ),
        (
            CreateIndexOp("ix", "t", ["a"], if_not_exists=True),
            (
                "IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N't') AND name = N'ix') "
                "CREATE INDEX ix ON t (a)"
            ),
        ),
    ],
    ids=["add_column", "create_table", "create_index"],
)
def test_conditions_it_has_no_words_for(sql: Any, operation: Any, statement: str) -> None:
    assert sql("mssql", operation) == [statement]


def test_type_without_nullability_warns(sql: Any) -> None:
    with pytest.warns(UserWarning, match=r"t\.a") as caught:
        sql("mssql", AlterColumnOp("t", "a", modify_type=String(5)))

    assert str(caught[0].message) == (
        "alter_column() gives t.a a new type and does not say whether it is nullable; SQL Server then makes it "
        "nullable. Pass existing_nullable= or nullable=."
    )


def test_nullability_without_type(sql: Any) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        sql("mssql", AlterColumnOp("t", "a", modify_nullable=False))

    assert str(caught.value) == (
        "alter_column() cannot take existing_type=None: it accepts the type of t.a on SQL Server, where a column's "
        "nullability is changed together with its type."
    )


def test_no_rows_no_statements(sql: Any) -> None:
    assert sql("mssql", BulkInsertOp(table("t", column("a")), [])) == []


def test_identity_insert_asks_for_the_columns_that_are_given(sql: Any) -> None:
    on, _, off = sql("mssql", BulkInsertOp(table("t", column("a", Integer), schema="crm"), [{"a": 1}]))

    assert on == (
        "IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE object_id = OBJECT_ID(N'crm.t') AND name IN (N'a')) "
        "SET IDENTITY_INSERT crm.t ON"
    )
    assert off == on.replace(" ON", " OFF")
