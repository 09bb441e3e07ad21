"""Cutting scripts: what ends a statement in each dialect, and what only looks like it."""

from __future__ import annotations

import sqlite3
import time
from textwrap import dedent

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from async_migrate.ddl.script import ScriptStatement, parts_of, split_script, terminated
from async_migrate.errors import CopyFromStdinError


def statements(script: str, dialect: str) -> list[str]:
    return [statement.sql for statement in split_script(script, dialect)]


# --- one statement in many disguises ------------------------------------------------------------------------
#
# Each of these is one statement, whatever semicolons it has. The test puts it between two others, so that cutting it
# and missing its end are both noticed.

POSTGRESQL = {
    "string": "SELECT 'a;b', 'it''s;', ''",
    "backslash is no escape in a string": r"SELECT 'C:\'",
    "escape string": r"SELECT E'it\'s; \\', e'a'';b'",
    "escape string that goes on": "SELECT E'a\\';'  -- so far\n   '\\';b'",
    "string that ends in a word": "SELECT typee'a;'",
    "unicode string": r"SELECT U&'d\0061t\+000061; \'",
    "quoted name": 'SELECT 1 AS "a;b""c;"',
    "dollar": 'SELECT $$it\'s; "so" -- $$',
    "dollar with a tag": "SELECT $body$ $$ ; $b$ ; $body $ ; $$ $body$",
    "dollar with a foreign tag": "SELECT $größe$ ; $größe$",
    "dollar in a name": "SELECT a$b$, c$b$",
    "parameters are no dollar quotes": "PREPARE p AS SELECT $1, $2",
    "dollar behind a parameter": "PREPARE p AS SELECT $1$$;$$",
    "line comment": "SELECT 1 -- it's; so $$\n, 2",
    "block comment": "SELECT 1 /* ; it's $$ */ , 2",
    "nested comment": "SELECT 1 /* a /* b; */ c; /**/ */ , 2",
    "comment in a comment's end": "SELECT 1 /*/ ; */ , 2",
    "comment behind an operator": "SELECT 2 */* ; */ 3",
    "do": "DO $$ BEGIN PERFORM 1; PERFORM 2; END $$",
    "function in plpgsql": dedent("""\
        CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $f$
        BEGIN
            IF a > 0 THEN RETURN a; END IF;
            RETURN CASE WHEN a = 0 THEN 1 ELSE 2 END;
        END;
        $f$"""),
    "function in standard SQL": dedent("""\
        CREATE FUNCTION f(a int) RETURNS int
        BEGIN ATOMIC
            SELECT 1;
            SELECT CASE WHEN a > 1 THEN CASE a WHEN 2 THEN 1 END ELSE 0 END;
        END"""),
    "procedure in standard SQL": "CREATE OR REPLACE PROCEDURE p() BEGIN /* ; */ ATOMIC INSERT INTO t VALUES (1); END",
    "names like END in a body": dedent("""\
        CREATE FUNCTION f() RETURNS int
        BEGIN ATOMIC
            SELECT t.end AS end FROM t;
            SELECT 1;
        END"""),
    "a column named begin": "SELECT begin FROM t",
    "a parameter named begin": "CREATE FUNCTION begin(begin int) RETURNS int RETURN 1",
    "a table named atomic": "CREATE VIEW begin AS SELECT * FROM atomic",
    "rule": "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO u VALUES (1); DELETE FROM v)",
    "COPY to and from files": "COPY (SELECT * FROM stdin) TO STDOUT",
    "array slice and cast": "SELECT (ARRAY[1,2])[1:2]::text",
}

SQLITE = {
    "string": "SELECT 'a;b', 'it''s;'",
    "no escape string": r"SELECT e'\'",
    "names": 'SELECT "a;""b", `c;``d`, [e;f]',
    "line comment": "SELECT 1 -- it's; so\n, 2",
    "block comment": "SELECT 1 /* ; it's */ , 2",
    "comments do not nest": "SELECT 1 /* /* ; */ , 2",
    "trigger": dedent("""\
        CREATE TRIGGER t AFTER INSERT ON a BEGIN
            UPDATE b SET c = CASE WHEN new.x THEN 1 ELSE 2 END;
            DELETE FROM b WHERE d = 'END;';
        END"""),
    "columns named END": 'CREATE TRIGGER t DELETE ON a BEGIN SELECT end FROM b; SELECT 1 AS "END"; END',
    "temporary trigger": "CREATE TEMP TRIGGER IF NOT EXISTS t DELETE ON a WHEN old.x BEGIN SELECT 1; END",
    "trigger with comments": "CREATE /* ; */ TEMPORARY -- ;\nTRIGGER t DELETE ON a BEGIN SELECT 1; -- ;\n END",
    "table named trigger": 'CREATE TABLE "trigger" (a)',
    "END is COMMIT": "END",
    "BEGIN": "BEGIN IMMEDIATE",
}

