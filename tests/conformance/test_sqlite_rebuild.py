"""Tables made anew on SQLite lose nothing: every case is compared with a file that was created as it should be.

What a rebuild must keep is written as the SQL of a file with gaps. Filled in one way it is the file before the
revision, filled in the other way the file that the revision should make of it, rows included.
"""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from differential.online.sqlite_facts import Facts, differences, facts_of
from differential.online.sqlite_text import spelled
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from async_migrate.errors import (
    DependentBrokenError,
    ForeignKeysBrokenError,
    ForeignKeysEnforcedError,
    RevisionFailedError,
    RowsDoNotFitError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

VERSION_TABLE = "async_migrate_version"


@dataclass
class File:
    """An SQLite file and the history that it is migrated by.

    Attributes:
        path: The file.
        history: The revisions.
        enforced: Whether connections enforce foreign keys, as an application would have it.
        attached: Files that connections attach, by schema.
    """

    path: Path
    history: Any
    enforced: bool = False
    attached: dict[str, Path] = field(default_factory=dict)

    def execute(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query).fetchall()

    def engine(self) -> AsyncEngine:
        engine = create_async_engine(f"sqlite+aiosqlite:///{self.path}")
        event.listen(engine.sync_engine, "connect", self._prepare)
        return engine

    def _prepare(self, driver: Any, record: Any) -> None:
        cursor = driver.cursor()
        if self.enforced:
            cursor.execute("PRAGMA foreign_keys = ON")
        for schema, path in self.attached.items():
            cursor.execute(f"ATTACH '{path}' AS {schema}")
        cursor.close()

    async def migrate(self, body: str) -> None:
        """Run one more revision."""
        self.history.add(f"r{len(self.history.paths)}", body)
        engine = self.engine()
        try:
            await self.history.migrator(engine).upgrade()
        finally:
            await engine.dispose()

    async def refused(self, body: str) -> Exception:
        """Run one more revision, which fails, and return why."""
        with pytest.raises(RevisionFailedError) as caught:
            await self.migrate(body)
        cause = caught.value.__cause__
        assert isinstance(cause, Exception)
        return cause

    def facts(self) -> Facts:
        found = facts_of(self.path)
        for name in [name for name in found if VERSION_TABLE in name]:
            del found[name]
        return found

    def dump(self) -> list[str]:
        """Return everything as SQL, the definitions as SQLite has them to the letter."""
        with closing(sqlite3.connect(self.path)) as connection:
            return list(connection.iterdump())


@pytest.fixture
def file(tmp_path: Path, history: Any) -> File:
    return File(tmp_path / "app.db", history)


@pytest.fixture
def wanted(tmp_path: Path, history: Any) -> File:
    """Give a second file, to be created as the first should become."""
    return File(tmp_path / "wanted.db", history)


def filled(setup: Sequence[str], **gaps: str) -> list[str]:
    """Return SQL with its gaps, written ``«name»``, filled."""
    for name, words in gaps.items():
        setup = [statement.replace(f"«{name}»", words) for statement in setup]
    return list(setup)


# --- one thing to keep at a time ----------------------------------------------------------------------------

KEEPS: dict[str, Sequence[str]] = {
    "rows that have no key": (
        "CREATE TABLE t (a, «x»)",
        "INSERT INTO t (rowid, a, x) VALUES (3, 'x', 1), (9, x'00', 2), (-5, 1.5, 3)",
    ),
    "integer primary key": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, «x»)",
        "INSERT INTO t VALUES (7, 1), (-3, 2), (9223372036854775807, 3)",
    ),
    "integer primary key that says it is not null": (
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, «x»)",
        "INSERT INTO t VALUES (7, 1)",
    ),
    "primary key of a type that is not the rowid": (
        "CREATE TABLE t (id INT PRIMARY KEY, big BIGINT UNIQUE, «x»)",
        "INSERT INTO t VALUES (NULL, NULL, 1), (NULL, NULL, 2), (1, 1, 3)",
    ),
    "named primary key": (
        "CREATE TABLE t (id INTEGER, «x», CONSTRAINT pk_t PRIMARY KEY (id))",
        "INSERT INTO t VALUES (7, 1)",
    ),
    "composite primary key with nulls": (
        "CREATE TABLE t (a TEXT, b INT, «x», PRIMARY KEY (b, a))",
        "INSERT INTO t VALUES (NULL, 1, 1), (NULL, 1, 2)",
    ),
    "key that is sorted and collated": (
        (
            "CREATE TABLE t (a TEXT, b TEXT, «x», PRIMARY KEY (a COLLATE NOCASE DESC, b), "
            "CONSTRAINT u UNIQUE (x DESC, b COLLATE RTRIM), UNIQUE (x COLLATE BINARY))"
        ),
        "INSERT INTO t VALUES ('a', 'B', 1), ('b', 'B', 2)",
    ),
    "what happens on conflict": (
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, a TEXT NOT NULL ON CONFLICT IGNORE "
            "UNIQUE ON CONFLICT FAIL, «x», CONSTRAINT u UNIQUE (a, x) ON CONFLICT ROLLBACK)"
        ),
        "INSERT INTO t VALUES (1, 'a', 1)",
    ),
    "autoincrement": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, «x»)",
        "INSERT INTO t (x) VALUES (1), (2), (3)",
        "DELETE FROM t WHERE id > 1",
    ),
    "autoincrement of an empty table": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, «x»)",
        "INSERT INTO t (id, x) VALUES (500, 1)",
        "DELETE FROM t",
    ),
    "autoincrement that has not begun": ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, «x»)",),
    "without rowid": (
        "CREATE TABLE t (a TEXT, b TEXT COLLATE NOCASE, «x», PRIMARY KEY (b DESC, a)) WITHOUT ROWID",
        "INSERT INTO t VALUES ('k', 'b', 1), ('k', 'a', 2)",
    ),
    "strict": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a ANY, r REAL, b BLOB, n INT, s TEXT, «x») STRICT",
        "INSERT INTO t VALUES (1, '1', 2, x'00', 3, 't', 1), (2, 1, 2.5, NULL, 4, '', 2)",
    ),
    "strict without rowid": (
        "CREATE TABLE t (a TEXT PRIMARY KEY, «x») WITHOUT ROWID, STRICT",
        "INSERT INTO t VALUES ('k', 1)",
    ),
    "defaults": (
        (
            "CREATE TABLE t (a INT DEFAULT -1, b TEXT DEFAULT 'it''s 100%s :x', c DEFAULT (1 + 2), "
            "d DEFAULT CURRENT_TIMESTAMP, e BLOB DEFAULT x'00ff', f DEFAULT TRUE, g DEFAULT NULL, "
            "h TEXT DEFAULT \"in double quotes\", i DEFAULT (strftime('%Y:%m', 'now')), j DEFAULT +5, "
            "k REAL DEFAULT 1.5e3, l DEFAULT ('{\"a\": [1, 2]}'), m TEXT DEFAULT '', n DEFAULT bare, "
            "o INT DEFAULT (CASE WHEN 1 THEN ')' ELSE '(' END), «x»)"
        ),
        "INSERT INTO t (a, d, x) VALUES (1, 'then', 1)",
    ),
    "generated columns": (
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT GENERATED ALWAYS AS (a * 2) STORED, "
            "c TEXT AS ('x:y%s' || a) VIRTUAL NOT NULL UNIQUE, d AS (a + b), e INT AS (a) CHECK (e > 0), "
            "f TEXT COLLATE NOCASE AS (lower(c)) STORED, «x», g INT AS (x + 1))"
        ),
        "INSERT INTO t (id, a, x) VALUES (1, 2, 3)",
        "CREATE INDEX ix ON t (b, d DESC)",
    ),
    "declared types": (
        (
            'CREATE TABLE t (a, b "weird type", c VARCHAR(10,2), d DECIMAL(10), e UNSIGNED BIG INT, '
            "f DOUBLE PRECISION, g NATIVE CHARACTER(70), h BOOLEAN, i DATETIME, j JSON, k NUMERIC(10,5), "
            "l VARYING CHARACTER (255), m INT(11), n timestamp with time zone, o BLOB(5), p FLOAT, "
            "q CHAR(3) COLLATE rtrim, r DATE, s tinyint, «x»)"
        ),
        (
            "INSERT INTO t VALUES ('1', 1, '1.50', '1', '9007199254740993', '1', '1', '1', '2020', '{}', '1.50', '1', "
            "'1', 'x', x'01', '1', 'a  ', '2020', '7', 1)"
        ),
    ),
    "values that are not of the declared type": (
        "CREATE TABLE t (a TEXT, b NUMERIC, c INTEGER, d REAL, e BLOB, f, «x»)",
        (
            "INSERT INTO t VALUES (1, '1e5', '12abc', 'x', '1', 1, 1), (1.5, 'x', x'31', 0.1, 1, '1', 2), "
            "(x'00', x'01', x'02', x'03', 1.5, 1.5, 3)"
        ),
    ),
    "collations": (
        "CREATE TABLE t (a TEXT COLLATE NOCASE, b VARCHAR(5) COLLATE RTRIM, c INT COLLATE BINARY, «x»)",
        "INSERT INTO t VALUES ('A', 'b ', 1, 1)",
    ),
    "checks": (
        (
            "CREATE TABLE t (a INT CHECK (a > 0) CONSTRAINT small CHECK (a < 100), b INT, «x», CHECK (a <> b), "
            "CONSTRAINT kinds CHECK (b IN (1, 2, 'x:y%s') OR b LIKE '%)%'), CHECK (typeof(a) = 'integer'))"
        ),
        "INSERT INTO t VALUES (1, 2, 1)",
    ),
    "unique constraints": (
        "CREATE TABLE t (a INT UNIQUE, b INT, «x», UNIQUE (b), CONSTRAINT one UNIQUE (a, b), UNIQUE (b, a))",
        "INSERT INTO t VALUES (1, 2, 1), (NULL, NULL, 2)",
    ),
    "indexes": (
        "CREATE TABLE t (a TEXT, b INT, c TEXT COLLATE NOCASE, «x»)",
        "CREATE INDEX sorted ON t (a DESC, b)",
        "CREATE UNIQUE INDEX partial ON t (lower(a), b COLLATE BINARY) WHERE b > 0 AND a <> ':x%s'",
        "CREATE INDEX collated ON t (c COLLATE RTRIM DESC, x)",
        "CREATE INDEX expression ON t (a || ':y' || '%s', abs(x))",
        "INSERT INTO t VALUES ('a', 1, 'c', 1)",
    ),
    "foreign keys": (
        "CREATE TABLE p (id INTEGER PRIMARY KEY, a INT, b INT, UNIQUE (a, b))",
        "INSERT INTO p VALUES (1, 2, 3)",
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, p1 INT REFERENCES p (id) ON DELETE CASCADE ON UPDATE SET DEFAULT, "
            "p2 INT CONSTRAINT named REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED, a INT, b INT, "
            "p3 INT REFERENCES p (id) MATCH FULL ON DELETE RESTRICT NOT DEFERRABLE INITIALLY IMMEDIATE, «x», "
            "p4 INT NOT NULL DEFAULT 1 REFERENCES p (id) ON DELETE SET DEFAULT, "
            "CONSTRAINT pair FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE SET NULL DEFERRABLE)"
        ),
        "INSERT INTO t VALUES (1, 1, 1, 2, 3, 1, 5, 1)",
    ),
    "references to itself": (
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY, boss INT REFERENCES t (id) ON DELETE CASCADE, «x», "
            "other INT, CONSTRAINT fk_other FOREIGN KEY (other) REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)"
        ),
        "INSERT INTO t VALUES (1, NULL, 1, 3), (2, 1, 2, 1), (3, 2, 3, 2)",
    ),
    "triggers": (
        "CREATE TABLE log (x)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, «x»)",
        (
            "CREATE TRIGGER on_it AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.x || ';'); "
            "UPDATE t SET x = x + 1 WHERE id = new.id; END"
        ),
        "CREATE TRIGGER on_another BEFORE DELETE ON log WHEN old.x = ':q' BEGIN DELETE FROM t WHERE id = 5; END",
        "CREATE TRIGGER of_a_column AFTER UPDATE OF x ON t FOR EACH ROW BEGIN SELECT old.x, new.x; END",
        "INSERT INTO log VALUES ('only')",
        "INSERT INTO t VALUES (1, 1)",
    ),
    "views": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, «x»)",
        "CREATE VIEW plain AS SELECT x, id FROM t",
        "CREATE VIEW everything AS SELECT * FROM t",
        "CREATE VIEW on_a_view (a, b) AS SELECT plain.x, count(*) FROM plain JOIN t ON 1 GROUP BY plain.x",
        "CREATE TRIGGER instead INSTEAD OF INSERT ON plain BEGIN INSERT INTO t (x) VALUES (new.x); END",
        "INSERT INTO t VALUES (1, 1)",
    ),
    "names that must be quoted": (
        (
            'CREATE TABLE t ("order" INT, "Group" TEXT, "a b" INT, "select" INT PRIMARY KEY, "quo""te" INT, '
            '[br ack] INT, `tick` INT, "per%scent" INT, "co:lon" INT, "d.ot" INT, "ünï" INT, "(" INT, «x», '
            'CHECK ("order" > 0 AND "a b" <> 1 AND "per%scent" > 0 AND "co:lon" > 0 AND "(" > 0), '
            'CONSTRAINT "a b" UNIQUE ("Group", "a b"), CONSTRAINT "CK" CHECK (x > 0))'
        ),
        "INSERT INTO t VALUES (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)",
        'CREATE INDEX "ix t" ON "t" ("order" DESC, "quo""te") WHERE "a b" > 0',
        'CREATE INDEX "i%s:x" ON t ("per%scent")',
    ),
    "another spelling of the name": (
        "CREATE TABLE t (Id INTEGER PRIMARY KEY, «x»)",
        "CREATE INDEX ix ON T (X, ID)",
        "CREATE TABLE child (t_id INT REFERENCES T (ID))",
        "CREATE VIEW v AS SELECT ID, X FROM T",
        "CREATE TRIGGER tr AFTER INSERT ON T BEGIN SELECT NEW.X; END",
        "INSERT INTO t VALUES (1, 1)",
        "INSERT INTO child VALUES (1)",
    ),
    "comments": (
        "CREATE TABLE t ( -- the table, no (\n a INT, /* b INT, */ «x» -- the last one\n)",
        "INSERT INTO t VALUES (1, 2)",
    ),
    "other tables": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, «x»)",
        "CREATE TABLE other (id INTEGER PRIMARY KEY AUTOINCREMENT, t_id INT REFERENCES t ON DELETE CASCADE)",
        "INSERT INTO t VALUES (1, 1)",
        "INSERT INTO other (t_id) VALUES (1), (1), (NULL)",
        "DELETE FROM other WHERE id = 3",
        "CREATE INDEX ix_other ON other (t_id DESC)",
    ),
}

