"""Every directive on a real MariaDB, up and down again, and what its DDL that commits by itself means for a run.

Expected definitions are worded as ``SHOW CREATE TABLE`` words them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from async_migrate import Direction, Migrator, StepFinished, StepStarted, migrate_to_head
from async_migrate.errors import RevisionFailedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncEngine

VERSION_TABLE = "async_migrate_version"

TABLES = (
    "CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY)",
    """CREATE TABLE t (
        id INT AUTO_INCREMENT PRIMARY KEY,
        name VARCHAR(20) NOT NULL DEFAULT 'x' COMMENT 'who',
        n INT CHECK (n > 0),
        at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        flags BIT(3) DEFAULT b'101',
        data JSON,
        twice INT AS (n * 2) STORED COMMENT 'doubled',
        secret INT INVISIBLE DEFAULT 7,
        p_id INT
    )""",
    "INSERT INTO p VALUES (1)",
    "INSERT INTO t (id, name, n, data, p_id) VALUES (1, 'a', 5, '{}', 1), (2, 'b', NULL, NULL, 1)",
)
COLUMNS = {
    "id": "`id` int(11) NOT NULL AUTO_INCREMENT",
    "name": "`name` varchar(20) NOT NULL DEFAULT 'x' COMMENT 'who'",
    "n": "`n` int(11) DEFAULT NULL CHECK (`n` > 0)",
    "at": "`at` datetime NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp()",
    "flags": "`flags` bit(3) DEFAULT b'101'",
    "data": "`data` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`data`))",
    "twice": "`twice` int(11) GENERATED ALWAYS AS (`n` * 2) STORED COMMENT 'doubled'",
    "secret": "`secret` int(11) INVISIBLE DEFAULT 7",
    "p_id": "`p_id` int(11) DEFAULT NULL",
}
KEY = "PRIMARY KEY (`id`)"
UNCOUNTED = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci"
OPTIONS = UNCOUNTED.replace("InnoDB", "InnoDB AUTO_INCREMENT=3")


@pytest.fixture
def engine(mariadb_engine: AsyncEngine) -> AsyncEngine:
    return mariadb_engine


@pytest.fixture
async def tables(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for statement in TABLES:
            await connection.execute(text(statement))


async def definition(engine: AsyncEngine, table: str = "t") -> list[str]:
    """Return the lines of a table's definition, its options last."""
    async with engine.connect() as connection:
        shown = (await connection.exec_driver_sql(f"SHOW CREATE TABLE {table}")).one()[1]
    _, *lines = shown.splitlines()
    return [line.strip().lstrip(") ").rstrip(",") for line in lines]


async def test_the_tables_of_this_module_are_worded_as_they_say(engine: AsyncEngine, tables: None) -> None:
    assert await definition(engine) == [*COLUMNS.values(), KEY, OPTIONS]


# --- changes of a table -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A change of ``t``, the way back, and the lines of its definition that go and come."""

    up: str
    down: str
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()
    back: tuple[str, ...] | None = None
    """Where the way back does not lead to the very beginning, what comes instead of what is gone."""


def altered(name: str, become: str, up: str, down: str, *, back: str | None = None) -> Change:
    """Return a change of one column by ``op.alter_column``, whose arguments are given."""
    new_name = become.split("`")[1]
    return Change(
        f'op.alter_column("t", "{name}", {up})',
        f'op.alter_column("t", "{new_name}", {down})',
        gone=(COLUMNS[name],),
        come=(become,),
        back=None if back is None else (back,),
    )


