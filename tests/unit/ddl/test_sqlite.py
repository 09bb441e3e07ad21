from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Integer,
    String,
    func,
    text,
)

from async_migrate.errors import NotCompilableError, UnsupportedOperationError
from async_migrate.ops import (
    AddColumnOp,
    AlterColumnOp,
    BatchAlterTable,
    CreateCheckConstraintOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateTableCommentOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
)

ALTERNATIVE = (
    "Use op.batch_alter_table('t'), which makes the table anew; when SQL is only written down, give it copy_from= with "
    "the table as it is. Nothing was executed."
)

REFUSED = {
    "type": (
        AlterColumnOp("t", "a", modify_type=String()),
        "alter_column() is not possible on SQLite: it cannot change anything but the name of the existing column t.a.",
    ),
    "nullable": (
        AlterColumnOp("t", "a", modify_nullable=True),
        "alter_column() is not possible on SQLite: it cannot change anything but the name of the existing column t.a.",
    ),
    "default": (
        AlterColumnOp("t", "a", modify_server_default=None),
        "alter_column() is not possible on SQLite: it cannot change anything but the name of the existing column t.a.",
    ),
    "unique": (
        CreateUniqueConstraintOp("uq", "t", ["a"]),
        (
            "create_unique_constraint() is not possible on SQLite: "
            "it cannot create a constraint of the existing table 't'."
        ),
    ),
    "primary_key": (
        CreatePrimaryKeyOp("pk", "t", ["a"]),
        "create_primary_key() is not possible on SQLite: it cannot create a constraint of the existing table 't'.",
    ),
    "foreign_key": (
        CreateForeignKeyOp("fk", "t", "p", ["a"], ["id"]),
        "create_foreign_key() is not possible on SQLite: it cannot create a constraint of the existing table 't'.",
    ),
    "check": (
        CreateCheckConstraintOp("ck", "t", "a > 0"),
        "create_check_constraint() is not possible on SQLite: it cannot create a constraint of the existing table 't'.",
    ),
    "drop_constraint": (
        DropConstraintOp("uq", "t", "unique"),
        "drop_constraint() is not possible on SQLite: it cannot drop a constraint of the existing table 't'.",
    ),
    "add_unique_column": (
        AddColumnOp("t", Column("b", Integer, unique=True)),
        "add_column() is not possible on SQLite: it cannot add the column t.b with a UNIQUE constraint.",
    ),
    "add_primary_key": (
        AddColumnOp("t", Column("b", Integer, primary_key=True)),
        "add_column() is not possible on SQLite: it cannot add the column t.b as a primary key.",
    ),
    "add_stored": (
        AddColumnOp("t", Column("b", Integer, Computed("a * 2", persisted=True))),
        "add_column() is not possible on SQLite: it cannot add the stored computed column t.b.",
    ),
    "add_if_not_exists": (
        AddColumnOp("t", Column("b", Integer), if_not_exists=True),
        "add_column() is not possible on SQLite: it cannot add the column t.b only if it does not exist.",
    ),
    "drop_if_exists": (
        DropColumnOp("t", "b", if_exists=True),
        "drop_column() is not possible on SQLite: it cannot drop a column only if it exists.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_outside_a_batch(ddl: Any, case: str) -> None:
    operation, words = REFUSED[case]

    with pytest.raises(UnsupportedOperationError) as caught:
        ddl("sqlite").actions(operation)

    assert str(caught.value) == f"{words} {ALTERNATIVE}"


ADDED = {
    "plain": (Column("b", Integer), "b INTEGER"),
    "not_null": (Column("b", Integer, nullable=False, server_default="0"), "b INTEGER DEFAULT '0' NOT NULL"),
    "constant": (Column("b", Integer, server_default=text("-5")), "b INTEGER DEFAULT (-5)"),
    "virtual": (Column("b", Integer, Computed("a * 2")), "b INTEGER GENERATED ALWAYS AS (a * 2)"),
    "foreign_key": (
        Column("b", Integer, ForeignKey("p.id", name="fk", ondelete="CASCADE")),
        "b INTEGER CONSTRAINT fk REFERENCES p (id) ON DELETE CASCADE",
    ),
    "unnamed_foreign_key": (Column("b", Integer, ForeignKey("p.id")), "b INTEGER REFERENCES p (id)"),
    "type_check": (
        Column("b", Boolean(create_constraint=True, name="ck")),
        "b BOOLEAN CONSTRAINT ck CHECK (b IN (0, 1))",
    ),
    "check": (Column("b", Integer, CheckConstraint("b > 0")), "b INTEGER CHECK (b > 0)"),
}


@pytest.mark.parametrize("case", ADDED)
def test_column_added_by_alter(sql: Any, ddl: Any, database: Any, case: str) -> None:
    column, definition = ADDED[case]
    operation = AddColumnOp("t", column)

    assert not ddl("sqlite").needs_rebuild(BatchAlterTable("t", operations=[operation]))
    assert sql("sqlite", operation) == [f"ALTER TABLE t ADD COLUMN {definition}"]
    # SQLite itself agrees, with a row in the table.
    made = database(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)", "CREATE TABLE t (a INT)", "INSERT INTO t VALUES (1)"
    )
    made.connection.execute(sql("sqlite", operation)[0])


@pytest.mark.parametrize(
    "column",
    [
        Column("b", DateTime, server_default=func.current_timestamp()),
        Column("b", Integer, server_default=text("(1 + 1)")),
        Column("b", Integer, ForeignKey("p.id"), server_default="1"),
        Column("b", Integer, unique=True),
        Column("b", Integer, primary_key=True),
        Column("b", Integer, Computed("a", persisted=True)),
    ],
    ids=["now", "expression", "foreign_key_with_default", "unique", "primary_key", "stored"],
)
def test_column_added_by_rebuild(ddl: Any, column: Column[Any]) -> None:
    assert ddl("sqlite").needs_rebuild(BatchAlterTable("t", operations=[AddColumnOp("t", column)]))


@pytest.mark.parametrize(
    ("operation", "needed"),
    [
        (AlterColumnOp("t", "a", modify_name="b"), False),
        (AlterColumnOp("t", "a", modify_comment="c"), False),
        (AlterColumnOp("t", "a", modify_name="b", modify_nullable=False), True),
        (AlterColumnOp("t", "a", insert_before="b"), True),
        (AddColumnOp("t", Column("b", Integer), insert_after="a"), True),
        (DropColumnOp("t", "a"), True),
        (CreateIndexOp("ix", "t", ["a"]), False),
        (DropIndexOp("ix", "t"), False),
        (CreateTableCommentOp("t", "c"), False),
        (DropConstraintOp("uq", "t"), True),
    ],
    ids=[
        "rename",
        "comment",
        "rename_and_more",
        "move",
        "insert",
        "drop_column",
        "create_index",
        "drop_index",
        "table_comment",
        "drop_constraint",
    ],
)
def test_what_needs_the_definition_of_the_table(ddl: Any, operation: Any, needed: bool) -> None:
    assert ddl("sqlite").needs_rebuild(BatchAlterTable("t", operations=[operation])) is needed


def test_comments_are_left_out_as_in_create_table(sql: Any) -> None:
    assert sql("sqlite", CreateTableCommentOp("t", "c")) == []
    assert sql("sqlite", AlterColumnOp("t", "a", modify_comment="c")) == []


def test_drop_column_needs_sqlite_3_35(ddl: Any, database: Any) -> None:
    from sqlalchemy import MetaData, Table

    made = database("CREATE TABLE t (a INT, b INT)")
    made.ddl.dialect.server_version_info = (3, 34, 1)
    table = Table("t", MetaData(), Column("a", Integer), Column("b", Integer))

    statements = made.rebuild(BatchAlterTable("t", operations=[DropColumnOp("t", "b")]), table)

    assert statements[1].startswith("CREATE TABLE")


ELSEWHERE = (
    "create_foreign_key() is not possible on SQLite: it cannot refer to {target} from a table of {schema!r}, which is "
    "another database. Keep both tables in one file, or leave the foreign key out on SQLite. Nothing was executed."
)


def test_foreign_key_to_another_database_is_refused_by_a_rebuild(database: Any) -> None:
    from sqlalchemy import MetaData, Table

    table = Table("t", MetaData(), Column("a", Integer), schema="main")
    key = CreateForeignKeyOp("fk", "t", "p", ["a"], ["id"], source_schema="main", referent_schema="aux")

    with pytest.raises(UnsupportedOperationError) as caught:
        database("CREATE TABLE t (a INT)").rebuild(BatchAlterTable("t", "main", operations=[key]), table)

    assert str(caught.value) == ELSEWHERE.format(target="aux.p", schema="main")


def test_foreign_key_of_a_new_column_to_another_database_is_refused(sql: Any) -> None:
    column = Column("a", Integer, ForeignKey("p.id"))

    with pytest.raises(UnsupportedOperationError) as caught:
        sql("sqlite", AddColumnOp("t", column, schema="aux"))

    assert str(caught.value) == ELSEWHERE.format(target="main.p", schema="aux")


@pytest.mark.parametrize("deferrable", [True, False])
def test_deferrable_unique_is_refused_by_a_rebuild(database: Any, deferrable: bool) -> None:
    from sqlalchemy import MetaData, Table

    table = Table("t", MetaData(), Column("a", Integer), Column("b", Integer))
    unique = CreateUniqueConstraintOp("uq", "t", ["a", "b"], deferrable=deferrable)

    with pytest.raises(UnsupportedOperationError) as caught:
        database("CREATE TABLE t (a INT, b INT)").rebuild(BatchAlterTable("t", operations=[unique]), table)

    assert str(caught.value) == (
        "create_unique_constraint() is not possible on SQLite: it cannot defer the check of UNIQUE (a, b). Leave "
        "deferrable and initially out on SQLite. Nothing was executed."
    )


def test_exclude_is_refused_by_a_rebuild(database: Any) -> None:
    from sqlalchemy import MetaData, Table

    table = Table("t", MetaData(), Column("a", Integer))
    exclude = CreateExcludeConstraintOp("ex", "t", [("a", "=")])

    with pytest.raises(NotCompilableError) as caught:
        database("CREATE TABLE t (a INT)").rebuild(BatchAlterTable("t", operations=[exclude]), table)

    assert str(caught.value) == (
        "batch_alter_table() cannot be written as SQL of SQLite: it has no ExcludeConstraint. Change the arguments, "
        "or run this only on databases that have it. Nothing was executed."
    )
