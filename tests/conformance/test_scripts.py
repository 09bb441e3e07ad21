"""``op.execute`` with scripts of several statements: they do what the database's own way of running them does."""

from __future__ import annotations

import asyncio
import random
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from async_migrate.errors import CopyFromStdinError, RevisionFailedError
from async_migrate.operations.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from mariadb_server import MariaDBServer
    from postgres_server import PostgreSQLServer
    from sqlalchemy.ext.asyncio import AsyncEngine

VERSION_TABLE = "async_migrate_version"

SCRIPT = """
-- A table; and rows in it.
CREATE TABLE note (id INTEGER PRIMARY KEY, body VARCHAR(50)); -- done
INSERT INTO note VALUES (1, 'semicolon; and ''quote'''), /* ; */ (2, 'see :this, 12:30');

INSERT INTO note (id, body) SELECT id + 10, body || ';' FROM note;
CREATE INDEX ix_note ON note (body)
"""
ROWS = [
    (1, "semicolon; and 'quote'"),
    (2, "see :this, 12:30"),
    (11, "semicolon; and 'quote';"),
    (12, "see :this, 12:30;"),
]


def _executing(script: str, **options: Any) -> str:
    return f"op.execute({script!r}, **{options!r})"


async def _upgrade(engine: AsyncEngine, history: Any, script: str) -> None:
    history.add("a1", _executing(script))
    await history.migrator(engine).upgrade()


def _sent_by(engine: AsyncEngine) -> list[str]:
    statements: list[str] = []
    event.listen(
        engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]), named=False
    )
    return statements


# --- the main line ------------------------------------------------------------------------------------------