MYSQL = {
    "strings": r"""SELECT 'a;b', 'it\'s;', "say \"hi;\"", 'it''s;', '\\'""",
    "name": "SELECT `a;``b`",
    "line comment": "SELECT 1 -- it's;\n, 2",
    "hash comment": "SELECT 1 # it's;\n, 2",
    "minus minus without a space is no comment": "SELECT 1--1, 'x'",
    "block comments do not nest": "SELECT 1 /* /* ; */ , 2",
    "executable comment": "/*!40101 SET NAMES utf8mb4 */",
    "executable comment with a string in it": "SELECT 1 /*!80000 , '*/ ;' */",
    "hint": "SELECT /*+ NO_INDEX(t) ; */ 1",
    "procedure": "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END",
    "procedure of one statement": "CREATE PROCEDURE p() SELECT IF(1, REPEAT('a', 2), 3)",
    "definers": "CREATE DEFINER=`a b`@`%` FUNCTION f() RETURNS INT BEGIN RETURN 1; END",
    "definer without quotes": "CREATE DEFINER = root@localhost PROCEDURE p() BEGIN SELECT 1; END",
    "definer is who creates": "CREATE OR REPLACE DEFINER=CURRENT_USER() PROCEDURE p() BEGIN SELECT 1; END",
    "as dumped": (
        "/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW "
        "BEGIN SET NEW.x = 1; SET NEW.y = 2; END */"
    ),
    "trigger without BEGIN": (
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF (NEW.x < 0) THEN SET NEW.x = IF(1, 2, 3); "
        "ELSEIF NEW.x > 9 THEN SET NEW.x = 9; ELSE SET NEW.x = 5; END IF"
    ),
    "event": "CREATE EVENT IF NOT EXISTS e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; DELETE FROM b; END",
    "changed event": "ALTER EVENT e DO BEGIN DELETE FROM a; DELETE FROM b; END",
    "nested": dedent("""\
        CREATE PROCEDURE p(IN a INT)
        outermost: BEGIN
            DECLARE done INT DEFAULT 0;
            DECLARE c CURSOR FOR SELECT 1;
            DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; END;
            DECLARE CONTINUE HANDLER FOR NOT FOUND SET done = 1;
            IF CASE a WHEN 1 THEN TRUE ELSE FALSE END THEN
                SELECT 1;
            ELSEIF a = 2 THEN
                BEGIN END;
            ELSE
                IF a = 3 THEN SELECT 3; END IF;
            END IF;
            CASE a
                WHEN 1 THEN IF a THEN SELECT CASE WHEN a THEN 1 END; END IF;
                WHEN 2 THEN SELECT 2;
                ELSE BEGIN END;
            END CASE;
            inner_loop: LOOP LEAVE inner_loop; END LOOP inner_loop;
            WHILE a > 0 DO SET a = a - 1; END WHILE;
            REPEAT SET a = REPEAT(1, 2); SELECT a FOR UPDATE; UNTIL a > 0 END REPEAT;
            FOR i IN 1..3 DO SELECT i; END FOR;
        END outermost"""),
    "names that read like words": dedent("""\
        CREATE PROCEDURE p(begin INT, end INT)
        BEGIN
            INSERT INTO slots (begin, end) VALUES (NEW.begin, NEW.end);
            SET end = begin;
            SELECT a.end, 1 AS end, `begin` FROM a WHERE begin > 1 AND end < 2 ORDER BY begin;
            SELECT a, begin FROM a;
            SELECT CASE WHEN a IN (1, end) THEN 1 END;
        END"""),
    "a column named delimiter": "CREATE TABLE a (\n  delimiter CHAR(1), -- it's\n  b INT\n)",
    "no body": "CREATE TABLE event (a INT)",
}

ORACLE = {
    "string": r"SELECT 'a;b', 'it''s;', 'C:\' FROM dual",
    "alternative quoting": "SELECT q'[it's; ]', Q'{a;'}', nq'<;'>', q'(a;')', q'!it's;!' FROM dual",
    "name": 'SELECT 1 AS "a;b" FROM dual',
    "comments": "SELECT 1 -- ;\n /* ; */ FROM dual",
    "division": "SELECT 4 / 2 FROM dual",
}