WAYS = {
    "always": (
        """
        with op.batch_alter_table("t", recreate="always"):
            pass
        """,
        "x INT",
    ),
    "batch": (
        """
        with op.batch_alter_table("t") as batch:
            batch.alter_column("x", nullable=False)
        """,
        "x INT NOT NULL",
    ),
    "plain": ('op.alter_column("t", "x", nullable=False)', "x INT NOT NULL"),
    "twice": (
        """
        op.alter_column("t", "x", nullable=False)
        op.alter_column("t", "x", server_default="5")
        """,
        "x INT DEFAULT '5' NOT NULL",
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", KEEPS)
async def test_only_what_was_asked_for_changes(file: File, wanted: File, case: str, way: str) -> None:
    body, after = WAYS[way]
    file.execute(*filled(KEEPS[case], x="x INT"))
    wanted.execute(*filled(KEEPS[case], x=after))

    await file.migrate(body)

    assert differences(wanted.facts(), file.facts()) == {}


@pytest.mark.parametrize(
    "name", ["Users", "order", "a b", 'quo"te', "per%scent", "co:lon", "d.ot", "ünï", "1st", "it's"]
)
async def test_tables_of_any_name(file: File, wanted: File, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    setup = [
        f"CREATE TABLE {quoted} (id INTEGER PRIMARY KEY AUTOINCREMENT, «x», up INT REFERENCES {quoted} (id))",
        f"CREATE INDEX ix ON {quoted} (x DESC)",
        f"CREATE VIEW v AS SELECT * FROM {quoted}",
        f"CREATE TRIGGER tr AFTER UPDATE ON {quoted} BEGIN DELETE FROM {quoted} WHERE id = 9; END",
        f"CREATE TABLE child (up INT REFERENCES {quoted} (id) ON DELETE CASCADE)",
        f"INSERT INTO {quoted} (x, up) VALUES (1, NULL), (2, 1)",
        "INSERT INTO child VALUES (1), (2)",
    ]
    file.execute(*filled(setup, x="x INT"))
    wanted.execute(*filled(setup, x="x INT NOT NULL"))

    await file.migrate(f"op.alter_column({name!r}, 'x', nullable=False)")

    assert differences(wanted.facts(), file.facts()) == {}


# --- every kind of change, with everything there is to keep -------------------------------------------------

EVERYTHING = (
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, code TEXT UNIQUE)",
    "INSERT INTO parent VALUES (1, 'one'), (2, 'two')",
    "CREATE TABLE log (entry TEXT)",
    (
        "CREATE TABLE account (id INTEGER PRIMARY KEY AUTOINCREMENT, «name», «age», "
        "parent_id INT REFERENCES parent (id), email TEXT COLLATE NOCASE DEFAULT ('a' || '@b'), "
        "twice INT AS (id * 2) STORED«last», CHECK (id > 0), CONSTRAINT uq_email UNIQUE (email)«tail»)"
    ),
    "CREATE TABLE contact (id INTEGER PRIMARY KEY, account_id INT REFERENCES account (id) ON DELETE CASCADE)",
    "CREATE TABLE note (id INTEGER PRIMARY KEY, account_id INT REFERENCES account (id) ON DELETE SET NULL)",
    "CREATE TABLE bill (id INTEGER PRIMARY KEY, account_id INT REFERENCES account (id) ON DELETE RESTRICT)",
    "CREATE INDEX ix_email ON account (email COLLATE BINARY DESC) WHERE email IS NOT NULL",
    "CREATE UNIQUE INDEX ix_lower ON account (lower(email), parent_id)",
    "CREATE TRIGGER noted AFTER INSERT ON account BEGIN INSERT INTO log VALUES (new.email); END",
    "CREATE TRIGGER purged AFTER DELETE ON log BEGIN UPDATE account SET email = NULL WHERE email = old.entry; END",
    "CREATE VIEW emails AS SELECT id, email FROM account",
    (
        "INSERT INTO account (name, age, parent_id, email) VALUES ('a', 5, 1, 'a@x'), ('b', 6, NULL, 'b@x'), "
        "('c', 7, 2, 'c@x')"
    ),
    "DELETE FROM account WHERE id = 3",
    "INSERT INTO contact VALUES (1, 1), (2, 2), (3, 2)",
    "INSERT INTO note VALUES (1, 1), (2, NULL)",
    "INSERT INTO bill VALUES (1, 2)",
)
BEFORE = {"name": "name VARCHAR(50)", "age": "age INT", "last": "", "tail": ""}

CHANGES: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "not null": ('op.alter_column("account", "age", nullable=False)', {}, {"age": "age INT NOT NULL"}),
    "nullable": (
        'op.alter_column("account", "age", nullable=True)',
        {"age": "age INT NOT NULL"},
        {"age": "age INT"},
    ),
    "default": ('op.alter_column("account", "age", server_default="5")', {}, {"age": "age INT DEFAULT '5'"}),
    "no default": (
        'op.alter_column("account", "age", server_default=None)',
        {"age": "age INT DEFAULT 7"},
        {"age": "age INT"},
    ),
    "type": (
        'op.alter_column("account", "name", type_=sa.Text())',
        {},
        {"name": "name TEXT"},
    ),
    "type of another family": (
        'op.alter_column("account", "age", type_=sa.String(9))',
        {},
        {"age": "age VARCHAR(9)"},
    ),
    "foreign key": (
        'op.create_foreign_key("fk", "account", "parent", ["parent_id"], ["id"], ondelete="CASCADE")',
        {},
        {"tail": ", CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE"},
    ),
    "foreign key dropped": (
        'op.drop_constraint("fk", "account", "foreignkey")',
        {"tail": ", CONSTRAINT fk FOREIGN KEY (name) REFERENCES parent (code) DEFERRABLE INITIALLY DEFERRED"},
        {},
    ),
    "unique": (
        'op.create_unique_constraint("uq", "account", ["name", "age"])',
        {},
        {"tail": ", CONSTRAINT uq UNIQUE (name, age)"},
    ),
    "unique dropped": (
        'op.drop_constraint("uq", "account", "unique")',
        {"tail": ", CONSTRAINT uq UNIQUE (name, age)"},
        {},
    ),
    "check": (
        'op.create_check_constraint("ck", "account", "age > 0")',
        {},
        {"tail": ", CONSTRAINT ck CHECK (age > 0)"},
    ),
    "check dropped": (
        'op.drop_constraint("ck", "account", "check")',
        {"age": "age INT CONSTRAINT ck CHECK (age > 0)"},
        {},
    ),
    "column that must be unique": (
        'op.add_column("account", sa.Column("extra", sa.Integer, unique=True))',
        {},
        {"last": ", extra INTEGER", "tail": ", UNIQUE (extra)"},
    ),
    "column in its place": (
        """
        with op.batch_alter_table("account") as batch:
            batch.add_column(sa.Column("extra", sa.Integer), insert_after="name")
        """,
        {},
        {"name": "name VARCHAR(50), extra INTEGER"},
    ),
    "column dropped with its constraint": (
        'op.drop_column("account", "note")',
        {"name": "name VARCHAR(50), note TEXT", "tail": ", CONSTRAINT uq UNIQUE (note, age)"},
        {},
    ),
    "column dropped": ('op.drop_column("account", "note")', {"name": "name VARCHAR(50), note TEXT"}, {}),
    "several": (
        """
        with op.batch_alter_table("account") as batch:
            batch.alter_column("age", nullable=False, type_=sa.BigInteger())
            batch.create_unique_constraint("uq", ["name"])
            batch.drop_constraint("ck", "check")
        """,
        {"tail": ", CONSTRAINT ck CHECK (age > 0)"},
        {"age": "age BIGINT NOT NULL", "tail": ", CONSTRAINT uq UNIQUE (name)"},
    ),
}


@pytest.mark.parametrize("enforced", [True, False], ids=["enforced", "not_enforced"])
@pytest.mark.parametrize("change", CHANGES)
async def test_every_change_keeps_everything_else(
    file: File, wanted: File, change: str, enforced: bool
) -> None:
    body, before, after = CHANGES[change]
    file.execute(*filled(EVERYTHING, **{**BEFORE, **before}))
    wanted.execute(*filled(EVERYTHING, **{**BEFORE, **after}))
    file.enforced = enforced

    await file.migrate(body)

    assert differences(wanted.facts(), file.facts()) == {}


async def test_rules_of_foreign_keys_work_afterwards(file: File) -> None:
    file.execute(*filled(EVERYTHING, **BEFORE))
    file.enforced = True
    await file.migrate('op.alter_column("account", "age", nullable=False)')
    engine = file.engine()
    try:
        async with engine.begin() as connection:
            assert await connection.scalar(text("PRAGMA foreign_keys")) == 1
            await connection.execute(text("DELETE FROM account WHERE id = 1"))
            with pytest.raises(IntegrityError, match="FOREIGN KEY constraint failed"):
                await connection.execute(text("DELETE FROM account WHERE id = 2"))
    finally:
        await engine.dispose()
    assert file.rows("SELECT id, account_id FROM contact") == [(2, 2), (3, 2)]
    assert file.rows("SELECT id, account_id FROM note") == [(1, None), (2, None)]


async def test_numbers_go_on_after_the_highest_row_was_deleted(file: File) -> None:
    file.execute(*filled(EVERYTHING, **BEFORE))
    await file.migrate(
        """
        op.alter_column("account", "age", nullable=False)
        op.execute("INSERT INTO account (name, age, email) VALUES ('d', 8, 'd@x')")
        """
    )
    assert file.rows("SELECT max(id) FROM account") == [(4,)]


RENAMES = {
    "plain": 'op.alter_column("account", "age", new_column_name="years")',
    "batch": """
        with op.batch_alter_table("account") as batch:
            batch.alter_column("age", new_column_name="years", nullable=True)
    """,
    "always": """
        with op.batch_alter_table("account", recreate="always") as batch:
            batch.alter_column("age", new_column_name="years")
    """,
}


@pytest.mark.parametrize("way", RENAMES)
async def test_what_uses_a_renamed_column_follows(file: File, wanted: File, way: str) -> None:
    setup = filled(
        [
            *EVERYTHING,
            "CREATE INDEX ix_age ON account (age DESC) WHERE age > 1",
            "CREATE VIEW ages AS SELECT age, account.age + 1 AS next FROM account",
            (
                "CREATE TRIGGER aged AFTER UPDATE OF age ON account WHEN new.age > 5 BEGIN "
                "INSERT INTO log VALUES (new.age || ' age '); END"
            ),
            "CREATE TRIGGER logged AFTER INSERT ON log BEGIN UPDATE account SET age = age + 1; END",
            "CREATE TABLE referring (a INT REFERENCES account (age))",
        ],
        **BEFORE | {"age": "age INT", "tail": ", UNIQUE (age), CONSTRAINT ck CHECK (age <> 'age')"},
    )
    file.execute(*setup)
    wanted.execute(*setup, "ALTER TABLE account RENAME COLUMN age TO years")

    await file.migrate(RENAMES[way])

    assert differences(wanted.facts(), file.facts()) == {}


SPELLINGS = {
    "alter": ('op.alter_column("ACCOUNT", "Age", nullable=False)', {"age": "age INT NOT NULL"}),
    "unique": (
        'op.create_unique_constraint("uq", "Account", ["NAME", "Age"])',
        {"tail": ", CONSTRAINT uq UNIQUE (name, age)"},
    ),
    "foreign_key": (
        'op.create_foreign_key("fk", "ACCOUNT", "parent", ["Parent_Id"], ["id"])',
        {"tail": ", CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parent (id)"},
    ),
    "add_unless_there": (
        """
        op.add_column("ACCOUNT", sa.Column("AGE", sa.Integer), if_not_exists=True)
        """,
        {},
    ),
    "drop": (
        """
        op.add_column("account", sa.Column("extra", sa.Integer))
        op.drop_column("Account", "EXTRA")
        """,
        {},
    ),
    "rename": (
        """
        with op.batch_alter_table("Account", recreate="always") as batch:
            batch.alter_column("AGE", new_column_name="Age")
            batch.alter_column("Age", nullable=False)
        """,
        {"age": "Age INT NOT NULL"},
    ),
}


@pytest.mark.parametrize("case", SPELLINGS)
async def test_the_case_of_names_does_not_matter(file: File, wanted: File, case: str) -> None:
    body, after = SPELLINGS[case]
    file.execute(*filled(EVERYTHING, **BEFORE))
    wanted.execute(*filled(EVERYTHING, **BEFORE | after))

    await file.migrate(body)

    assert differences(wanted.facts(), file.facts()) == {}


async def test_a_table_that_was_brought_along_keeps_its_triggers(file: File, wanted: File) -> None:
    setup = [
        "CREATE TABLE t (id INTEGER PRIMARY KEY, «x»)",
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT new.x; END",
        "INSERT INTO t VALUES (1, 1)",
    ]
    file.execute(*filled(setup, x="x INTEGER"))
    wanted.execute(*filled(setup, x="x INTEGER NOT NULL"))

    await file.migrate(
        """
        columns = sa.Column("id", sa.Integer, primary_key=True, nullable=True), sa.Column("x", sa.Integer)
        with op.batch_alter_table("t", copy_from=sa.Table("t", sa.MetaData(), *columns)) as batch:
            batch.alter_column("x", nullable=False)
        """
    )

    assert differences(wanted.facts(), file.facts()) == {}


# --- rows ---------------------------------------------------------------------------------------------------

VALUES = [
    None,
    0,
    -1,
    2**63 - 1,
    -(2**63),
    0.1,
    -0.0,
    1e300,
    5e-324,
    float("inf"),
    float("-inf"),
    1.0,
    9007199254740993.0,
    "",
    "it's",
    "text with \0 in it",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "1",
    "1.0",
    b"",
    b"\x00\xff" * 100,
]


async def test_values_are_the_same_to_the_bit(file: File) -> None:
    kinds = ("", "TEXT", "NUMERIC", "INTEGER", "REAL", "BLOB")
    columns = ", ".join(f"c{n} {kind}" for n, kind in enumerate(kinds))
    file.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {columns}, x INT)")
    with closing(sqlite3.connect(file.path)) as connection:
        connection.executemany(
            f"INSERT INTO t VALUES (NULL, {', '.join('?' * len(kinds))}, 1)",
            [[value] * len(kinds) for value in VALUES],
        )
        connection.commit()
    before = _bits(file)

    await file.migrate('op.alter_column("t", "x", nullable=False)')

    assert _bits(file) == before
    assert len(before) == len(VALUES)