BODIES = {
    "a string": f"op.execute({SCRIPT!r})",
    "a text": f"op.execute(sa.text({SCRIPT!r}))",
    "in a coroutine": f"async\nop.execute({SCRIPT!r})",
    "through the context": f"op.get_context().execute({SCRIPT!r})",
    "with options": f"op.execute({SCRIPT!r}, execution_options={{'no_parameters': True}})",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_script_runs(engine: AsyncEngine, history: Any, look: Any, body: str) -> None:
    history.add("a1", body)
    await history.migrator(engine).upgrade()
    assert await look.rows("SELECT id, body FROM note ORDER BY id") == ROWS
    assert await look.version() == {"a1"}


async def test_a_script_is_one_with_its_revision(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.add("a1", f"{_executing(SCRIPT)}\nraise ValueError")
    with pytest.raises(RevisionFailedError, match="Nothing of it was kept"):
        await history.migrator(engine).upgrade()
    assert await look.tables() == set()


async def test_an_error_says_which_statement_it_was(engine: AsyncEngine, history: Any, look: Any) -> None:
    script = "CREATE TABLE note (id INT);\n\n-- Wrong:\nINSERT INTO nowhere\nVALUES (1);\nDROP TABLE note;"
    path = history.add("a1", _executing(script))
    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator(engine).upgrade()
    error = caught.value
    assert error.details == ("statement 2 of 3, line 4 of the script",)
    assert error.statement == "-- Wrong:\nINSERT INTO nowhere\nVALUES (1)"
    reason = {
        "sqlite": "OperationalError: no such table: nowhere",
        "postgresql": 'UndefinedTableError: relation "nowhere" does not exist',
    }[engine.dialect.name]
    assert str(error) == (
        f"The upgrade of revision 'a1' (about a1) failed at {path} line 12. {reason}. "
        "SQL (statement 2 of 3, line 4 of the script): -- Wrong: INSERT INTO nowhere VALUES (1). "
        "Nothing of it was kept. No revision was committed in this run. "
        "Mend the revision and run the same command again."
    )
    assert await look.tables() == set()


async def test_an_error_may_be_caught_and_names_the_statement_too(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    history.add(
        "a1",
        """
        op.execute("CREATE TABLE note (id INTEGER PRIMARY KEY)")
        savepoint = op.get_bind().begin_nested()
        try:
            op.execute("INSERT INTO note VALUES (1); INSERT INTO note VALUES (1)")
        except sa.exc.IntegrityError as error:
            assert str(error).startswith("(statement 2 of 2, line 1 of the script)"), str(error)
            savepoint.rollback()
        """,
    )
    await history.migrator(engine).upgrade()
    assert await look.rows("SELECT * FROM note") == []
    assert await look.version() == {"a1"}


async def test_the_last_result_is_that_of_the_script(engine: AsyncEngine, history: Any) -> None:
    history.add("a1", 'assert op.get_context().execute("SELECT 1; SELECT 2; SELECT 3 -- ;").scalar() == 3')
    await history.migrator(engine).upgrade()


async def test_a_missing_value_is_missed_in_a_script_too(engine: AsyncEngine, history: Any) -> None:
    history.add("a1", _executing("SELECT ':a'; SELECT :b"))
    with pytest.raises(RevisionFailedError, match="A value is required for bind parameter 'b'") as caught:
        await history.migrator(engine).upgrade()
    assert caught.value.details == ("statement 2 of 2, line 1 of the script",)


async def test_a_script_outside_the_transaction(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.add(
        "a1",
        """
        op.create_table("t", sa.Column("id", sa.Integer))
        with op.get_context().autocommit_block():
            op.execute("VACUUM; INSERT INTO t VALUES (1); VACUUM")
        raise ValueError
        """,
    )
    with pytest.raises(RevisionFailedError, match="ValueError"):
        await history.migrator(engine).upgrade()
    assert await look.rows("SELECT id FROM t") == [(1,)]


# --- one statement, and none --------------------------------------------------------------------------------


@pytest.mark.parametrize("sql", ["COMMIT", "COMMIT;", "\n-- now\nCOMMIT ; -- done\n"])
async def test_a_single_commit_is_sent_as_ever(
    engine: AsyncEngine, history: Any, look: Any, sql: str
) -> None:
    history.add("a1", f'op.create_table("t", sa.Column("id", sa.Integer))\n{_executing(sql)}')
    history.table("b2", "u")
    sent = _sent_by(engine)
    await history.migrator(engine).upgrade()
    assert [one.split("\n")[-1] for one in sent if "COMMIT" in one] == ["COMMIT"]
    assert await look.version() == {"b2"}
    assert await look.tables() == {"t", "u", VERSION_TABLE}


async def test_a_script_of_nothing_but_transactions(engine: AsyncEngine, history: Any, look: Any) -> None:
    history.add("a1", f'{_executing("COMMIT; BEGIN;")}\nop.create_table("t", sa.Column("id", sa.Integer))')
    sent = _sent_by(engine)
    await history.migrator(engine).upgrade()
    assert [one for one in sent if one in {"COMMIT", "BEGIN"}] == ["COMMIT", "BEGIN"]
    assert await look.version() == {"a1"}
    assert await look.tables() == {"t", VERSION_TABLE}


@pytest.mark.parametrize("sql", ["", ";", " -- nothing; to do\n", "/* ; */;;"])
async def test_a_script_of_nothing(engine: AsyncEngine, history: Any, look: Any, sql: str) -> None:
    await _upgrade(engine, history, sql)
    assert await look.version() == {"a1"}


async def test_rows_in_a_script_are_refused(postgresql_engine: AsyncEngine, history: Any) -> None:
    history.add("a1", _executing("CREATE TABLE t (a int);\nCOPY t FROM STDIN;\n1\n\\.\n"))
    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator(postgresql_engine).upgrade()
    assert isinstance(caught.value.__cause__, CopyFromStdinError)
    assert "Statement 2, line 2 of the script, is COPY ... FROM STDIN" in str(caught.value)
    assert await _rows(postgresql_engine, "SELECT to_regclass('t')") == [(None,)]


# --- PostgreSQL, which cuts scripts itself in its simple protocol --------------------------------------------

POSTGRESQL_SCRIPT = r"""
CREATE SCHEMA "odd;schema";
CREATE TABLE account (id int PRIMARY KEY, name text, tags text[] DEFAULT '{a;b}');
CREATE TABLE audit (id int, at timestamp DEFAULT '2020-01-01 12:30:00', what text);
COMMENT ON TABLE account IS E'it\'s; \\ "so" $$';
CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    what text := 'said: ' || TG_OP; -- it's; :what
BEGIN
    INSERT INTO audit (id, what) VALUES (NEW.id, what || $x$;$x$);
    IF NEW.name = ';' THEN RETURN NULL; END IF;
    RETURN NEW;
END;
$body$; -- done
CREATE TRIGGER log_it BEFORE INSERT ON account FOR EACH ROW EXECUTE FUNCTION log_it();
CREATE FUNCTION twice(a int) RETURNS int
    BEGIN ATOMIC
        SELECT 1;
        SELECT CASE WHEN a > 0 THEN CASE a WHEN 1 THEN 2 ELSE a * 2 END ELSE 0 END;
    END;
CREATE OR REPLACE PROCEDURE add_two(a int) BEGIN ATOMIC
    INSERT INTO audit (id) VALUES (a);
    INSERT INTO audit (id) VALUES (a + 1);
END;
CREATE VIEW both_names AS SELECT name AS "a;b", 1 AS "begin", 2 AS end FROM account;
CREATE RULE no_more AS ON DELETE TO account DO INSTEAD (
    INSERT INTO audit (id, what) VALUES (OLD.id, 'kept; (');
    UPDATE account SET name = name || ')' WHERE id = OLD.id;
);
/* outer ; /* inner ; ' */ still ; */
INSERT INTO account (id, name) VALUES (1, 'a;b'), (2, ';'), (3, E'it\'s; \\'), (4, U&'d\0061t;\0061'), (5, $$ ; ' $$);
INSERT INTO account (id, name) VALUES (6, E'one\';'  -- goes; on
    '\';two'), (7, 'three;'
    'four\');
DO $do$ BEGIN PERFORM twice(1); CALL add_two(7); DELETE FROM account WHERE id = 1; END $do$;
UPDATE account SET tags = tags[1:1] || ':plain'::text WHERE id = 3;
CREATE TABLE "odd;schema"."x;y" AS SELECT 2*-- minus
3 AS six, 1 AS a$b$, 2 AS c$b$;
"""

CATALOGUE = """
SELECT 'table', c.oid::regclass::text, string_agg(a.attname || ' ' || a.atttypid::regtype::text, ',' ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname IN ('public', 'odd;schema') AND a.attnum > 0 GROUP BY c.oid
UNION ALL SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid)
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
UNION ALL SELECT 'rule', rulename, definition FROM pg_rules WHERE schemaname = 'public'
UNION ALL SELECT 'view', viewname, definition FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'comment', objoid::regclass::text, description FROM pg_description
WHERE classoid = 'pg_class'::regclass AND objoid::regclass::text = 'account'
UNION ALL SELECT 'account', id::text, name || tags::text FROM account
UNION ALL SELECT 'audit', row_number() OVER (ORDER BY id, what)::text, ROW(id, at, what)::text FROM audit
ORDER BY 1, 2
"""


@pytest.fixture
async def twin(postgresql_server: PostgreSQLServer) -> AsyncIterator[AsyncEngine]:
    """Give a second empty database, for the script in one piece."""
    url = postgresql_server.create_database()
    engine = create_async_engine(url, poolclass=NullPool)
    yield engine
    await engine.dispose()
    postgresql_server.drop_database(url)


async def _in_one_piece(engine: AsyncEngine, script: str) -> None:
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.execute(script)


async def _rows(engine: AsyncEngine, sql: str) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(sql))]


async def test_postgresql_agrees(postgresql_engine: AsyncEngine, twin: AsyncEngine, history: Any) -> None:
    await _upgrade(postgresql_engine, history, POSTGRESQL_SCRIPT)
    await _in_one_piece(twin, POSTGRESQL_SCRIPT)
    expected = await _rows(twin, CATALOGUE)
    found = await _rows(postgresql_engine, CATALOGUE)
    assert [row for row in found if VERSION_TABLE not in row[1]] == expected
    kinds = "account audit comment function rule table trigger view"
    assert sorted({row[0] for row in expected}) == kinds.split()


PIECES = [
    "'a;b'",
    "'it''s;'",
    r"'\'",
    r"E'\'; \\'",
    r"e'\\'';'",
    "$$;'$$",
    "$a$;$$;$b$;$a$",
    r"U&'\0061;'",
    "B'1'::text",
    "'a'\n-- ;'\n';'",
    "E'a'\n  '\\';'",
    "'/*'",
    "'--'",
    "'$$'",
    "1::text",
    "$_é$ ; $_é$",
    "'a:b :c'",
    "'1:2'::text",
    "(SELECT 'x;' /* ; ' /* \" ; */ $$ */)",
    "(SELECT 'y' -- ; '\n)",
    '(SELECT "a;" FROM (SELECT 1::text AS "a;") q)',
    "CASE WHEN 1 = 1 THEN ';' END",
    "(ARRAY['a;', 'b'])[2]",
    "(SELECT q.end FROM (SELECT ';' AS end) q)",
]


async def test_postgresql_agrees_on_any_statements(
    postgresql_engine: AsyncEngine, twin: AsyncEngine, history: Any
) -> None:
    chance = random.Random(5)
    values = [" || ".join(chance.choices(PIECES, k=chance.randint(1, 5))) for _ in range(300)]
    ends = [";", ";\n", " ; -- it's;\n", "/* ; */;;\r\n", "\n-- ' \n;\n"]
    script = "CREATE TABLE t (id int, value text);"
    script += "".join(
        f"INSERT INTO t VALUES ({i}, {value}){chance.choice(ends)}" for i, value in enumerate(values)
    )
    await _in_one_piece(twin, script)
    await _upgrade(postgresql_engine, history, script)
    rows = await _rows(postgresql_engine, "SELECT id, value FROM t ORDER BY id")
    assert len(rows) == 300
    assert rows == await _rows(twin, "SELECT id, value FROM t ORDER BY id")


# --- SQLite, whose executescript() commits first -------------------------------------------------------------

SQLITE_SCRIPT = """
CREATE TABLE "a;b" (id INTEGER PRIMARY KEY, [odd;name] TEXT DEFAULT ';', `end` TEXT);
CREATE TABLE log (what TEXT); -- it's;
CREATE TRIGGER logged AFTER INSERT ON "a;b" WHEN new.id > 0 BEGIN
    INSERT INTO log VALUES (CASE WHEN new.id > 1 THEN 'many;' ELSE 'one' END);
    UPDATE "a;b" SET end = 'END;' /* ; */ WHERE id = new.id;
END;
CREATE TEMP TRIGGER gone AFTER DELETE ON "a;b" BEGIN DELETE FROM log; END;
CREATE VIEW v AS SELECT 'it''s; :plain' AS "x;" /* /* ; */ , 1;
INSERT INTO "a;b" (id) VALUES (1);;
INSERT INTO "a;b" (id, [odd;name]) VALUES (2, 'x''y;'), (3, '\\');
CREATE INDEX partial ON "a;b" (end) WHERE end <> ';';
"""


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [line for line in connection.iterdump() if VERSION_TABLE not in line]


async def test_sqlite_agrees(tmp_path: Path, history: Any) -> None:
    ours, theirs = tmp_path / "ours.db", tmp_path / "theirs.db"
    history.add("a1", _executing(SQLITE_SCRIPT))
    await history.migrator(f"sqlite+aiosqlite:///{ours}").upgrade()
    with closing(sqlite3.connect(theirs)) as connection:
        connection.executescript(SQLITE_SCRIPT)
    assert _dump(ours) == _dump(theirs)
    assert sum(line.startswith("INSERT") for line in _dump(theirs)) == 6


# --- MariaDB, which cuts scripts itself where a client asks for it -------------------------------------------

MARIADB_SCRIPT = r"""
CREATE TABLE slot (id INT PRIMARY KEY, begin INT, end INT, `odd;name` VARCHAR(50) DEFAULT ';',
  delimiter CHAR(1) DEFAULT '"'); # it's;
CREATE TABLE log (id INT PRIMARY KEY AUTO_INCREMENT, what VARCHAR(100));
CREATE TRIGGER checked BEFORE INSERT ON slot FOR EACH ROW
  IF (NEW.begin < 0) THEN SET NEW.begin = IF(NEW.end > 5, 1, 2); ELSEIF NEW.begin > 99 THEN SET NEW.begin = 99; END IF;
CREATE TRIGGER logged AFTER INSERT ON slot FOR EACH ROW INSERT INTO log (what) VALUES (CONCAT(NEW.begin, ';'));
CREATE FUNCTION counted(a INT) RETURNS VARCHAR(100) DETERMINISTIC
outermost: BEGIN
    DECLARE result VARCHAR(100) DEFAULT '';
    DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN SET result = 'failed;'; END;
    IF CASE a WHEN 1 THEN TRUE ELSE FALSE END THEN
        SET result = 'one';
    ELSEIF a = 2 THEN
        BEGIN END;
    ELSE
        IF a = 3 THEN SET result = 'three'; END IF;
    END IF;
    CASE a
        WHEN 1 THEN IF a THEN SET result = CONCAT(result, CASE WHEN a THEN ';' END); END IF;
        WHEN 4 THEN SET result = 'four';
        ELSE BEGIN END;
    END CASE;
    again: LOOP LEAVE again; END LOOP again;
    WHILE a > 3 DO SET a = a - 1; END WHILE;
    REPEAT SET result = CONCAT(result, REPEAT('x', 2)), a = a + 1; UNTIL a > 4 END REPEAT;
    FOR i IN 1..3 DO SET result = CONCAT(result, i); END FOR;
    RETURN result;
END outermost;
CREATE DEFINER = CURRENT_USER() PROCEDURE fill(begin INT, end INT)
BEGIN
    INSERT INTO slot (id, begin, end) VALUES (begin, -begin, end);
    SET end = begin;
    INSERT INTO slot (id, begin, end)
        SELECT t.id + 50 * begin, t.end, t.begin AS end FROM slot t WHERE begin > 0 AND end < 7;
END;
/*!50003 CREATE PROCEDURE dumped() BEGIN INSERT INTO log (what) VALUES ('dumped;'); SET @a = 1; END */;
CREATE EVENT IF NOT EXISTS cleaned ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM log; DELETE FROM slot; END;
INSERT INTO log (what) VALUES ('it\'s; 1'), ("say \"2;\""), ('\\'), ('see :this, 100%'); -- done; '
INSERT INTO log (what) VALUES ('3'), (4--1), /* ; /* */ ('5;')/*!, (';') */;
CALL fill(3, 4); CALL fill(4, 6); CALL dumped();
INSERT INTO log (what) VALUES (counted(1)), (counted(2)), (counted(3)), (counted(4));
"""


@pytest.fixture
async def mariadb_twin(mariadb_server: MariaDBServer) -> AsyncIterator[AsyncEngine]:
    """Give a second empty database, for the script in one piece."""
    from asyncmy.constants import CLIENT

    url = mariadb_server.create_database()
    flags = {"client_flag": CLIENT.MULTI_STATEMENTS}
    engine = create_async_engine(url, poolclass=NullPool, connect_args=flags)
    yield engine
    await engine.dispose()
    mariadb_server.drop_database(url)


MARIADB_CATALOGUE = """
SELECT routine_name, routine_definition FROM information_schema.routines WHERE routine_schema = database()
UNION ALL SELECT trigger_name, action_statement FROM information_schema.triggers WHERE trigger_schema = database()
UNION ALL SELECT event_name, event_definition FROM information_schema.events WHERE event_schema = database()
ORDER BY 1
"""


async def _what_mariadb_has(engine: AsyncEngine) -> list[list[tuple[Any, ...]]]:
    queries = [MARIADB_CATALOGUE, "SELECT * FROM slot ORDER BY id", "SELECT * FROM log ORDER BY id"]
    return [await _rows(engine, sql) for sql in queries]


async def test_mariadb_agrees(mariadb_engine: AsyncEngine, mariadb_twin: AsyncEngine, history: Any) -> None:
    await _upgrade(mariadb_engine, history, MARIADB_SCRIPT)
    async with mariadb_twin.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        async with driver.cursor() as cursor:
            await cursor.execute(MARIADB_SCRIPT)
            while await cursor.nextset():
                pass
        await driver.commit()
    expected = await _what_mariadb_has(mariadb_twin)
    assert [len(rows) for rows in expected] == [6, 6, 19]
    assert await _what_mariadb_has(mariadb_engine) == expected


# --- offline ------------------------------------------------------------------------------------------------


async def test_a_script_written_down_gives_the_same_file(tmp_path: Path, history: Any) -> None:
    ours, theirs = tmp_path / "ours.db", tmp_path / "theirs.db"
    history.add("a1", _executing(SQLITE_SCRIPT))
    await history.migrator(f"sqlite+aiosqlite:///{ours}").upgrade()
    written = await history.migrator("sqlite+aiosqlite://").sql("head")
    with closing(sqlite3.connect(theirs)) as connection:
        connection.executescript(written)
    assert _dump(ours) == _dump(theirs)


async def test_a_script_written_down_does_the_same(
    postgresql_engine: AsyncEngine, twin: AsyncEngine, history: Any
) -> None:
    history.add("a1", _executing(POSTGRESQL_SCRIPT))
    await history.migrator(postgresql_engine).upgrade()
    await _in_one_piece(twin, await history.migrator("postgresql+asyncpg://nowhere/db").sql("head"))
    assert await _rows(twin, CATALOGUE) == await _rows(postgresql_engine, CATALOGUE)


async def test_a_script_written_down_is_understood_by_the_client_of_mariadb(
    mariadb_engine: AsyncEngine, mariadb_twin: AsyncEngine, history: Any
) -> None:
    client = shutil.which("mariadb")
    if client is None:
        pytest.skip("the client of MariaDB is not installed (apt-get install mariadb-client)")
    history.add("a1", _executing(MARIADB_SCRIPT))
    await history.migrator(mariadb_engine).upgrade()
    written = await history.migrator(mariadb_engine).sql("head")
    url = mariadb_twin.url
    process = await asyncio.create_subprocess_exec(
        *[client, "--no-defaults", f"--host={url.host}", f"--port={url.port}", f"--user={url.username}"],
        str(url.database),
        env={"MYSQL_PWD": url.password or ""},
        stdin=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate(written.encode())
    assert (process.returncode, errors.decode()) == (0, "")
    assert await _what_mariadb_has(mariadb_twin) == await _what_mariadb_has(mariadb_engine)


WRITTEN = {
    "PostgreSQL": (
        "postgresql",
        "-- one\nSELECT ':a' -- x\n; SELECT 2",
        "-- one\nSELECT ':a';\n\nSELECT 2;\n\n",
    ),
    "nothing": ("postgresql", "-- nothing;", ""),
    "MySQL": (
        "mysql",
        "SELECT 1; CREATE PROCEDURE p() BEGIN SELECT ':a 100%'; END; SELECT 2",
        "SELECT 1;\n\nDELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT ':a 100%'; END\n//\nDELIMITER ;\n\nSELECT 2;\n\n",
    ),
    "MySQL with delimiters": (
        "mysql",
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;\nSELECT 2;",
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END\n//\nDELIMITER ;\n\nSELECT 2;\n\n",
    ),
    "SQL Server": (
        "mssql",
        "SELECT 1; SELECT 2;\nGO\nSELECT 3",
        "SELECT 1; SELECT 2;\nGO\n\nSELECT 3;\nGO\n\n",
    ),
    "Oracle": (
        "oracle",
        "SELECT 1 FROM dual; BEGIN NULL; END;\n/\nSELECT 2 FROM dual;",
        "SELECT 1 FROM dual\n/\n\nBEGIN NULL; END;\n/\n\nSELECT 2 FROM dual\n/\n\n",
    ),
}


@pytest.mark.parametrize(("dialect", "script", "written"), WRITTEN.values(), ids=WRITTEN)
def test_a_script_written_down(dialect: str, script: str, written: str) -> None:
    recorder = Recorder(dialect)
    recorder.op.execute(script)
    assert recorder.script() == written
    assert len(recorder.sent()) == len(recorder.statements())


def test_rows_in_a_script_are_not_written_down() -> None:
    with pytest.raises(CopyFromStdinError):
        Recorder("postgresql").op.execute("SELECT 1; COPY t FROM STDIN;")
