"""Views, routines, triggers, extensions and enums on real databases: used on the way up, gone on the way down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from async_migrate import migrate_to_head
from async_migrate.database.live import LiveExecutor
from async_migrate.errors import RevisionFailedError, UnsupportedOperationError
from async_migrate.operations.context import MigrationContext
from async_migrate.operations.facade import Operations
from async_migrate.operations.recorder import Recorder
from async_migrate.ops import CreateTableOp

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.ext.asyncio import AsyncEngine

# What kind it is, its name and its definition, of everything but the version table.
CATALOGUE = {
    "sqlite": """
        SELECT type, name, sql FROM sqlite_master
        WHERE tbl_name <> 'async_migrate_version' ORDER BY type, name
    """,
    "postgresql": """
        WITH own AS (
            SELECT c.oid, c.relname, c.relkind FROM pg_class AS c
            WHERE c.relnamespace IN ('public'::regnamespace, to_regnamespace('crm'))
            AND c.relname NOT LIKE 'async_migrate_version%'
        )
        SELECT relkind::text, relname::text, CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END FROM own
        UNION ALL
        SELECT 'column', relname || '.' || attname,
            format_type(atttypid, atttypmod) || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '')
        FROM own JOIN pg_attribute AS a ON a.attrelid = oid AND attnum > 0 AND NOT attisdropped
        LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        UNION ALL
        SELECT 'routine', oid::regprocedure::text, pg_get_functiondef(oid)
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
        UNION ALL
        SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL
        SELECT 'enum', t.oid::regtype::text, string_agg(enumlabel, ',' ORDER BY enumsortorder)
        FROM pg_type AS t JOIN pg_enum AS e ON e.enumtypid = t.oid GROUP BY t.oid
        UNION ALL
        SELECT 'extension', extname, extversion FROM pg_extension
        ORDER BY 1, 2
    """,
    "mysql": """
        SELECT 'table', table_name, table_type FROM information_schema.tables
        WHERE table_schema = database() AND table_name <> 'async_migrate_version'
        UNION ALL
        SELECT 'routine', routine_name, routine_definition FROM information_schema.routines
        WHERE routine_schema = database()
        UNION ALL
        SELECT 'trigger', trigger_name, action_statement FROM information_schema.triggers
        WHERE trigger_schema = database() ORDER BY 1, 2
    """,
}


async def rows(engine: AsyncEngine, sql: str) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(sql))]


async def catalogue(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    name = engine.dialect.name
    return await rows(engine, CATALOGUE["mysql" if name == "mariadb" else name])


async def enums(engine: AsyncEngine) -> dict[str, str]:
    return {name: labels for kind, name, labels in await catalogue(engine) if kind == "enum"}


ACCOUNT = """
    op.create_table(
        "account",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.bulk_insert(
        sa.table("account", sa.column("id"), sa.column("name"), sa.column("active", sa.Boolean)),
        [{"id": 1, "name": "ann", "active": True}, {"id": 2, "name": "bob", "active": False}],
    )
"""


def with_account(history: Any) -> None:
    history.add("a1", ACCOUNT, 'op.drop_table("account")')


@pytest.fixture
def there_and_back(history: Any) -> Callable[..., Any]:
    """Give a function that runs one revision up and, when the test has looked, down: the catalogue is as before."""

    async def run(engine: AsyncEngine, upgrade: str, downgrade: str, look: Callable[[], Any]) -> None:
        with_account(history)
        migrator = history.migrator(engine)
        await migrator.upgrade()
        before = await catalogue(engine)
        history.add("b2", upgrade, downgrade)
        await migrator.upgrade()
        assert await catalogue(engine) != before
        await look()
        await migrator.downgrade("-1")
        assert await catalogue(engine) == before
        await migrator.upgrade()
        await look()

    return run


# --- views --------------------------------------------------------------------------------------------------


async def test_views(engine: AsyncEngine, there_and_back: Any) -> None:
    async def look() -> None:
        assert await rows(engine, "SELECT * FROM active_account") == [(1, "ann")]
        assert await rows(engine, "SELECT number FROM inactive") == [(2,)]
        assert await rows(engine, "SELECT share FROM percentage") == [("50%",)]

    await there_and_back(
        engine,
        '''
        op.create_view(
            "active_account",
            """
            SELECT id, name  -- who may log in
            FROM account
            WHERE active; """,
        )
        account = sa.table("account", sa.column("id", sa.Integer), sa.column("active", sa.Boolean))
        op.create_view("inactive", sa.select(account.c.id).where(~account.c.active), columns=["number"])
        op.create_view("percentage", "SELECT '50%' AS share")
        ''',
        """
        op.drop_view("percentage")
        op.drop_view("inactive", if_exists=True)
        op.drop_view("active_account")
        op.drop_view("active_account", if_exists=True)
        """,
        look,
    )


async def test_a_replaced_view_has_the_other_query_and_may_be_new(engine: AsyncEngine, history: Any) -> None:
    with_account(history)
    history.add(
        "b2",
        """
        op.replace_view("seen", "SELECT id FROM account")
        op.replace_view("seen", "SELECT id FROM account WHERE active")
        """,
    )
    history.add("c3", 'op.replace_view("seen", "SELECT name FROM account WHERE active", recreate=True)')
    migrator = history.migrator(engine)
    await migrator.upgrade("b2")
    assert await rows(engine, "SELECT * FROM seen") == [(1,)]
    await migrator.upgrade("c3")
    assert await rows(engine, "SELECT * FROM seen") == [("ann",)]


async def test_postgresql_keeps_the_columns_of_a_view_unless_told_otherwise(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    with_account(history)
    history.add("b2", 'op.create_view("seen", "SELECT id FROM account")')
    history.add("c3", 'op.replace_view("seen", "SELECT name FROM account")')
    with pytest.raises(RevisionFailedError, match="cannot change name of view column"):
        await history.migrator(postgresql_engine).upgrade()
    assert await rows(postgresql_engine, "SELECT * FROM seen ORDER BY 1") == [(1,), (2,)]


async def test_replacing_a_view_on_postgresql_keeps_the_rights_on_it(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    with_account(history)
    history.add(
        "b2",
        """
        op.create_view("seen", "SELECT id FROM account")
        op.execute("GRANT SELECT ON seen TO PUBLIC")
        op.replace_view("seen", "SELECT id, name FROM account")
        """,
    )
    await migrate_to_head(postgresql_engine, location=history.location)
    granted = "SELECT has_table_privilege('pg_monitor', 'seen', 'SELECT')"
    assert await rows(postgresql_engine, granted) == [(True,)]


async def test_options_of_views_on_postgresql(postgresql_engine: AsyncEngine, history: Any) -> None:
    with_account(history)
    history.add(
        "b2",
        """
        op.create_view(
            "active_account",
            "SELECT * FROM account WHERE active -- only these",
            check_option="LOCAL",
            security_invoker=True,
        )
        op.create_view("below", "SELECT * FROM active_account", check_option="CASCADED", security_invoker=False)
        """,
    )
    history.add("c3", 'op.drop_view("active_account", cascade=True)')
    migrator = history.migrator(postgresql_engine)
    await migrator.upgrade("b2")
    assert await rows(
        postgresql_engine,
        "SELECT relname, reloptions FROM pg_class WHERE relname IN ('active_account', 'below') ORDER BY 1",
    ) == [
        ("active_account", ["security_invoker=true", "check_option=local"]),
        ("below", ["security_invoker=false", "check_option=cascaded"]),
    ]
    await migrator.upgrade()
    assert "v" not in {kind for kind, *_ in await catalogue(postgresql_engine)}


async def test_materialized_views(postgresql_engine: AsyncEngine, there_and_back: Any) -> None:
    async def look() -> None:
        assert await rows(postgresql_engine, "SELECT number FROM active_account ORDER BY 1") == [(1,), (2,)]

    await there_and_back(
        postgresql_engine,
        """
        op.create_materialized_view(
            "active_account", "SELECT id FROM account WHERE active", columns=["number"], with_data=False
        )
        op.refresh_materialized_view("active_account")
        op.create_index("ux_active_account", "active_account", ["number"], unique=True)
        op.execute("UPDATE account SET active = true")
        op.refresh_materialized_view("active_account", concurrently=True)
        op.create_materialized_view("active_account", "SELECT 1", if_not_exists=True)
        op.replace_materialized_view("copy", "SELECT 1")
        op.replace_materialized_view("copy", "SELECT number FROM active_account", with_data=False)
        """,
        """
        op.drop_materialized_view("active_account", cascade=True)
        op.drop_materialized_view("copy", if_exists=True)
        op.execute("UPDATE account SET active = (id = 1)")
        """,
        look,
    )


async def test_what_a_database_cannot_do_is_refused_before_anything_is_done(
    sqlite_engine: AsyncEngine, history: Any
) -> None:
    with_account(history)
    history.add("b2", 'op.create_materialized_view("m", "SELECT 1")')
    with pytest.raises(RevisionFailedError) as caught:
        await history.migrator(sqlite_engine).upgrade()
    assert isinstance(caught.value.__cause__, UnsupportedOperationError)
    assert [name for _, name, _ in await catalogue(sqlite_engine)] == ["account"]


# --- functions, procedures, triggers ------------------------------------------------------------------------


async def test_functions_of_postgresql(postgresql_engine: AsyncEngine, there_and_back: Any) -> None:
    async def look() -> None:
        assert await rows(postgresql_engine, "SELECT plus(1), plus(1, 5), plus('a'::text)") == [(3, 6, "a+")]
        assert await rows(postgresql_engine, "SELECT shout('it''s 100%'), twice(4)") == [
            ("$$IT'S 100%$$!", 8)
        ]
        volatility = "SELECT provolatile::text FROM pg_proc WHERE proname = 'twice'"
        assert await rows(postgresql_engine, volatility) == [("i",)]

    await there_and_back(
        postgresql_engine,
        '''
        op.create_function(
            "plus", arguments=["a integer", "b integer DEFAULT 2"], returns="integer", body="SELECT a + b;"
        )
        op.create_function("plus", arguments=["a text"], returns="text", body="SELECT a || '+'")
        op.create_function(
            "shout",
            """
            CREATE FUNCTION shout(what text) RETURNS text LANGUAGE plpgsql AS $body$
            BEGIN
                -- a mark :of the kind that is no parameter, and another: $1;
                RETURN '$$' || upper(what) || '$$!';
            END
            $body$;
            """,
        )
        op.create_function(
            "twice",
            arguments=["a integer"],
            returns="integer",
            characteristics=["IMMUTABLE", "STRICT"],
            body="RETURN a * 2",
        )
        ''',
        """
        op.drop_function("plus", ["a integer", "b integer DEFAULT 2"])
        op.drop_function("plus", ["text"])
        op.drop_function("shout", cascade=True)
        op.drop_function("twice")
        op.drop_function("twice", [], if_exists=True)
        """,
        look,
    )


async def test_the_text_of_a_function_has_no_indentation_of_the_revision(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    history.add(
        "a1",
        '''
        op.create_function(
            "f",
            returns="integer",
            language="plpgsql",
            body="""
                BEGIN
                    RETURN 1;
                END
            """,
        )
        ''',
    )
    await history.migrator(postgresql_engine).upgrade()
    source = "SELECT prosrc FROM pg_proc WHERE proname = 'f'"
    assert await rows(postgresql_engine, source) == [("\nBEGIN\n    RETURN 1;\nEND\n",)]


async def test_a_function_is_replaced_in_place_or_made_anew(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    history.add(
        "a1",
        """
        op.replace_function("f", returns="integer", body="SELECT 1")
        op.create_view("uses_f", "SELECT f()")
        op.replace_function("f", "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2'")
        op.replace_procedure("p", body="SELECT 1")
        """,
    )
    history.add(
        "b2",
        """
        op.drop_view("uses_f")
        op.replace_function("f", arguments=[], returns="text", body="SELECT 'three'", recreate=True)
        op.drop_procedure("p")
        """,
    )
    migrator = history.migrator(postgresql_engine)
    await migrator.upgrade("a1")
    assert await rows(postgresql_engine, "SELECT * FROM uses_f") == [(2,)]
    await migrator.upgrade()
    assert await rows(postgresql_engine, "SELECT f()") == [("three",)]


async def test_triggers_of_postgresql(postgresql_engine: AsyncEngine, there_and_back: Any) -> None:
    async def look() -> None:
        async with postgresql_engine.connect() as connection:
            await connection.execute(text("UPDATE account SET name = 'Cleo' WHERE id = 1"))
            names = await connection.execute(text("SELECT name FROM account ORDER BY id"))
            assert names.scalars().all() == ["CLEO", "bob"]

    await there_and_back(
        postgresql_engine,
        '''
        op.create_function(
            "shout_name",
            """
            CREATE FUNCTION shout_name() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                NEW.name := upper(NEW.name);
                RETURN NEW;
            END
            $$
            """,
        )
        op.create_trigger(
            "shout",
            "account",
            timing="BEFORE",
            events=["INSERT", "UPDATE OF name"],
            for_each="ROW",
            when="NEW.id < 0",
            body="EXECUTE FUNCTION shout_name()",
        )
        op.replace_trigger(
            "shout",
            "account",
            timing="BEFORE",
            events=["INSERT", "UPDATE OF name"],
            for_each="ROW",
            when="NEW.id > 0",
            body="EXECUTE FUNCTION shout_name()",
        )
        for _ in range(2):
            op.replace_trigger(
                "later",
                "account",
                """
                CREATE CONSTRAINT TRIGGER later AFTER INSERT ON account DEFERRABLE
                FOR EACH ROW EXECUTE FUNCTION shout_name()
                """,
                recreate=True,
            )
        ''',
        """
        op.drop_trigger("later", "account")
        op.drop_trigger("shout", "account")
        op.drop_trigger("shout", "account", if_exists=True, cascade=True)
        op.drop_function("shout_name")
        """,
        look,
    )


async def test_triggers_of_sqlite(sqlite_engine: AsyncEngine, there_and_back: Any) -> None:
    async def look() -> None:
        async with sqlite_engine.connect() as connection:
            await connection.execute(text("INSERT INTO seen VALUES ('cleo')"))
            await connection.execute(text("UPDATE account SET name = 'dora' WHERE id = 3"))
            log = await connection.execute(text("SELECT line FROM log ORDER BY line"))
            assert log.scalars().all() == ["cleo; 100%", "dora", "end"]

    await there_and_back(
        sqlite_engine,
        '''
        op.create_table("log", sa.Column("line", sa.Text))
        op.create_view("seen", "SELECT name FROM account WHERE active")
        op.create_trigger(
            "into_account",
            "seen",
            timing="INSTEAD OF",
            events=["INSERT"],
            body="""
                BEGIN
                    INSERT INTO account SELECT max(id) + 1, NEW.name, 1 FROM account;
                    INSERT INTO log VALUES (NEW.name || CASE WHEN NEW.name = '' THEN '' ELSE '; 100%' END);
                END
            """,
        )
        op.create_trigger(
            "renamed",
            "account",
            """
            CREATE TRIGGER renamed AFTER UPDATE OF name ON account FOR EACH ROW BEGIN SELECT 1; END;
            """,
        )
        op.replace_trigger(
            "renamed",
            "account",
            timing="AFTER",
            events=["UPDATE OF name"],
            for_each="ROW",
            when="NEW.name <> OLD.name",
            body="BEGIN INSERT INTO log VALUES (NEW.name); INSERT INTO log VALUES ('end'); END;",
        )
        ''',
        """
        op.drop_trigger("renamed", "account")
        op.drop_trigger("into_account", "seen", if_exists=True)
        op.drop_view("seen")
        op.drop_table("log")
        """,
        look,
    )


async def test_views_routines_and_triggers_of_mariadb(
    mariadb_engine: AsyncEngine, there_and_back: Any
) -> None:
    async def look() -> None:
        assert await rows(mariadb_engine, "SELECT id, plus(1, 2) FROM seen") == [(1, 3)]
        async with mariadb_engine.connect() as connection:
            await connection.execute(text("CALL rename_all('x')"))
            names = await connection.execute(text("SELECT DISTINCT name FROM account"))
            assert names.scalars().all() == ["X!"]

    await there_and_back(
        mariadb_engine,
        '''
        op.create_view("seen", "SELECT id FROM account WHERE active", check_option="LOCAL", security_invoker=True)
        op.create_view("seen", "SELECT 1", if_not_exists=True)
        op.replace_view("seen", "SELECT id, name FROM account WHERE active")
        op.create_function(
            "plus",
            arguments=["a INTEGER", "b INTEGER"],
            returns="INTEGER",
            characteristics=["DETERMINISTIC"],
            body="RETURN a - b",
        )
        op.replace_function(
            "plus",
            """
            CREATE FUNCTION plus(a INTEGER, b INTEGER) RETURNS INTEGER DETERMINISTIC
            BEGIN
                DECLARE c INTEGER;
                SET c = a + b;
                RETURN c;
            END
            """,
        )
        op.create_procedure(
            "rename_all",
            arguments=["IN new_name VARCHAR(20)"],
            body="BEGIN UPDATE account SET name = new_name; SELECT 1; END",
        )
        op.replace_procedure(
            "rename_all",
            arguments=["IN new_name VARCHAR(20)"],
            body="BEGIN UPDATE account SET name = upper(new_name); END",
        )
        op.create_trigger(
            "mark", "account", timing="BEFORE", events=["UPDATE"], body="SET NEW.name = concat(NEW.name, '?')"
        )
        op.replace_trigger(
            "mark",
            "account",
            timing="BEFORE",
            events=["UPDATE"],
            for_each="ROW",
            body="BEGIN SET NEW.name = concat(NEW.name, '!'); END",
        )
        ''',
        """
        op.drop_trigger("mark", "account")
        op.drop_procedure("rename_all", if_exists=True)
        op.drop_function("plus")
        op.drop_view("seen")
        """,
        look,
    )


# --- extensions ---------------------------------------------------------------------------------------------


async def test_extensions(postgresql_engine: AsyncEngine, there_and_back: Any) -> None:
    async def look() -> None:
        found = await rows(postgresql_engine, "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'")
        assert found == [("citext",)]
        assert await rows(postgresql_engine, "SELECT 'A'::crm.citext OPERATOR(crm.=) 'a'::crm.citext") == [
            (True,)
        ]

    await there_and_back(
        postgresql_engine,
        """
        op.execute("CREATE SCHEMA crm")
        op.create_extension("citext", schema="crm", cascade=True)
        op.create_extension("citext", if_not_exists=True)
        """,
        """
        op.drop_extension("citext", cascade=True)
        op.drop_extension("citext", if_exists=True)
        op.execute("DROP SCHEMA crm")
        """,
        look,
    )


# --- enums --------------------------------------------------------------------------------------------------

PERSON = """
    mood = sa.dialects.postgresql.ENUM(name="mood", create_type=False)
    op.create_enum("mood", ["sad", "ok", "it's"])
    op.create_table(
        "person",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mood", mood, server_default="ok", nullable=False, index=True),
        sa.Column(
            "moods", sa.dialects.postgresql.ARRAY(mood), server_default=sa.text("'{ok,sad}'"), nullable=False
        ),
    )
    op.execute("INSERT INTO person (id) VALUES (1)")
"""
BOTH_COLUMNS = '[("person", "mood"), ("person", "moods")]'


async def test_an_enum_from_its_making_to_its_end(postgresql_engine: AsyncEngine, history: Any) -> None:
    migrator = history.migrator(postgresql_engine)
    before = await catalogue(postgresql_engine)
    history.add("a1", PERSON, 'op.drop_table("person")\nop.drop_enum("mood")')
    await migrator.upgrade()
    with_three = await catalogue(postgresql_engine)
    history.add(
        "b2",
        """
        op.add_enum_value("mood", "fine", after="ok")
        op.add_enum_value("mood", "fine", if_not_exists=True)
        op.add_enum_value("mood", "grim", before="sad")
        op.execute("INSERT INTO person VALUES (2, 'fine', '{grim,fine}')")
        """,
        f"""
        op.execute("UPDATE person SET mood = 'ok', moods = '{{}}'")
        op.drop_enum_value("mood", "fine", columns={BOTH_COLUMNS})
        op.drop_enum_value("mood", "grim", columns={BOTH_COLUMNS})
        """,
    )
    history.add(
        "c3",
        """
        op.rename_enum_value("mood", "it's", "that's")
        op.rename_enum("mood", "Temper")
        """,
        """
        op.rename_enum("Temper", "mood")
        op.rename_enum_value("mood", "that's", "it's")
        """,
    )
    await migrator.upgrade()
    assert await enums(postgresql_engine) == {'"Temper"': "grim,sad,ok,fine,that's"}
    assert await rows(postgresql_engine, "SELECT mood::text, moods::text FROM person ORDER BY id") == [
        ("ok", "{ok,sad}"),
        ("fine", "{grim,fine}"),
    ]
    await migrator.downgrade("a1")
    assert await catalogue(postgresql_engine) == with_three
    indexed = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_person_mood'"
    assert await rows(postgresql_engine, indexed) == [
        ("CREATE INDEX ix_person_mood ON public.person USING btree (mood)",)
    ]
    await migrator.downgrade("base")
    assert await catalogue(postgresql_engine) == before


@pytest.mark.parametrize(
    ("update", "value", "columns", "words"),
    [
        ("", "sad", BOTH_COLUMNS, "rows of person.moods hold the value 'sad'"),
        ("mood = 'it''s'", "it's", BOTH_COLUMNS, "rows of person.mood hold the value 'it''s'"),
        ("", "it's", '[("person", "mood")]', "person.moods uses the enum mood and is not in columns="),
        ("", "it's", "[]", "person.mood uses the enum mood and is not in columns="),
        ("", "happy", BOTH_COLUMNS, 'invalid input value for enum mood: "happy"'),
        ("mood = 'sad', moods = '{}'", "ok", BOTH_COLUMNS, 'invalid input value for enum mood: "ok"'),
    ],
    ids=["held in an array", "held", "column forgotten", "all forgotten", "no such value", "a default"],
)
async def test_a_value_is_not_dropped_while_it_is_needed(
    postgresql_engine: AsyncEngine, history: Any, update: str, value: str, columns: str, words: str
) -> None:
    history.add("a1", PERSON + (f"\n    op.execute({f'UPDATE person SET {update}'!r})" if update else ""))
    migrator = history.migrator(postgresql_engine)
    await migrator.upgrade()
    before = await catalogue(postgresql_engine)
    history.add("b2", f'op.drop_enum_value("mood", {value!r}, columns={columns})')
    with pytest.raises(RevisionFailedError) as caught:
        await migrator.upgrade()
    assert words in str(caught.value)
    assert await catalogue(postgresql_engine) == before


async def test_a_value_that_an_unused_enum_does_not_have_cannot_be_dropped(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    history.add("a1", 'op.create_enum("mood", ["sad", "ok"])')
    history.add("b2", 'op.drop_enum_value("mood", "ok", columns=[])')
    history.add("c3", 'op.drop_enum_value("mood", "ok", columns=[])')
    with pytest.raises(RevisionFailedError, match='invalid input value for enum mood: "ok"'):
        await history.migrator(postgresql_engine).upgrade()
    assert await enums(postgresql_engine) == {"mood": "sad"}


async def test_a_value_is_dropped_from_an_enum_with_the_longest_name(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    name = "m" * 63
    history.add("a1", f'op.create_enum("{name}", ["a", "b"])')
    history.add("b2", f'op.drop_enum_value("{name}", "a", columns=[])')
    await history.migrator(postgresql_engine).upgrade()
    assert await enums(postgresql_engine) == {name: "b"}


async def test_a_value_is_dropped_in_other_schemas_and_partitions(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    history.add(
        "a1",
        """
        op.execute("CREATE SCHEMA crm")
        op.create_enum("Mood", ["sad", "ok", "100%"], schema="crm")
        op.execute("CREATE TABLE person (id integer, mood crm.\\"Mood\\" DEFAULT 'ok') PARTITION BY LIST (id)")
        op.execute("CREATE TABLE person_1 PARTITION OF person FOR VALUES IN (1)")
        op.execute('CREATE TABLE crm.person (mood crm."Mood")')
        op.execute("INSERT INTO person VALUES (1, DEFAULT)")
        """,
    )
    history.add(
        "b2",
        """
        op.drop_enum_value(
            "Mood", "100%", columns=[("person", "mood", "public"), ("person", "mood")], schema="crm"
        )
        """,
    )
    await history.migrator(postgresql_engine).upgrade()
    assert await enums(postgresql_engine) == {'crm."Mood"': "sad,ok"}
    assert await rows(postgresql_engine, "SELECT mood::text FROM person_1") == [("ok",)]


async def test_what_the_sql_of_a_removal_does_is_what_the_run_does(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    history.add("a1", PERSON)
    await history.migrator(postgresql_engine).upgrade()
    recorder = Recorder("postgresql+asyncpg")
    recorder.op.drop_enum_value("mood", "it's", columns=[("person", "mood"), ("person", "moods")])
    async with postgresql_engine.begin() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.execute(recorder.script())
    assert await enums(postgresql_engine) == {"mood": "sad,ok"}


# --- types that go with what brought them -------------------------------------------------------------------

WITH_MOOD = """
    op.create_table(
        "person", sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", sa.Enum({}, name="mood"))
    )
"""


async def test_a_type_goes_with_its_table_and_comes_again_with_other_values(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    before = await catalogue(postgresql_engine)
    drop = 'op.drop_table("person", postgresql_drop_types=[sa.Enum(name="mood")])'
    path = history.add("a1", WITH_MOOD.format("'a', 'b'"), drop)
    migrator = history.migrator(postgresql_engine)
    await migrator.upgrade()
    assert await enums(postgresql_engine) == {"mood": "a,b"}
    await migrator.downgrade("base")
    assert await catalogue(postgresql_engine) == before
    path.write_text(path.read_text().replace("'a', 'b'", "'c'"))
    await history.migrator(postgresql_engine).upgrade()
    assert await enums(postgresql_engine) == {"mood": "c"}


async def test_a_type_that_something_else_uses_stays(postgresql_engine: AsyncEngine, history: Any) -> None:
    types = 'postgresql_drop_types=[sa.Enum(name="mood", schema="public")]'
    history.add("a1", WITH_MOOD.format("'a'"), f'op.drop_table("person", {types})')
    history.add(
        "b2",
        """
        op.create_table("pet", sa.Column("moods", sa.dialects.postgresql.ARRAY(sa.Enum("a", name="mood"))))
        op.add_column("pet", sa.Column("mood", sa.Enum("a", name="mood")))
        """,
    )
    history.add("c3", f'op.drop_table("person", {types})')
    history.add("d4", f'op.drop_column("pet", "moods", {types})')
    history.add("e5", f'op.drop_column("pet", "mood", {types})')
    migrator = history.migrator(postgresql_engine)
    for revision, left in {"c3": {"mood": "a"}, "d4": {"mood": "a"}, "e5": {}}.items():
        await migrator.upgrade(revision)
        assert await enums(postgresql_engine) == left


async def test_a_type_that_belongs_to_an_extension_stays(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    history.add(
        "a1",
        """
        op.create_extension("citext")
        op.create_enum("mood", ["a"])
        op.execute("ALTER EXTENSION citext ADD TYPE mood")
        op.create_table("person", sa.Column("mood", sa.Enum("a", name="mood")))
        op.drop_table("person", postgresql_drop_types=[sa.Enum(name="mood"), sa.Enum(name="nonesuch")])
        """,
    )
    await history.migrator(postgresql_engine).upgrade()
    assert await enums(postgresql_engine) == {"mood": "a"}


async def test_a_type_stays_where_the_revision_sees_to_it_itself(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    # What migrations written for Alembic do.
    history.add("a1", WITH_MOOD.format("'a'"), 'op.drop_table("person")\nop.execute("DROP TYPE mood")')
    migrator = history.migrator(postgresql_engine)
    await migrator.upgrade()
    await migrator.downgrade("base")
    assert await enums(postgresql_engine) == {}


async def test_the_option_means_nothing_elsewhere(sqlite_engine: AsyncEngine, history: Any) -> None:
    history.add(
        "a1",
        WITH_MOOD.format("'a'"),
        """
        op.drop_column("person", "mood", postgresql_drop_types=[sa.Enum(name="mood")])
        op.drop_table("person", postgresql_drop_types=[sa.Enum(name="mood")])
        """,
    )
    migrator = history.migrator(sqlite_engine)
    await migrator.upgrade()
    await migrator.downgrade("base")
    assert await catalogue(sqlite_engine) == []


def _people(*, with_pets: bool) -> sa.MetaData:
    metadata = sa.MetaData()
    mood = sa.Enum("sad", "ok", name="mood")
    sa.Table("person", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", mood))
    if with_pets:
        size = sa.Enum("big", "small", name="size")
        positive = postgresql.DOMAIN("positive", sa.Integer, check="VALUE > 0")
        pet = sa.Table(
            "pet", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", mood)
        )
        pet.append_column(sa.Column("sizes", postgresql.ARRAY(size)))
        pet.append_column(sa.Column("age", positive))
        metadata.tables["person"].append_column(sa.Column("wears", size))
        metadata.tables["person"].append_column(sa.Column("feels", sa.Enum("cold", "hot", name="feeling")))
    return metadata


async def test_what_autogenerate_writes_takes_its_types_back(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    (history.location / "versions").mkdir(parents=True)
    seen = [await catalogue(postgresql_engine)]
    for with_pets in (False, True):
        migrator = history.migrator(postgresql_engine, metadata=_people(with_pets=with_pets))
        await migrator.revision("change", autogenerate=True)
        await migrator.upgrade()
        seen.append(await catalogue(postgresql_engine))
    for _ in range(2):
        assert await catalogue(postgresql_engine) == seen[2]
        await migrator.downgrade("-1")
        assert await catalogue(postgresql_engine) == seen[1]
        await migrator.downgrade("-1")
        assert await catalogue(postgresql_engine) == seen[0]
        await migrator.upgrade()


async def test_a_column_whose_type_changes_and_changes_back(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    (history.location / "versions").mkdir(parents=True)
    seen = []
    mood, size = sa.Enum("a", "b", name="mood"), sa.Enum("a", "b", name="size")
    for type_ in (sa.Text(), mood, size, sa.Text()):
        metadata = sa.MetaData()
        sa.Table("person", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("mood", type_))
        migrator = history.migrator(postgresql_engine, metadata=metadata)
        [written] = await migrator.revision("change", autogenerate=True)
        # How values are converted is for people to say.
        using = r'\1, postgresql_using="mood::text::\2"'
        new_type = r'(\btype_=\w+\.enum\("a", "b", name="(\w+)"\))'
        written.path.write_text(re.sub(new_type, using, written.path.read_text(), flags=re.IGNORECASE))
        await history.migrator(postgresql_engine).upgrade()
        seen.append(await catalogue(postgresql_engine))
    assert [bool({"mood", "size"} & {name for _, name, _ in found}) for found in seen] == [
        False,
        True,
        True,
        False,
    ]
    for before in reversed(seen[:-1]):
        await history.migrator(postgresql_engine).downgrade("-1")
        assert await catalogue(postgresql_engine) == before


async def test_a_table_that_is_dropped_as_a_value_takes_its_types(postgresql_engine: AsyncEngine) -> None:
    models = _people(with_pets=True)
    before = await catalogue(postgresql_engine)

    def run(connection: sa.Connection) -> None:
        executor = LiveExecutor(connection)
        op = Operations(MigrationContext(executor))
        executor.begin()
        operations = [CreateTableOp.from_table(table) for table in models.sorted_tables]
        for operation in operations:
            op.invoke(operation)
        for operation in operations:
            op.invoke(operation.reverse())
        executor.commit()

    async with postgresql_engine.connect() as connection:
        await connection.run_sync(run)
    assert await catalogue(postgresql_engine) == before


async def test_a_value_that_is_added_can_be_used_at_once_and_stays_if_the_rest_fails(
    postgresql_engine: AsyncEngine, history: Any
) -> None:
    history.add("a1", PERSON)
    path = history.add(
        "b2",
        """
        op.add_enum_value("mood", "new", if_not_exists=True)
        op.execute("UPDATE person SET mood = 'new'")
        op.execute("SELECT 1 / 0")
        """,
    )
    migrator = history.migrator(postgresql_engine)
    with pytest.raises(RevisionFailedError) as caught:
        await migrator.upgrade()
    assert isinstance(caught.value.__cause__, DBAPIError)
    assert await enums(postgresql_engine) == {"mood": "sad,ok,it's,new"}
    assert await rows(postgresql_engine, "SELECT mood::text FROM person") == [("ok",)]
    path.write_text(path.read_text().replace("1 / 0", "1"))
    await history.migrator(postgresql_engine).upgrade()
    assert await rows(postgresql_engine, "SELECT mood::text FROM person") == [("new",)]