def _bits(file: File) -> list[list[object]]:
    rows = file.rows("SELECT * FROM t ORDER BY id")
    return [[struct.pack("d", v) if isinstance(v, float) else (type(v), v) for v in row] for row in rows]


async def test_ten_thousand_rows(file: File) -> None:
    file.execute(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT UNIQUE, x INT)",
        "CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INT NOT NULL REFERENCES t (id) ON DELETE CASCADE)",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) "
        "INSERT INTO t SELECT i * 3, hex(randomblob(20)), i FROM n",
        "INSERT INTO child SELECT x, id FROM t",
    )
    file.enforced = True
    before = file.rows("SELECT * FROM t ORDER BY id"), file.rows("SELECT * FROM child ORDER BY id")

    await file.migrate('op.alter_column("t", "x", nullable=False, type_=sa.BigInteger())')

    assert (file.rows("SELECT * FROM t ORDER BY id"), file.rows("SELECT * FROM child ORDER BY id")) == before
    assert len(before[0]) == len(before[1]) == 10_000


# --- an attached database -----------------------------------------------------------------------------------


async def test_a_table_of_an_attached_database(file: File, wanted: File, tmp_path: Path) -> None:
    other = File(tmp_path / "other.db", file.history)
    setup = [
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, «x», up INT REFERENCES parent (id), y TEXT)",
        "CREATE INDEX ix ON t (x DESC) WHERE x > 0",
        "CREATE UNIQUE INDEX IF NOT EXISTS ux ON t (lower(y))",
        "CREATE TRIGGER tr AFTER INSERT ON t BEGIN DELETE FROM parent; END",
        "CREATE VIEW v AS SELECT * FROM t",
        "INSERT INTO t (x, y) VALUES (1, 'a'), (2, 'b')",
        "DELETE FROM t WHERE id = 2",
    ]
    same_names = ["CREATE TABLE t (id INTEGER PRIMARY KEY, x INT, y TEXT)", "CREATE INDEX ix_main ON t (x)"]
    file.execute(*same_names)
    before = file.facts()
    other.execute(*filled(setup, x="x INT"))
    wanted.execute(*filled(setup, x="x INT NOT NULL"))
    file.attached = {"aux": other.path}

    await file.migrate(
        """
        with op.batch_alter_table("t", schema="aux") as batch:
            batch.alter_column("x", nullable=False)
            batch.create_index("later", ["y"])
        op.alter_column("t", "x", server_default="5", schema="aux")
        """
    )

    changes = differences(wanted.facts(), other.facts())
    assert set(changes) == {"table t", "index later"}
    assert changes["table t"][1]["columns"]["x"] == "int default '5' not null"
    assert differences(before, file.facts()) == {}