SQL_SERVER = {
    "statements": "DECLARE @a INT = 1; SELECT @a; MERGE t USING u ON 1 = 1 WHEN MATCHED THEN DELETE;",
    "go in a string": "SELECT 'a\nGO\nb'",
    "go in a name": "SELECT [a]]\nGO\nb]",
    "go in a nested comment": "SELECT 1 /* /* */ \nGO\n */ , 2",
    "go in a line": "SELECT go FROM t",
    "going": "SELECT 1 AS\ngoing",
}


TABLES = [
    ("postgresql", ";", POSTGRESQL),
    ("sqlite", ";", SQLITE),
    ("mysql", ";", MYSQL),
    ("mariadb", ";", MYSQL),
    ("oracle", ";", ORACLE),
    ("mssql", "\nGO", SQL_SERVER),
]
ONE_STATEMENT = [
    pytest.param(dialect, terminator, sql, id=f"{dialect}: {name}")
    for dialect, terminator, table in TABLES
    for name, sql in table.items()
]


@pytest.mark.parametrize(("dialect", "terminator", "sql"), ONE_STATEMENT)
def test_one_statement_is_not_cut_and_its_end_is_found(dialect: str, terminator: str, sql: str) -> None:
    script = f"SELECT 'first'{terminator}\n{sql}{terminator}\nSELECT 'last'"
    assert statements(script, dialect) == ["SELECT 'first'", sql, "SELECT 'last'"]


@pytest.mark.parametrize(("dialect", "terminator", "sql"), ONE_STATEMENT)
def test_one_statement_alone_is_unchanged(dialect: str, terminator: str, sql: str) -> None:
    assert statements(sql, dialect) == [sql]
    assert statements(f"\n  {sql}{terminator}\n", dialect) == [sql]