COLUMN_CHANGES = {
    "add a column": Change(
        'op.add_column("t", sa.Column("x", sa.String(5), nullable=False, server_default="a", comment="it\'s 5 %"))',
        'op.drop_column("t", "x")',
        come=("`x` varchar(5) NOT NULL DEFAULT 'a' COMMENT 'it''s 5 %'",),
    ),
    "add a column with all that hangs on it": Change(
        """
        op.add_column("t", sa.Column("x", sa.Integer, sa.CheckConstraint("x > 1"), index=True, unique=True))
        op.add_column("t", sa.Column("y", sa.Integer, sa.ForeignKey("p.id", name="to_p"), unique=True, comment="p"))
        """,
        """
        op.drop_constraint("to_p", "t", "foreignkey")
        op.drop_column("t", "y")
        op.drop_column("t", "x")
        """,
        come=(
            "`x` int(11) DEFAULT NULL CHECK (`x` > 1)",
            "UNIQUE KEY `ix_t_x` (`x`)",
            "`y` int(11) DEFAULT NULL COMMENT 'p'",
            "UNIQUE KEY `y` (`y`)",
            "CONSTRAINT `to_p` FOREIGN KEY (`y`) REFERENCES `p` (`id`)",
        ),
    ),
    "add a column with inline_references": Change(
        """
        op.add_column("t", sa.Column("y", sa.Integer, sa.ForeignKey("p.id", name="to_p")), inline_references=True)
        """,
        """
        op.drop_constraint("to_p", "t", type_="foreignkey")
        op.drop_index("to_p", "t")
        op.drop_column("t", "y")
        """,
        come=(
            "`y` int(11) DEFAULT NULL",
            "KEY `to_p` (`y`)",
            "CONSTRAINT `to_p` FOREIGN KEY (`y`) REFERENCES `p` (`id`)",
        ),
    ),
    "add a column only if it is not there": Change(
        """
        for _ in range(2):
            op.add_column("t", sa.Column("x", sa.Integer, index=True), if_not_exists=True)
        """,
        """
        for _ in range(2):
            op.drop_column("t", "x", if_exists=True)
        """,
        come=("`x` int(11) DEFAULT NULL", "KEY `ix_t_x` (`x`)"),
    ),
    "add generated columns": Change(
        """
        op.add_column("t", sa.Column("x", sa.Integer, sa.Computed("n + 1", persisted=True)))
        op.add_column("t", sa.Column("y", sa.Integer, sa.Computed("n + 2", persisted=False)))
        """,
        'op.drop_column("t", "x")\nop.drop_column("t", "y")',
        come=(
            "`x` int(11) GENERATED ALWAYS AS (`n` + 1) STORED",
            "`y` int(11) GENERATED ALWAYS AS (`n` + 2) VIRTUAL",
        ),
    ),
    "rename": altered(
        "name",
        "`title` varchar(20) NOT NULL DEFAULT 'x' COMMENT 'who'",
        'new_column_name="title"',
        'new_column_name="name"',
    ),
    "rename to a name that needs quotes": altered(
        "name",
        "`the select` varchar(20) NOT NULL DEFAULT 'x' COMMENT 'who'",
        'new_column_name="the select", existing_type=sa.String(20)',
        'new_column_name="name", existing_type=sa.String(20)',
    ),
    "rename what a CHECK and another column are about": Change(
        'op.alter_column("t", "n", new_column_name="m")',
        'op.alter_column("t", "m", new_column_name="n")',
        gone=(COLUMNS["n"], COLUMNS["twice"]),
        come=(
            "`m` int(11) DEFAULT NULL CHECK (`m` > 0)",
            "`twice` int(11) GENERATED ALWAYS AS (`m` * 2) STORED COMMENT 'doubled'",
        ),
    ),
    "rename what is JSON": altered(
        "data",
        "`doc` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`doc`))",
        'new_column_name="doc"',
        'new_column_name="data"',
    ),
    "rename what is generated": altered(
        "twice",
        "`double` int(11) GENERATED ALWAYS AS (`n` * 2) STORED COMMENT 'doubled'",
        'new_column_name="double"',
        'new_column_name="twice"',
    ),
    "rename what counts up": Change(
        'op.alter_column("t", "id", new_column_name="number")',
        'op.alter_column("t", "number", new_column_name="id")',
        gone=(COLUMNS["id"], KEY),
        come=("`number` int(11) NOT NULL AUTO_INCREMENT", "PRIMARY KEY (`number`)"),
    ),
    "type": altered(
        "name",
        "`name` varchar(99) NOT NULL DEFAULT 'x' COMMENT 'who'",
        "type_=sa.String(99)",
        "type_=sa.String(20), existing_type=sa.String(99)",
    ),
    "type of what counts up": altered(
        "id", "`id` bigint(20) NOT NULL AUTO_INCREMENT", "type_=sa.BigInteger", "type_=sa.Integer"
    ),
    "type of what has a CHECK": altered(
        "n", "`n` bigint(20) DEFAULT NULL CHECK (`n` > 0)", "type_=sa.BigInteger()", "type_=sa.Integer()"
    ),
    "type of bits": altered(
        "flags",
        "`flags` bit(9) DEFAULT b'101'",
        "type_=sa.dialects.mysql.BIT(9)",
        "type_=sa.dialects.mysql.BIT(3)",
    ),
    "to JSON and back": altered(
        "p_id",
        "`p_id` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`p_id`))",
        "type_=sa.JSON",
        "type_=sa.Integer, existing_type=sa.JSON",
    ),
    "not null": altered(
        "p_id",
        "`p_id` int(11) NOT NULL",
        "nullable=False, existing_type=sa.Integer",
        "nullable=True, existing_type=sa.Integer",
    ),
    "nullable": altered(
        "name",
        "`name` varchar(20) DEFAULT 'x' COMMENT 'who'",
        "nullable=True",
        "nullable=False",
    ),
    "nullable point in time": altered(
        "at",
        "`at` datetime DEFAULT current_timestamp() ON UPDATE current_timestamp()",
        "nullable=True, existing_type=sa.DateTime",
        "nullable=False, existing_type=sa.DateTime",
    ),
    "nullable and invisible": altered(
        "secret", "`secret` int(11) NOT NULL INVISIBLE DEFAULT 7", "nullable=False", "nullable=True"
    ),
    "default": altered("p_id", "`p_id` int(11) DEFAULT 1", 'server_default="1"', "server_default=None"),
    "default of a string": altered(
        "name",
        "`name` varchar(20) NOT NULL DEFAULT 'it''s 5 % :x' COMMENT 'who'",
        'server_default="it\'s 5 % :x"',
        'server_default="x"',
    ),
    "default that is an expression": altered(
        "p_id",
        "`p_id` int(11) DEFAULT (1 + 2)",
        'server_default=sa.text("1 + 2")',
        "server_default=None",
    ),
    "default that is a call": altered(
        "name",
        "`name` varchar(20) NOT NULL DEFAULT concat('a','b') COMMENT 'who'",
        "server_default=sa.func.concat('a', 'b')",
        'server_default="x"',
    ),
    "no default": altered(
        "name",
        "`name` varchar(20) NOT NULL COMMENT 'who'",
        "server_default=None",
        "server_default=sa.text(\"'x'\")",
    ),
    "default of a point in time": altered(
        "at",
        "`at` datetime NOT NULL DEFAULT '2020-01-01 00:00:00'",
        'server_default="2020-01-01", existing_type=sa.DateTime, existing_nullable=False',
        'server_default=sa.text("now() ON UPDATE now()"), existing_type=sa.DateTime',
    ),
    "no default of a point in time": altered(
        "at",
        "`at` datetime NOT NULL",
        "server_default=None",
        'server_default=sa.text("current_timestamp ON UPDATE current_timestamp")',
    ),
    "comment": altered(
        "name",
        "`name` varchar(20) NOT NULL DEFAULT 'x' COMMENT 'it''s \\\\ 5 %'",
        'comment="it\'s \\\\ 5 %"',
        'comment="who"',
    ),
    "no comment": altered("name", "`name` varchar(20) NOT NULL DEFAULT 'x'", "comment=None", 'comment="who"'),
    "comment of what is generated": altered(
        "twice",
        "`twice` int(11) GENERATED ALWAYS AS (`n` * 2) STORED COMMENT 'n and n'",
        'comment="n and n"',
        'comment="doubled"',
    ),
    "everything at once": altered(
        "name",
        "`title` text DEFAULT 'y' COMMENT 'what'",
        'new_column_name="title", type_=sa.Text, nullable=True, server_default="y", comment="what"',
        'new_column_name="name", type_=sa.String(20), nullable=False, server_default="x", comment="who"',
    ),
    "everything is said, as Alembic wants it": altered(
        "name",
        "`name` varchar(20) DEFAULT 'x' COMMENT 'who'",
        "nullable=True, existing_type=sa.String(20), existing_server_default='x', existing_comment='who'",
        "nullable=False, existing_type=sa.String(20), existing_server_default='x', existing_comment='who'",
    ),
    "what is said counts more than what is there": altered(
        "name",
        "`name` varchar(9) DEFAULT 'z' COMMENT 'said'",
        "nullable=True, existing_type=sa.String(9), existing_server_default='z', existing_comment='said'",
        "nullable=False",
        back="`name` varchar(9) NOT NULL DEFAULT 'z' COMMENT 'said'",
    ),
    "counts no longer": Change(
        'op.alter_column("t", "id", autoincrement=False, existing_type=sa.Integer, existing_autoincrement=True)',
        'op.alter_column("t", "id", autoincrement=True, existing_type=sa.Integer)',
        gone=(COLUMNS["id"], OPTIONS),
        come=("`id` int(11) NOT NULL", UNCOUNTED),
    ),
    "several changes in a block": Change(
        """
        with op.batch_alter_table("t") as batch_op:
            batch_op.alter_column("name", nullable=True)
            batch_op.alter_column("name", new_column_name="title")
            batch_op.alter_column("title", comment="what")
            batch_op.add_column(sa.Column("x", sa.String(5), server_default="a"))
            batch_op.alter_column("x", nullable=False)
            batch_op.drop_column("p_id")
        """,
        """
        with op.batch_alter_table("t") as batch_op:
            batch_op.alter_column("title", comment="who")
            batch_op.alter_column("title", new_column_name="name", nullable=False)
            batch_op.drop_column("x")
            batch_op.add_column(sa.Column("p_id", sa.Integer))
        """,
        gone=(COLUMNS["name"], COLUMNS["p_id"]),
        come=(
            "`title` varchar(20) DEFAULT 'x' COMMENT 'what'",
            "`x` varchar(5) NOT NULL DEFAULT 'a'",
        ),
    ),
}