# --- what an earlier run has left ---------------------------------------------------------------------------


async def test_tables_that_a_killed_run_has_left(file: File, wanted: File) -> None:
    setup = ["CREATE TABLE t (id INTEGER PRIMARY KEY, «x»)", "INSERT INTO t VALUES (1, 1)"]
    alembics = "CREATE TABLE _alembic_tmp_t (id INTEGER PRIMARY KEY, x INT)"
    file.execute(*filled(setup, x="x INT"), alembics)
    file.execute(
        "CREATE TABLE _async_migrate_t (something TEXT)", "INSERT INTO _async_migrate_t VALUES ('else')"
    )
    wanted.execute(*filled(setup, x="x INT NOT NULL"), alembics)

    await file.migrate('op.alter_column("t", "x", nullable=False)')

    assert differences(wanted.facts(), file.facts()) == {}


# --- failing ------------------------------------------------------------------------------------------------

MISFITS = {
    "null": (
        'op.alter_column("account", "parent_id", nullable=False)',
        (
            "The rows of table 'account' do not fit its new definition: NOT NULL constraint failed: account.parent_id. "
            "Change or delete those that do not before this operation, in the same revision."
        ),
    ),
    "check": (
        'op.create_check_constraint("old", "account", "age > 5")',
        (
            "The rows of table 'account' do not fit its new definition: CHECK constraint failed: old. "
            "Change or delete those that do not before this operation, in the same revision."
        ),
    ),
    "unique": (
        """
        op.execute("UPDATE account SET name = 'same'")
        op.create_unique_constraint("uq", "account", ["name"])
        """,
        (
            "The rows of table 'account' do not fit its new definition: UNIQUE constraint failed: account.name. "
            "Change or delete those that do not before this operation, in the same revision."
        ),
    ),
    "strict": (
        """
        op.execute("UPDATE account SET age = 'old'")
        with op.batch_alter_table("account", table_kwargs={"sqlite_strict": True}) as batch:
            batch.alter_column("name", type_=sa.Text())
        """,
        (
            "The rows of table 'account' do not fit its new definition: cannot store TEXT value in INT column "
            "account.age. Change or delete those that do not before this operation, in the same revision."
        ),
    ),
}