CUTS = {
    "empty": ("postgresql", "", []),
    "nothing in it": ("postgresql", " ;; -- a;\n /* b; */ ; ", []),
    "empty statements": ("sqlite", ";SELECT 1;;\n;SELECT 2;", ["SELECT 1", "SELECT 2"]),
    "comments before and inside stay": (
        "postgresql",
        "-- one\n/* two */ SELECT /* three */ 1 -- four\n; -- five\nSELECT 2 -- six",
        ["-- one\n/* two */ SELECT /* three */ 1", "SELECT 2"],
    ),
    "a comment on the line where a statement ends is about that": (
        "postgresql",
        "SELECT 1; /* a */ -- b\n-- c\nSELECT 2;",
        ["SELECT 1", "-- c\nSELECT 2"],
    ),
    "carriage returns": ("postgresql", "SELECT 1; -- a\r\nSELECT 2;\r\n", ["SELECT 1", "SELECT 2"]),
    "a carriage return alone ends a line (PostgreSQL)": (
        "postgresql",
        "SELECT 1 -- a\r; SELECT 2",
        ["SELECT 1", "SELECT 2"],
    ),
    "transactions are statements": (
        "postgresql",
        "BEGIN; SELECT 1; COMMIT; END;",
        ["BEGIN", "SELECT 1", "COMMIT", "END"],
    ),
    "transactions are statements (SQLite)": ("sqlite", "BEGIN; SELECT 1; END;", ["BEGIN", "SELECT 1", "END"]),
    "transactions are statements (MySQL)": (
        "mysql",
        "BEGIN; SELECT 1; COMMIT",
        ["BEGIN", "SELECT 1", "COMMIT"],
    ),
    "minus minus is always a comment (PostgreSQL)": ("postgresql", "SELECT 1--1; SELECT 2", ["SELECT 1"]),
    "minus minus is always a comment (SQLite)": ("sqlite", "SELECT 1--1; SELECT 2", ["SELECT 1"]),
    "and needs a space (MySQL)": ("mysql", "SELECT 1--1; SELECT 2--", ["SELECT 1--1", "SELECT 2"]),
    "comments do not nest in SQLite": (
        "sqlite",
        "SELECT 1 /* /* */ , 2; SELECT 3",
        ["SELECT 1 /* /* */ , 2", "SELECT 3"],
    ),
    "never closed": ("postgresql", "SELECT 1; SELECT 'a; b", ["SELECT 1", "SELECT 'a; b"]),
    "never closed, dollar": ("postgresql", "SELECT 1; SELECT $a$ ; $b$", ["SELECT 1", "SELECT $a$ ; $b$"]),
    "never closed, comment": ("postgresql", "SELECT 1; SELECT 2 /* a /* b */ ; c", ["SELECT 1", "SELECT 2"]),
    "never closed, escape string": ("postgresql", "SELECT 1; SELECT E'a; \\", ["SELECT 1", "SELECT E'a; \\"]),
    "more closed than opened": ("postgresql", "SELECT 1); SELECT 2", ["SELECT 1)", "SELECT 2"]),
    "functions one after another": (
        "postgresql",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;CREATE FUNCTION g() RETURNS int RETURN 1;SELECT 2",
        [
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END",
            "CREATE FUNCTION g() RETURNS int RETURN 1",
            "SELECT 2",
        ],
    ),
    "delimiter": (
        "mysql",
        "SELECT 1;\nDELIMITER //\nSELECT 2; SELECT '//' // # //\nSELECT 3//\n  delimiter ;\nSELECT 4; SELECT 5",
        ["SELECT 1", "SELECT 2; SELECT '//'", "SELECT 3", "SELECT 4", "SELECT 5"],
    ),
    "delimiter right behind a word": (
        "mysql",
        "DELIMITER $$\r\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\r\nDELIMITER ;\r\nSELECT 2;\r\n",
        ["CREATE PROCEDURE p() BEGIN SELECT 1; END", "SELECT 2"],
    ),
    "delimiter of a dump": (
        "mariadb",
        "DELIMITER ;;\n/*!50003 CREATE TRIGGER t DELETE ON a FOR EACH ROW BEGIN SET @a = 1; END */;;\nDELIMITER ;\n",
        ["/*!50003 CREATE TRIGGER t DELETE ON a FOR EACH ROW BEGIN SET @a = 1; END */"],
    ),
    "batches": (
        "mssql",
        "CREATE TABLE t (a INT);\nINSERT INTO t VALUES (1);\nGO\n  go -- again\nSELECT 1;\r\nGO\r\nSELECT 2\nGO 3\n",
        [
            "CREATE TABLE t (a INT);\nINSERT INTO t VALUES (1);",
            "SELECT 1;",
            "SELECT 2",
            "SELECT 2",
            "SELECT 2",
        ],
    ),
    "PL/SQL": (
        "oracle",
        dedent("""\
            CREATE TABLE t (a NUMBER);
            CREATE OR REPLACE EDITIONABLE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW
            BEGIN
              x := 4
             / 2;
            END;
            /
            DECLARE a NUMBER; BEGIN NULL; END;
             /\t
            DROP TABLE t
            /
            /
            SELECT 1 FROM dual;
        """),
        [
            "CREATE TABLE t (a NUMBER)",
            "CREATE OR REPLACE EDITIONABLE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW\nBEGIN\n  x := 4\n / 2;\nEND;",
            "DECLARE a NUMBER; BEGIN NULL; END;",
            "DROP TABLE t",
            "SELECT 1 FROM dual",
        ],
    ),
    "PL/SQL with a label": ("oracle", "<<a>> BEGIN NULL; END;\n/\n", ["<<a>> BEGIN NULL; END;"]),
    "PL/SQL in a query": (
        "oracle",
        "WITH FUNCTION f RETURN NUMBER IS BEGIN RETURN 1; END; SELECT f FROM dual\n/\nCOMMIT;",
        ["WITH FUNCTION f RETURN NUMBER IS BEGIN RETURN 1; END; SELECT f FROM dual", "COMMIT"],
    ),
    "a dialect of which nothing is known": ("duckdb", " SELECT 1; SELECT 2; ", [" SELECT 1; SELECT 2; "]),
    "a dialect of which nothing is known, empty": ("duckdb", " \n", []),
}


@pytest.mark.parametrize(("dialect", "script", "expected"), CUTS.values(), ids=CUTS)
def test_cuts(dialect: str, script: str, expected: list[str]) -> None:
    assert statements(script, dialect) == expected


def test_the_line_is_that_of_the_first_word() -> None:
    script = "\n-- about one\nSELECT 1;\n\nSELECT '\n\n'; SELECT 3; /*\n*/\n  SELECT 4"
    assert split_script(script, "postgresql") == [
        ScriptStatement("-- about one\nSELECT 1", 3),
        ScriptStatement("SELECT '\n\n'", 5),
        ScriptStatement("SELECT 3", 7),
        ScriptStatement("SELECT 4", 9),
    ]