CONSTRAINT_CHANGES = {
    "index": Change(
        'op.create_index("ix", "t", ["n", sa.text("name DESC")])',
        'op.drop_index("ix", "t")',
        come=("KEY `ix` (`n`,`name` DESC)",),
    ),
    "index of the first characters": Change(
        'op.create_index("ix", "t", ["name"], mariadb_length={"name": 4})',
        'op.drop_index("ix", table_name="t")',
        come=("KEY `ix` (`name`(4))",),
    ),
    "unique index, only if it is not there": Change(
        """
        for _ in range(2):
            op.create_index("ix", "t", ["n"], unique=True, if_not_exists=True)
        """,
        """
        for _ in range(2):
            op.drop_index("ix", "t", if_exists=True)
        """,
        come=("UNIQUE KEY `ix` (`n`)",),
    ),
    "fulltext index": Change(
        'op.create_index("ix", "t", ["name"], mariadb_prefix="FULLTEXT")',
        'op.drop_index("ix", "t")',
        come=("FULLTEXT KEY `ix` (`name`)",),
    ),
    "unique constraint": Change(
        'op.create_unique_constraint("uq", "t", ["n", "name"])',
        'op.drop_constraint("uq", "t", "unique")',
        come=("UNIQUE KEY `uq` (`n`,`name`)",),
    ),
    "foreign key": Change(
        'op.create_foreign_key("fk", "t", "p", ["p_id"], ["id"], ondelete="CASCADE", onupdate="SET NULL")',
        'op.drop_constraint("fk", "t", "foreignkey")\nop.drop_index("fk", "t")',
        come=(
            "KEY `fk` (`p_id`)",
            "CONSTRAINT `fk` FOREIGN KEY (`p_id`) REFERENCES `p` (`id`) ON DELETE CASCADE ON UPDATE SET NULL",
        ),
    ),
    "foreign key, dropped only if it is there": Change(
        'op.create_index("ix", "t", ["p_id"])\nop.create_foreign_key("fk", "t", "p", ["p_id"], ["id"])',
        """
        for _ in range(2):
            op.drop_constraint("fk", "t", type_="foreignkey", if_exists=True)
        op.drop_index("ix", "t")
        """,
        come=("KEY `ix` (`p_id`)", "CONSTRAINT `fk` FOREIGN KEY (`p_id`) REFERENCES `p` (`id`)"),
    ),
    "the only index below a foreign key": Change(
        """
        op.create_foreign_key("fk", "t", "p", ["p_id"], ["id"])
        op.create_index("ix", "t", ["p_id", "n"])
        """,
        """
        op.drop_index("ix", "t")
        op.drop_constraint("fk", "t", "foreignkey")
        op.drop_index("fk", "t")
        """,
        come=("KEY `ix` (`p_id`,`n`)", "CONSTRAINT `fk` FOREIGN KEY (`p_id`) REFERENCES `p` (`id`)"),
    ),
    "one of two indexes below a foreign key": Change(
        """
        op.create_foreign_key("fk", "t", "p", ["p_id"], ["id"])
        op.create_index("ix", "t", ["p_id", "n"])
        op.create_index("iy", "t", ["p_id", "name"])
        """,
        """
        with op.batch_alter_table("t") as batch_op:
            batch_op.drop_index("ix")
            batch_op.drop_constraint("fk", type_="foreignkey")
            batch_op.drop_index("iy")
        """,
        come=(
            "KEY `ix` (`p_id`,`n`)",
            "KEY `iy` (`p_id`,`name`)",
            "CONSTRAINT `fk` FOREIGN KEY (`p_id`) REFERENCES `p` (`id`)",
        ),
    ),
    "check": Change(
        'op.create_check_constraint("ck", "t", sa.column("name") != sa.literal("it\'s 5 %"))',
        'op.drop_constraint("ck", "t", "check")',
        come=("CONSTRAINT `ck` CHECK (`name` <> 'it\\'s 5 %')",),
    ),
    "check, dropped only if it is there": Change(
        'op.create_check_constraint("ck", "t", "n < 100")',
        'for _ in range(2):\n    op.drop_constraint("ck", "t", "check", if_exists=True)',
        come=("CONSTRAINT `ck` CHECK (`n` < 100)",),
    ),
    "primary key": Change(
        """
        op.alter_column("t", "id", autoincrement=False)
        op.drop_constraint(None, "t", "primary")
        op.create_primary_key(None, "t", ["name", "id"])
        """,
        """
        op.drop_constraint("whatever it is called", "t", "primary")
        op.create_primary_key("whatever it is called", "t", ["id"])
        op.alter_column("t", "id", autoincrement=True)
        """,
        gone=(COLUMNS["id"], KEY, OPTIONS),
        come=("`id` int(11) NOT NULL", "PRIMARY KEY (`name`,`id`)", UNCOUNTED),
    ),
    "table comment": Change(
        'op.create_table_comment("t", "it\'s 5 %")',
        'op.drop_table_comment("t", existing_comment="it\'s 5 %")',
        gone=(OPTIONS,),
        come=(f"{OPTIONS} COMMENT='it''s 5 %'",),
    ),
    "a block of constraints": Change(
        """
        with op.batch_alter_table("t") as batch_op:
            batch_op.create_index("ix", ["n"])
            batch_op.create_unique_constraint("uq", ["name"])
            batch_op.create_check_constraint("ck", "n < 100")
            batch_op.create_foreign_key("fk", "p", ["p_id"], ["id"])
            batch_op.create_table_comment("all of it")
        """,
        """
        with op.batch_alter_table("t") as batch_op:
            batch_op.drop_table_comment()
            batch_op.drop_constraint("fk", type_="foreignkey")
            batch_op.drop_index("fk")
            batch_op.drop_constraint("ck", type_="check")
            batch_op.drop_constraint("uq", type_="unique")
            batch_op.drop_index("ix")
        """,
        gone=(OPTIONS,),
        come=(
            "KEY `ix` (`n`)",
            "UNIQUE KEY `uq` (`name`)",
            "CONSTRAINT `ck` CHECK (`n` < 100)",
            "KEY `fk` (`p_id`)",
            "CONSTRAINT `fk` FOREIGN KEY (`p_id`) REFERENCES `p` (`id`)",
            f"{OPTIONS} COMMENT='all of it'",
        ),
    ),
}
CHANGES = COLUMN_CHANGES | CONSTRAINT_CHANGES


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_a_change_and_the_way_back(
    engine: AsyncEngine, tables: None, history: Any, look: Any, change: Change
) -> None:
    history.add("a1", change.up, change.down)
    before = await definition(engine)

    await history.migrator(engine).upgrade()
    there = await definition(engine)
    assert sorted(set(before) - set(there)) == sorted(change.gone)
    assert sorted(set(there) - set(before)) == sorted(change.come)
    assert await look.rows("SELECT count(*) FROM t") == [(2,)]

    await history.migrator(engine).downgrade("base")
    back = change.gone if change.back is None else change.back
    assert sorted(await definition(engine)) == sorted([*(set(before) - set(change.gone)), *back])