@pytest.mark.parametrize("case", MISFITS)
async def test_rows_that_do_not_fit_leave_everything_as_it_was(file: File, case: str) -> None:
    body, words = MISFITS[case]
    file.execute(*filled(EVERYTHING, **BEFORE))
    before = file.dump()

    error = await file.refused(body)

    assert isinstance(error, RowsDoNotFitError)
    assert error.table == "account"
    assert str(error) == words
    assert file.dump() == before


async def test_rows_that_refer_to_nothing_leave_everything_as_it_was(file: File) -> None:
    file.execute(*filled(EVERYTHING, **BEFORE))
    file.enforced = True
    before = file.dump()

    error = await file.refused('op.create_foreign_key("fk", "account", "parent", ["age"], ["id"])')

    assert isinstance(error, ForeignKeysBrokenError)
    assert file.dump() == before


async def test_an_error_after_a_rebuild_undoes_it(file: File) -> None:
    file.execute(*filled(EVERYTHING, **BEFORE))
    before = file.dump()

    error = await file.refused(
        'op.alter_column("account", "age", nullable=False)\nraise RuntimeError("too late")'
    )

    assert isinstance(error, RuntimeError)
    assert file.dump() == before


# --- views and triggers that a change would break -----------------------------------------------------------

BROKEN = {
    "view": ("CREATE VIEW ages AS SELECT id, age FROM account", "view", "ages", "no such column: age"),
    "view_on_a_view": (
        "CREATE VIEW plain AS SELECT * FROM account; CREATE VIEW ages AS SELECT age FROM plain",
        "view",
        "ages",
        "no such column: age",
    ),
    "trigger_on_the_table": (
        "CREATE TRIGGER tr AFTER INSERT ON account BEGIN INSERT INTO log VALUES (new.age); END",
        "trigger",
        "tr",
        "no such column: new.age",
    ),
    "trigger_on_update": (
        "CREATE TRIGGER tr AFTER UPDATE ON account BEGIN INSERT INTO log VALUES (old.age); END",
        "trigger",
        "tr",
        "no such column: old.age",
    ),
    "trigger_on_update_of_it": (
        "CREATE TRIGGER tr AFTER UPDATE OF age ON account BEGIN SELECT 1; END",
        "trigger",
        "tr",
        "no such column: age",
    ),
    "trigger_on_another_table": (
        "CREATE TRIGGER tr BEFORE DELETE ON log BEGIN UPDATE account SET age = 5; END",
        "trigger",
        "tr",
        "no such column: age",
    ),
    "trigger_that_inserts": (
        "CREATE TRIGGER tr AFTER UPDATE OF entry ON log BEGIN INSERT INTO account(age) VALUES (1); END",
        "trigger",
        "tr",
        "table account has no column named age",
    ),
    "trigger_on_a_view": (
        (
            "CREATE VIEW names AS SELECT name FROM account; "
            "CREATE TRIGGER tr INSTEAD OF UPDATE ON names BEGIN UPDATE account SET age = 1 WHERE name = new.name; END"
        ),
        "trigger",
        "tr",
        "no such column: age",
    ),
}