# --- rows in a script ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "copy",
    [
        "COPY t (a) FROM stdin;",
        "copy public.t from /* ; */ STDIN WITH (FORMAT csv);\n1,2\n\\.\n",
        "COPY t FROM STDIN",
    ],
)
def test_rows_in_a_script_are_refused(copy: str) -> None:
    with pytest.raises(CopyFromStdinError) as caught:
        split_script(f"CREATE TABLE t (a int);\n\n{copy}", "postgresql")
    assert (caught.value.number, caught.value.line) == (2, 3)
    assert str(caught.value) == (
        "Statement 2, line 3 of the script, is COPY ... FROM STDIN: the rows below it are for psql to send, and are "
        "no SQL. Write them as INSERT statements (pg_dump --inserts does) or use op.bulk_insert()."
    )


# --- any script ---------------------------------------------------------------------------------------------

STATEMENTS = {dialect: list(table.values()) for dialect, _, table in TABLES}


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite", "mysql"])
@settings(deadline=None)
@given(data=st.data())
def test_what_was_joined_is_cut_into_the_same(dialect: str, data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(STATEMENTS[dialect]), max_size=8))
    ends = st.sampled_from([";\n", ";", " ;\r\n", "\n;", ";;\n", "; -- it's; \n", "/* ; ' */; /* \" */\n"])
    script = "".join(sql + data.draw(ends) for sql in chosen)
    assert statements(script, dialect) == chosen


_FRAGMENTS = [
    *["'", '"', "`", "[", "]", ";", ";", "\n", " ", "--", "/*", "*/", "a", "(", ")", "."],
    *[" BEGIN ", " END ", " CASE ", "; END;", " CREATE ", " TRIGGER ", " TEMP "],
    *["CREATE TRIGGER ", "create temporary trigger ", "EXPLAIN QUERY PLAN CREATE TRIGGER "],
]


@settings(deadline=None, max_examples=500)
@given(fragments=st.lists(st.sampled_from(_FRAGMENTS), max_size=40))
def test_sqlite_agrees_on_where_statements_end(fragments: list[str]) -> None:
    script = "".join(fragments)
    pieces = _cut_by_sqlite(script)
    cut = [statements(piece, "sqlite") for piece in pieces]
    assert all(len(found) <= 1 for found in cut)
    whole = statements(script, "sqlite")
    alone = [sql for found in cut for sql in found]
    # What stands on the line where the statement before has ended goes with that one.
    assert [sql.endswith(same) for sql, same in zip(alone, whole, strict=True)] == [True] * len(whole)


def _cut_by_sqlite(script: str) -> list[str]:
    """Cut behind every semicolon at which SQLite says that a statement is complete."""
    pieces = [""]
    for character in script:
        pieces[-1] += character
        if character == ";" and sqlite3.complete_statement(pieces[-1]):
            pieces.append("")
    return pieces


@settings(deadline=None, max_examples=300)
@given(text=st.text(alphabet="';\"$aEe\\-/*\n`#[]()<>qQ! GO", max_size=60), data=st.data())
def test_any_text_is_cut_without_losing_a_word(text: str, data: st.DataObject) -> None:
    dialect = data.draw(st.sampled_from(["postgresql", "sqlite", "mysql", "oracle"]))
    position = 0
    for sql in statements(text, dialect):
        assert sql.strip()
        position = text.index(sql, position) + len(sql)


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite", "mysql", "oracle", "mssql"])
@pytest.mark.parametrize(
    "piece",
    [
        "'",
        '"',
        "`",
        "[",
        "$",
        "$$",
        "$a",
        "E'\\'",
        "e'\n'",
        "/*",
        "*/",
        "-- \n",
        "(",
        ";",
        "; -- a\n",
        " ",
        "\n",
        "q'[",
        "a ",
        "\n / ",
    ],
)
def test_reading_takes_time_in_proportion_to_the_length(dialect: str, piece: str) -> None:
    begin = time.process_time()
    split_script(piece * 50_000, dialect)
    # Going back over what was read, once for each piece, would take minutes.
    assert time.process_time() - begin < 5


# --- clauses ------------------------------------------------------------------------------------------------


def test_a_single_statement_goes_the_way_it_always_went() -> None:
    clause = sa.text("\nUPDATE t SET a = :a, b = '1'::int\n").execution_options(autocommit=True)
    (part,) = parts_of(clause, "postgresql")
    assert part.clause is clause
    assert part.position == ""
    select = sa.select(sa.literal("a; b"))
    assert [part.clause for part in parts_of(select, "postgresql")] == [select]