# --- tables that come and go --------------------------------------------------------------------------------


async def test_tables_come_and_go(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.add(
        "a1",
        """
        op.create_table(
            "parent",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("code", sa.String(10), unique=True, comment="short"),
            sa.Column("at", sa.DateTime, server_default=sa.func.now()),
            comment="it's 5 %",
            mariadb_engine="InnoDB",
            mariadb_row_format="DYNAMIC",
        )
        for _ in range(2):
            op.create_table("child",
                sa.Column("id", sa.BigInteger, primary_key=True),
                sa.Column("p", sa.Integer, sa.ForeignKey("parent.id", name="fk_p", ondelete="CASCADE"), index=True),
                sa.Column("kind", sa.Enum("a", "b", name="kind"), nullable=False),
                sa.CheckConstraint("p > 0", name="ck_p"),
                if_not_exists=True)
        op.rename_table("child", "kid")
        """,
        """
        for _ in range(2):
            op.drop_table("kid", if_exists=True)
        op.drop_table("parent")
        """,
    )
    await history.migrator(engine).upgrade()
    assert await definition(engine, "parent") == [
        "`id` int(11) NOT NULL AUTO_INCREMENT",
        "`code` varchar(10) DEFAULT NULL COMMENT 'short'",
        "`at` datetime DEFAULT current_timestamp()",
        KEY,
        "UNIQUE KEY `code` (`code`)",
        "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=DYNAMIC COMMENT='it''s 5 %'",
    ]
    assert await definition(engine, "kid") == [
        "`id` bigint(20) NOT NULL AUTO_INCREMENT",
        "`p` int(11) DEFAULT NULL",
        "`kind` enum('a','b') NOT NULL",
        KEY,
        "KEY `ix_child_p` (`p`)",
        "CONSTRAINT `fk_p` FOREIGN KEY (`p`) REFERENCES `parent` (`id`) ON DELETE CASCADE",
        "CONSTRAINT `ck_p` CHECK (`p` > 0)",
        "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci",
    ]
    await history.migrator(engine).downgrade("base")
    assert await look.tables() == {VERSION_TABLE}


async def test_rows_and_sql(engine: AsyncEngine, tables: None, history: Any, look: Any) -> None:
    history.add(
        "a1",
        """
        p = sa.table("p", sa.column("id"))
        op.bulk_insert(p, [{"id": 2}, {"id": 3}])
        op.bulk_insert(p, [{"id": 4}, {"id": op.inline_literal(5)}], multiinsert=False)
        op.execute(p.update().where(p.c.id == 5).values(id=6))
        op.execute("UPDATE t SET name = '5 % \\\\:x;' WHERE id = 2; DELETE FROM p WHERE id = 3; -- done;")
        with op.batch_alter_table("t") as batch_op:
            batch_op.execute("UPDATE t SET n = 1 WHERE id = 2")
        """,
    )
    await history.migrator(engine).upgrade()
    assert await look.rows("SELECT id FROM p ORDER BY id") == [(1,), (2,), (4,), (6,)]
    assert await look.rows("SELECT name, n FROM t WHERE id = 2") == [("5 % :x;", 1)]


async def test_a_script_with_a_trigger_and_a_procedure(
    engine: AsyncEngine, tables: None, history: Any, look: Any
) -> None:
    history.add(
        "a1",
        '''
        op.execute("""
            DELIMITER //
            CREATE TRIGGER up BEFORE INSERT ON p FOR EACH ROW BEGIN SET NEW.id = NEW.id + 1; END//
            CREATE PROCEDURE twice() BEGIN INSERT INTO p VALUES (10); INSERT INTO p VALUES (20); END//
            DELIMITER ;
            CALL twice();
        """)
        ''',
        'op.execute("DROP PROCEDURE twice; DROP TRIGGER up")',
    )
    await history.migrator(engine).upgrade()
    assert await look.rows("SELECT id FROM p ORDER BY id") == [(1,), (11,), (21,)]
    await history.migrator(engine).downgrade("base")


# --- a table made anew --------------------------------------------------------------------------------------


async def test_a_table_made_anew_loses_nothing(
    engine: AsyncEngine, tables: None, history: Any, look: Any
) -> None:
    async with engine.begin() as connection:
        for statement in (
            "ALTER TABLE t ADD UNIQUE KEY uq (name), ADD KEY ix (n DESC, name(3)), ADD FULLTEXT KEY ft (name)",
            "ALTER TABLE t ADD CONSTRAINT ck CHECK (n < 100), COMMENT 'all'",
            "ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE SET NULL",
            "CREATE TABLE c (t_id INT, CONSTRAINT c_fk FOREIGN KEY (t_id) REFERENCES t (id))",
            "INSERT INTO c VALUES (2)",
            "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.name = concat(NEW.name, '%')",
        ):
            await connection.execute(text(statement))
    before, rows = await definition(engine), await look.rows("SELECT *, secret FROM t")
    history.add(
        "a1",
        """
        with op.batch_alter_table("t", recreate="always") as batch_op:
            batch_op.alter_column("name", type_=sa.String(99))
            batch_op.add_column(sa.Column("x", sa.Integer), insert_after="id")
        """,
        """
        with op.batch_alter_table("t", recreate="always") as batch_op:
            batch_op.alter_column("name", type_=sa.String(20))
            batch_op.drop_column("x")
        """,
    )
    await history.migrator(engine).upgrade()
    there = await definition(engine)
    assert there[1] == "`x` int(11) DEFAULT NULL"
    assert set(before) - set(there) == {COLUMNS["name"], COLUMNS["n"]}
    await history.migrator(engine).downgrade("base")

    # The CHECK of a column has become one of the table, which demands the same.
    assert set(before) ^ set(await definition(engine)) == {
        COLUMNS["n"],
        "`n` int(11) DEFAULT NULL",
        "CONSTRAINT `CONSTRAINT_1` CHECK (`n` > 0)",
    }
    assert await look.rows("SELECT *, secret FROM t") == rows
    async with engine.connect() as connection:
        await connection.execute(text("INSERT INTO t (name) VALUES ('new')"))
        assert await connection.scalar(text("SELECT name FROM t WHERE id = 3")) == "new%"
        with pytest.raises(Exception, match="foreign key constraint fails"):
            await connection.execute(text("DELETE FROM t WHERE id = 2"))


async def test_a_table_is_made_anew_after_it_could_not_be(
    engine: AsyncEngine, tables: None, history: Any, look: Any
) -> None:
    history.add(
        "a1",
        """
        with op.batch_alter_table("t", recreate="always") as batch_op:
            batch_op.alter_column("n", nullable=False)
        """,
    )
    with pytest.raises(RevisionFailedError, match="cannot be null"):
        await history.migrator(engine).upgrade()
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE t SET n = 3 WHERE n IS NULL"))
    await history.migrator(engine).upgrade()
    assert await look.tables() == {"p", "t", VERSION_TABLE}
    assert await look.rows("SELECT n FROM t ORDER BY id") == [(5,), (3,)]


# --- running ------------------------------------------------------------------------------------------------


@pytest.fixture(params=["mariadb+asyncmy", "mysql+asyncmy"])
async def any_engine(request: pytest.FixtureRequest, mariadb_url: str) -> AsyncIterator[AsyncEngine]:
    """Give an engine by either of the names that SQLAlchemy has for MariaDB."""
    engine = create_async_engine(mariadb_url.replace("mariadb+asyncmy", request.param), poolclass=NullPool)
    yield engine
    await engine.dispose()


async def test_up_down_and_up_again(any_engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users")
    history.table("b2", "posts")
    migrator = history.migrator(any_engine)
    up = await migrator.upgrade()
    assert [(one.revision, one.direction) for one in up.applied] == [
        ("a1", Direction.UPGRADE),
        ("b2", Direction.UPGRADE),
    ]
    assert await look.tables() == {"users", "posts", VERSION_TABLE}
    assert await look.version() == {"b2"}
    assert (await migrator.downgrade("base")).heads_after == frozenset()
    assert await look.tables() == {VERSION_TABLE}
    assert (await migrate_to_head(any_engine, location=history.location)).heads_after == {"b2"}
    assert (await migrate_to_head(any_engine, location=history.location)).applied == ()


async def test_a_url_is_enough(mariadb_url: str, history: Any) -> None:
    history.table("a1", "users")
    assert (await migrate_to_head(mariadb_url, location=history.location)).heads_after == {"a1"}
    assert (await Migrator(mariadb_url, location=history.location).status()).at_head


async def test_branches_and_stamps(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "a")
    history.table("b2", "b", down="a1")
    history.table("c3", "c", down="a1")
    await history.migrator(engine).upgrade("heads")
    assert await look.version() == {"b2", "c3"}
    await history.migrator(engine).downgrade("a1")
    assert await look.version() == {"a1"}
    await history.migrator(engine).stamp("heads")
    assert await look.version() == {"b2", "c3"}


async def test_the_version_table(engine: AsyncEngine, history: Any) -> None:
    history.table("a" * 200, "t")
    await history.migrator(engine).upgrade()
    assert (await definition(engine, VERSION_TABLE))[:2] == [
        "`version_num` varchar(255) NOT NULL",
        "PRIMARY KEY (`version_num`)",
    ]


async def test_a_narrow_version_table_is_widened(engine: AsyncEngine, history: Any, look: Any) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
        )
        await connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES ('a1')"))
    history.table("a1", "t")
    history.table("b" * 40, "u")
    await history.migrator(engine).upgrade()
    assert await look.version() == {"b" * 40}
    assert (await definition(engine, VERSION_TABLE))[0] == "`version_num` varchar(255) NOT NULL"


ASYNC_BODIES = {
    "async def": """async
        op.create_table("u", sa.Column("id", sa.Integer, primary_key=True))
        await asyncio.sleep(0)
        op.execute("INSERT INTO u VALUES (1)")
        await op.connection.execute(sa.text("INSERT INTO u VALUES (2)"))
        """,
    "async def with a session": """async (op)
        op.create_table("u", sa.Column("id", sa.Integer, primary_key=True))
        async with op.session() as session:
            await session.execute(sa.text("INSERT INTO u VALUES (1), (2)"))
            await session.commit()
        """,
    "async def with changes of a column": """async
        op.create_table("u", sa.Column("id", sa.Integer, primary_key=True), sa.Column("x", sa.Integer))
        op.alter_column("u", "x", new_column_name="y")
        await op.connection.execute(sa.text("INSERT INTO u VALUES (1, 1), (2, 2)"))
        """,
}


@pytest.mark.parametrize("body", ASYNC_BODIES.values(), ids=ASYNC_BODIES)
async def test_bodies_that_are_coroutines(engine: AsyncEngine, history: Any, look: Any, body: str) -> None:
    history.add("a1", body)
    await history.migrator(engine).upgrade()
    assert await look.rows("SELECT id FROM u ORDER BY id") == [(1,), (2,)]
    assert await look.version() == {"a1"}


async def test_what_a_failing_revision_did_before_stays_and_is_said(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.table("a1", "users")
    path = history.add(
        "b2",
        """
        op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
        op.execute("INSERT INTO half VALUES (1)")
        op.execute("INSERT INTO nowhere VALUES (1)")
        """,
        message="go half way",
    )
    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator(engine).upgrade()
    error = caught.value
    assert (error.revision, error.path, error.line, error.committed) == ("b2", path, 14, ("a1",))
    assert error.partly
    database = engine.url.database
    assert str(error) == (
        f"The upgrade of revision 'b2' (go half way) failed at {path} line 14. ProgrammingError: (1146, "
        f"\"Table '{database}.nowhere' doesn't exist\"). SQL: INSERT INTO nowhere VALUES (1). This database "
        "commits at every statement that creates, alters or drops something; what the revision did up to the last "
        "of them is committed, the rest is not. Committed before it in this run: 'a1'. Mend the revision so that what "
        "is committed may run again (if_not_exists=True, or a revision of its own), and run the same command again."
    )
    assert await look.tables() == {"users", "half", VERSION_TABLE}
    assert await look.rows("SELECT * FROM half") == []
    assert await look.version() == {"a1"}


async def test_one_transaction_around_all_is_not_to_be_had(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    """The tables of a revision stay, so its version row must."""
    history.table("a1", "users")
    history.add("b2", 'op.execute("INSERT INTO nowhere VALUES (1)")')
    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator(engine, single_transaction=True).upgrade()
    assert caught.value.committed == ("a1",)
    assert await look.tables() == {"users", VERSION_TABLE}
    assert await look.version() == {"a1"}


async def test_rows_of_a_failing_revision_are_taken_back(
    engine: AsyncEngine, tables: None, history: Any, look: Any
) -> None:
    history.add("a1", 'op.execute("INSERT INTO p VALUES (2)")\nraise RuntimeError("too late")')
    with pytest.raises(RevisionFailedError, match="too late"):
        await history.migrator(engine).upgrade()
    assert await look.rows("SELECT id FROM p") == [(1,)]


async def test_outside_the_transaction(engine: AsyncEngine, tables: None, history: Any, look: Any) -> None:
    history.add(
        "a1",
        """
        with op.get_context().autocommit_block():
            op.execute("INSERT INTO p VALUES (2)")
        op.execute("INSERT INTO p VALUES (3)")
        raise ValueError("at the end")
        """,
    )
    with pytest.raises(RevisionFailedError):
        await history.migrator(engine).upgrade()
    assert await look.rows("SELECT id FROM p ORDER BY id") == [(1,), (2,)]


async def test_a_cancelled_run_ends_at_once(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.table("a1", "users")
    history.add("b2", 'op.execute("SELECT sleep(30)")')
    began = asyncio.Event()

    def listen(event: StepStarted | StepFinished) -> None:
        if event.step.revision.revision == "b2":
            began.set()

    run = asyncio.create_task(history.migrator(engine, listener=listen).upgrade())
    await began.wait()
    await asyncio.sleep(0.1)
    run.cancel()
    async with asyncio.timeout(10):
        with pytest.raises(asyncio.CancelledError):
            await run
    assert await look.version() == {"a1"}


async def test_a_missing_column_is_named(engine: AsyncEngine, tables: None, history: Any) -> None:
    history.add("a1", 'op.alter_column("t", "nmae", nullable=True)')
    with pytest.raises(RevisionFailedError, match="Did you mean 'name'"):
        await history.migrator(engine).upgrade()