DROPS = {
    "plain": 'op.drop_column("account", "age")',
    "batch": """
        with op.batch_alter_table("account", recreate="always") as batch:
            batch.drop_column("age")
    """,
    "with_others": """
        with op.batch_alter_table("account") as batch:
            batch.alter_column("name", nullable=False, new_column_name="title")
            batch.drop_column("age")
    """,
}


@pytest.mark.parametrize("way", DROPS)
@pytest.mark.parametrize("case", BROKEN)
async def test_a_change_that_breaks_a_view_or_a_trigger_is_refused(file: File, case: str, way: str) -> None:
    sql, kind, name, reason = BROKEN[case]
    file.execute(*filled(EVERYTHING, **BEFORE), *_statements(sql))
    before = file.dump()

    error = await file.refused(DROPS[way])

    assert isinstance(error, DependentBrokenError)
    assert (error.table, error.kind, error.name, error.reason) == ("account", kind, name, reason)
    assert str(error) == (
        f"The {kind} {name!r} would not work any more after this change of table 'account': {reason}. Drop the "
        f"{kind} before it and create it anew after it, in the same revision."
    )
    assert file.dump() == before


def _statements(sql: str) -> list[str]:
    first, *rest = sql.split("; CREATE")
    return [first, *(f"CREATE{statement}" for statement in rest)]