def test_a_text_with_values_is_no_script() -> None:
    clause = sa.text("SELECT :a; SELECT ':b'").bindparams(a=None)
    assert [part.clause for part in parts_of(clause, "sqlite")] == [clause]


def test_parts_know_where_they_stand() -> None:
    clause = sa.text("SELECT 1;\n\nSELECT 2;").execution_options(spam=1)
    parts = parts_of(clause, "sqlite")
    assert [(str(part.clause), part.position) for part in parts] == [
        ("SELECT 1", "statement 1 of 2, line 1 of the script"),
        ("SELECT 2", "statement 2 of 2, line 3 of the script"),
    ]
    assert [part.clause.get_execution_options() for part in parts] == [{"spam": 1}] * 2


COLONS = {
    "in a string": ("postgresql", "SELECT ':a'", "SELECT ':a'"),
    "in a name": ("postgresql", 'SELECT 1 AS ":a"', 'SELECT 1 AS ":a"'),
    "in a body": ("postgresql", "DO $$ BEGIN a := :b; END $$", "DO $$ BEGIN a := :b; END $$"),
    "in a comment": ("postgresql", "SELECT 1 -- :a\n, 2 /* :b */ , 3", "SELECT 1 -- :a\n, 2 /* :b */ , 3"),
    "in an executable comment": ("mysql", "SELECT 1 /*! , :a */", "SELECT 1 /*! , %s */"),
    "escaped already": ("postgresql", r"SELECT '\:a', \:b", "SELECT ':a', :b"),
    "a time": ("sqlite", "SELECT '12:30'", "SELECT '12:30'"),
    "casts": ("postgresql", "SELECT 'a :b'::text, a[1:2]", "SELECT 'a :b'::text, a[1:2]"),
    "a parameter beside": ("sqlite", "SELECT :a, ':a'", "SELECT ?, ':a'"),
    "a column named delimiter": ("mysql", "SELECT\ndelimiter x, ':a'", "SELECT\ndelimiter x, ':a'"),
}


@pytest.mark.parametrize(("dialect", "sql", "compiled"), COLONS.values(), ids=COLONS)
@pytest.mark.parametrize("script", ["{}", "{};", "SELECT 0;{}"], ids=["alone", "terminated", "in a script"])
def test_a_colon_in_a_literal_is_a_colon(dialect: str, sql: str, compiled: str, script: str) -> None:
    part = parts_of(script.format(sql), dialect)[-1]
    engine = sa.create_mock_engine(f"{dialect}://", print)
    assert str(part.clause.compile(dialect=engine.dialect)) == compiled


def test_where_nothing_is_known_of_a_dialect_a_colon_is_what_text_says() -> None:
    (part,) = parts_of("SELECT ':a'; SELECT 2", "duckdb")
    assert str(part.clause) == "SELECT ':a'; SELECT 2"
    assert part.clause.compile().params == {"a": None}


# --- for the client -----------------------------------------------------------------------------------------

ENDED = {
    "plain": ("postgresql", ";", "SELECT 1", "SELECT 1;"),
    "ended already": ("mssql", ";", "SELECT 1;", "SELECT 1;"),
    "body": ("sqlite", ";", SQLITE["trigger"], SQLITE["trigger"] + ";"),
    "plain, MySQL": ("mysql", ";", "SELECT ';'", "SELECT ';';"),
    "body, MySQL": ("mysql", ";", MYSQL["procedure"], f"DELIMITER //\n{MYSQL['procedure']}\n//\nDELIMITER ;"),
    "body with slashes, MariaDB": (
        "mariadb",
        ";",
        "CREATE PROCEDURE p() BEGIN SELECT '//'; END",
        "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT '//'; END\n$$\nDELIMITER ;",
    ),
    "PL/SQL": ("oracle", "", "BEGIN NULL; END;", "BEGIN NULL; END;"),
}


@pytest.mark.parametrize(("dialect", "terminator", "sql", "expected"), ENDED.values(), ids=ENDED)
def test_terminated(dialect: str, terminator: str, sql: str, expected: str) -> None:
    written = terminated(sql, dialect, terminator=terminator)
    assert written == expected
    if dialect != "oracle":
        assert (
            statements(f"{written}\n{written}", "sqlite" if dialect == "mssql" else dialect)
            == [sql.rstrip(";")] * 2
        )
