from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    func,
    text,
)

from async_migrate.ddl import ddl_for
from async_migrate.ddl.attached import ATTACHED, Attached
from async_migrate.errors import InvalidArgumentError, NotInTableError, UnsupportedOperationError
from async_migrate.ops import (
    AddColumnOp,
    AlterColumnOp,
    BatchAlterTable,
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


# --- what is known of a table -------------------------------------------------------------------------------


def known_table() -> Table:
    table = Table(
        "t",
        MetaData(),
        Column("id", Integer, primary_key=True, autoincrement=True),
        Column("a", String(5), nullable=False, server_default="x", comment="it's"),
        Column("g", Integer, Computed("id + 1", persisted=True), comment="g"),
        Column("p", Integer),
        ForeignKeyConstraint(["p"], ["parent.id"], name="fk"),
        Index("ix", "p", "a"),
    )
    table.info[ATTACHED] = Attached(column_checks={"a": "`a` <> 'a %' and length(`a`) > 1"})
    return table


def altered(ddl: Any, *operations: Any, dialect: str = "mariadb") -> list[str]:
    generator = ddl(dialect)
    batch = BatchAlterTable("t", operations=list(operations))
    assert not generator.needs_rebuild(batch)
    assert generator.uses_definition(batch)
    actions = generator.rebuild(batch, known_table())
    return [str(action.clause.compile(dialect=generator.dialect)).strip() for action in actions]


CHECK = "CHECK (`a` <> 'a %' and length(`a`) > 1)"


@pytest.mark.parametrize(
    ("operation", "statement"),
    [
        (
            AlterColumnOp("t", "a", modify_nullable=True),
            f"ALTER TABLE t MODIFY a VARCHAR(5) NULL DEFAULT 'x' COMMENT 'it''s' {CHECK}",
        ),
        (
            AlterColumnOp("t", "a", modify_type=Integer(), modify_server_default=None, modify_comment=None),
            f"ALTER TABLE t MODIFY a INTEGER NOT NULL {CHECK}",
        ),
        (
            AlterColumnOp("t", "a", modify_comment="c", existing_nullable=True, existing_server_default=None),
            f"ALTER TABLE t MODIFY a VARCHAR(5) NULL COMMENT 'c' {CHECK}",
        ),
        (
            AlterColumnOp("t", "a", modify_name="b"),
            "ALTER TABLE t CHANGE a b VARCHAR(5) NOT NULL DEFAULT 'x' COMMENT 'it''s' "
            + CHECK.replace("`a`", "`b`"),
        ),
        (
            AlterColumnOp("t", "a", modify_server_default="y"),
            "ALTER TABLE t ALTER COLUMN a SET DEFAULT 'y'",
        ),
        (
            AlterColumnOp("t", "id", modify_type=BigInteger()),
            "ALTER TABLE t MODIFY id BIGINT NOT NULL AUTO_INCREMENT",
        ),
        (
            AlterColumnOp("t", "id", modify_type=BigInteger(), autoincrement=False),
            "ALTER TABLE t MODIFY id BIGINT NOT NULL",
        ),
        (
            AlterColumnOp("t", "g", modify_comment=None),
            "ALTER TABLE t MODIFY g INTEGER GENERATED ALWAYS AS (id + 1) STORED",
        ),
    ],
    ids=["nullable", "type", "said", "name", "default", "counts up", "counts no longer", "generated"],
)
def test_what_is_not_said_of_a_column_is_known(ddl: Any, operation: AlterColumnOp, statement: str) -> None:
    assert altered(ddl, operation) == [statement]


def test_what_an_operation_says_is_known_to_the_next(ddl: Any) -> None:
    assert altered(
        ddl,
        AlterColumnOp("t", "p", modify_type=BigInteger()),
        AlterColumnOp("t", "p", modify_name="q", modify_nullable=False),
        AlterColumnOp("t", "q", modify_comment="c"),
        AddColumnOp("t", Column("n", Integer, server_default="1", nullable=False)),
        AlterColumnOp("t", "n", modify_comment="c"),
    ) == [
        "ALTER TABLE t MODIFY p BIGINT NULL",
        "ALTER TABLE t CHANGE p q BIGINT NOT NULL",
        "ALTER TABLE t MODIFY q BIGINT NOT NULL COMMENT 'c'",
        "ALTER TABLE t ADD COLUMN n INTEGER NOT NULL DEFAULT '1'",
        "ALTER TABLE t MODIFY n INTEGER NOT NULL DEFAULT '1' COMMENT 'c'",
    ]


def test_a_column_that_is_not_there(ddl: Any) -> None:
    with pytest.raises(NotInTableError, match="Did you mean 'id'"):
        altered(ddl, AlterColumnOp("t", "idd", modify_nullable=False))


def test_a_generated_column_stays_generated(ddl: Any) -> None:
    with pytest.raises(UnsupportedOperationError, match=r"make the existing column t\.g computed"):
        altered(ddl, AlterColumnOp("t", "g", modify_server_default=None))


def test_mysql_says_of_a_generated_column_whether_it_may_be_null(ddl: Any) -> None:
    assert altered(ddl, AlterColumnOp("t", "g", modify_nullable=False), dialect="mysql") == [
        "ALTER TABLE t MODIFY g INTEGER GENERATED ALWAYS AS (id + 1) STORED NOT NULL COMMENT 'g'"
    ]


@pytest.mark.parametrize(
    ("operations", "statements"),
    [
        ([DropIndexOp("ix", "t")], ["ALTER TABLE t DROP INDEX ix, ADD INDEX fk (p)"]),
        ([DropIndexOp("fk", "t")], ["DROP INDEX fk ON t"]),
        ([DropIndexOp("other", "t")], ["DROP INDEX other ON t"]),
        (
            [CreateIndexOp("iy", "t", ["p"]), DropIndexOp("ix", "t")],
            ["CREATE INDEX iy ON t (p)", "DROP INDEX ix ON t"],
        ),
        (
            [CreateIndexOp("iy", "t", ["a", "p"]), DropIndexOp("ix", "t")],
            ["CREATE INDEX iy ON t (a, p)", "ALTER TABLE t DROP INDEX ix, ADD INDEX fk (p)"],
        ),
        (
            [DropConstraintOp("fk", "t", "foreignkey"), DropIndexOp("ix", "t")],
            ["ALTER TABLE t DROP FOREIGN KEY fk", "DROP INDEX ix ON t"],
        ),
    ],
    ids=[
        "the only one",
        "named as the key",
        "unknown",
        "one of two",
        "one that will not do",
        "key goes first",
    ],
)
def test_a_foreign_key_keeps_an_index(ddl: Any, operations: list[Any], statements: list[str]) -> None:
    assert altered(ddl, *operations) == statements


@pytest.mark.parametrize(
    ("default", "written"),
    [
        ("x", "'x'"),
        (text("5"), "5"),
        (text("-5.5"), "-5.5"),
        (text("b'1'"), "b'1'"),
        (text("(1 + 2)"), "(1 + 2)"),
        (text("1 + 2"), "(1 + 2)"),
        (text("uuid()"), "(uuid())"),
        (func.now(), "now()"),
        (text("current_timestamp(6)"), "current_timestamp(6)"),
        (text("'a' || 'b'"), "('a' || 'b')"),
        (text("(1) + (2)"), "((1) + (2))"),
        (text("(concat(')', 'a'))"), "(concat(')', 'a'))"),
    ],
)
def test_a_default_that_is_an_expression_stands_in_parentheses(sql: Any, default: Any, written: str) -> None:
    for dialect in ("mysql", "mariadb"):
        assert sql(dialect, AlterColumnOp("t", "a", modify_server_default=default)) == [
            f"ALTER TABLE t ALTER COLUMN a SET DEFAULT {written}"
        ]