async def test_a_view_that_was_dropped_before_is_no_obstacle(file: File, wanted: File) -> None:
    setup = [*EVERYTHING, "CREATE VIEW «view»"]
    file.execute(*filled(setup, **BEFORE, view="ages AS SELECT id, age FROM account"))
    gone = [sql.replace(", «age»", "").replace("name, age, ", "name, ") for sql in setup]
    gone = [
        sql.replace("'a', 5, ", "'a', ").replace("'b', 6, ", "'b', ").replace("'c', 7, ", "'c', ")
        for sql in gone
    ]
    wanted.execute(*filled(gone, **BEFORE, view="ages AS SELECT id FROM account"))

    await file.migrate(
        """
        op.execute("DROP VIEW ages")
        op.drop_column("account", "age")
        op.execute("CREATE VIEW ages AS SELECT id FROM account")
        """
    )

    assert differences(wanted.facts(), file.facts()) == {}


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW already_broken AS SELECT missing, age FROM account",
        "CREATE VIEW broken_elsewhere AS SELECT age FROM nowhere",
        "CREATE TRIGGER already_broken AFTER INSERT ON account BEGIN SELECT new.missing, new.age; END",
        "CREATE VIEW of_another AS SELECT age FROM (SELECT entry AS age FROM log)",
        "CREATE VIEW with_all AS SELECT * FROM account",
    ],
    ids=lambda sql: sql.split()[2],
)
async def test_what_does_not_break_is_no_obstacle(file: File, sql: str) -> None:
    file.execute(*filled(EVERYTHING, **BEFORE), sql)

    await file.migrate(DROPS["batch"])

    assert ("age",) not in file.rows("SELECT name FROM pragma_table_xinfo('account')")
    _, kind, name, *_ = sql.split()
    assert file.facts()[f"{kind.lower()} {name}"][1] == spelled(sql)


# --- a transaction of the caller's --------------------------------------------------------------------------

REBUILD = 'op.alter_column("account", "age", nullable=False)'


async def _in_the_callers_transaction(file: File, body: str) -> None:
    file.history.add("r0", body)
    engine = file.engine()
    event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            raw.driver_connection.isolation_level = None  # or the driver commits before every CREATE and DROP
            await connection.begin()
            await file.history.migrator(connection, transaction="caller").upgrade()
            await connection.commit()
    finally:
        await engine.dispose()


async def test_rows_that_would_go_with_the_old_table_stop_a_rebuild(file: File) -> None:
    file.execute(*filled(EVERYTHING, **BEFORE))
    file.enforced = True
    before = file.dump()

    with pytest.raises(RevisionFailedError) as caught:
        await _in_the_callers_transaction(file, REBUILD)

    error = caught.value.__cause__
    assert isinstance(error, ForeignKeysEnforcedError)
    assert (error.table, error.referring) == ("account", ("bill", "contact", "note"))
    assert str(error) == (
        "The table 'account' cannot be made anew here: foreign keys are enforced, so with the old table would go, "
        "or change, the rows of 'bill', 'contact', 'note' that refer to it, and a transaction that is open cannot "
        "stop enforcing them. Nothing was done. Let the engine begin the transaction, which suspends foreign keys "
        "and checks them before it commits, or execute PRAGMA foreign_keys = OFF before you begin yours."
    )
    assert file.dump() == before


@pytest.mark.parametrize("enforced", [True, False], ids=["enforced", "not_enforced"])
async def test_without_such_rows_the_callers_transaction_will_do(
    file: File, wanted: File, enforced: bool
) -> None:
    emptied = [f"DELETE FROM {table}" for table in ("bill", "contact") if enforced]
    emptied += ["UPDATE note SET account_id = NULL"] if enforced else []
    file.execute(*filled(EVERYTHING, **BEFORE), *emptied)
    wanted.execute(*filled(EVERYTHING, **BEFORE | {"age": "age INT NOT NULL"}), *emptied)
    file.enforced = enforced

    await _in_the_callers_transaction(file, REBUILD)

    assert differences(wanted.facts(), file.facts()) == {}
