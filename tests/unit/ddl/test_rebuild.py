"""Tables made anew, tried on SQLite itself: what was asked for has happened, and nothing else is lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import conv

from async_migrate.ddl import Attached
from async_migrate.errors import (
    AlreadyInTableError,
    NotInTableError,
    UnnamedConstraintError,
    UnsupportedOperationError,
)
from async_migrate.ops import (
    AddColumnOp,
    AlterColumnOp,
    BatchAlterTable,
    CreateCheckConstraintOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropColumnOp,
    DropConstraintOp,
    DropIndexOp,
    ExecuteSQLOp,
    MigrateOperation,
)


def account(*more: Any, **options: Any) -> Table:
    return Table(
        "account",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("name", String(50)),
        Column("age", Integer),
        *more,
        **options,
    )


CREATE = "CREATE TABLE account (id INTEGER PRIMARY KEY, name VARCHAR(50), age INTEGER)"
ROWS = "INSERT INTO account (id, name, age) VALUES (1, 'x', 5), (7, 'y', NULL)"


def batch(*operations: MigrateOperation, **options: Any) -> BatchAlterTable:
    return BatchAlterTable("account", operations=list(operations), **options)


def alter(column: str, **options: Any) -> AlterColumnOp:
    return AlterColumnOp("account", column, **options)


def columns(made: Any) -> list[str]:
    return [row[1] for row in made.rows("PRAGMA table_xinfo(account)")]


# --- columns ------------------------------------------------------------------------------------------------


def test_rows_are_kept(database: Any) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(batch(alter("name", modify_nullable=False)), account())

    assert made.rows("SELECT * FROM account") == [(1, "x", 5), (7, "y", None)]
    assert made.rows("SELECT name FROM sqlite_master") == [("account",)]


def test_cast_between_families_of_types_only(database: Any) -> None:
    made = database(CREATE, ROWS)

    statements = made.rebuild(
        batch(alter("age", modify_type=String(9)), alter("name", modify_type=String(90))), account()
    )

    assert statements[2].count("CAST") == 1
    assert made.rows("SELECT age, typeof(age) FROM account") == [("5", "text"), (None, "null")]


def test_added_column_has_its_default_in_old_rows(database: Any) -> None:
    made = database(CREATE, ROWS)
    new = Column("size", Integer, nullable=False, server_default=text("(2 + 3)"))

    made.rebuild(batch(AddColumnOp("account", new, insert_after="id")), account())

    assert columns(made) == ["id", "size", "name", "age"]
    assert made.rows("SELECT size FROM account") == [(5,), (5,)]


def test_column_is_moved(database: Any) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(batch(alter("age", insert_before="id")), account())

    assert columns(made) == ["age", "id", "name"]
    assert made.rows("SELECT * FROM account") == [(5, 1, "x"), (None, 7, "y")]


def test_order_names_a_column_that_a_later_part_of_the_block_adds(database: Any) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(
        batch(
            alter("name", modify_nullable=False),
            ExecuteSQLOp("UPDATE account SET age = 6"),
            AddColumnOp("account", Column("size", Integer, unique=True)),
            partial_reordering=[("size", "name")],
        ),
        account(),
    )

    assert columns(made) == ["id", "age", "size", "name"]


def test_order_names_a_column_that_is_nowhere(database: Any) -> None:
    with pytest.raises(NotInTableError) as caught:
        database(CREATE).rebuild(batch(recreate="always", partial_reordering=[("nme", "id")]), account())

    assert str(caught.value) == (
        "batch_alter_table() found no column 'nme' in table 'account': it has 'id', 'name', 'age'. Did you mean 'name'?"
    )


def test_computed_columns_are_computed_not_copied(database: Any) -> None:
    made = database(
        "CREATE TABLE account "
        "(id INTEGER PRIMARY KEY, name TEXT, age INT, twice INT GENERATED ALWAYS AS (age * 2) STORED)",
        ROWS,
    )
    table = account(Column("twice", Integer, Computed("age * 2", persisted=True)))

    made.rebuild(batch(alter("name", modify_nullable=False), alter("age", modify_name="years")), table)

    assert made.rows("SELECT years, twice FROM account") == [(5, 10), (None, None)]


def test_computed_column_made_plain_keeps_its_values(database: Any) -> None:
    made = database(
        "CREATE TABLE account (id INTEGER PRIMARY KEY, name TEXT, age INT, twice INT GENERATED ALWAYS AS (age * 2))",
        ROWS,
    )
    table = account(Column("twice", Integer, Computed("age * 2")))
    operation = alter("twice", existing_server_default=Computed("age * 2"), modify_server_default=None)

    made.rebuild(batch(operation), table)
    made.connection.execute("UPDATE account SET age = 50")

    assert made.rows("SELECT twice FROM account") == [(10,), (None,)]


def test_plain_column_made_computed(database: Any) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(batch(alter("age", modify_server_default=Computed("id * 2"))), account())

    assert made.rows("SELECT age FROM account") == [(2,), (14,)]


def test_columns_go_by_their_names_not_their_keys(database: Any) -> None:
    table = Table(
        "account",
        MetaData(),
        Column("id", Integer, key="k1", primary_key=True),
        Column("age", Integer, key="k2", unique=True, index=True),
        CheckConstraint("age > 0"),
        ForeignKeyConstraint(["k2"], ["account.k1"], name="fk"),
    )
    made = database(
        "CREATE TABLE account (id INTEGER PRIMARY KEY, age INT)", "INSERT INTO account VALUES (1, 1)"
    )

    made.rebuild(
        batch(
            alter("age", modify_nullable=False),
            AddColumnOp("account", Column("size", Integer, key="k3", unique=True)),
        ),
        table,
    )

    assert columns(made) == ["id", "age", "size"]
    assert "CONSTRAINT fk FOREIGN KEY(age) REFERENCES account (id)" in made.definition("account")
    assert made.rows("SELECT * FROM account") == [(1, 1, None)]


@pytest.mark.parametrize("operation", ["add", "drop"])
def test_condition_is_decided_by_the_definition(database: Any, operation: str) -> None:
    made = database(CREATE, ROWS)
    changes = {
        "add": [
            AddColumnOp("account", Column("age", Integer), if_not_exists=True),
            AddColumnOp("account", Column("size", Integer), if_not_exists=True),
        ],
        "drop": [
            DropColumnOp("account", "size", if_exists=True),
            DropColumnOp("account", "age", if_exists=True),
        ],
    }

    statements = made.rebuild(batch(*changes[operation]), account())

    assert (
        statements
        == {
            "add": ["ALTER TABLE account ADD COLUMN size INTEGER"],
            "drop": ["ALTER TABLE account DROP COLUMN age"],
        }[operation]
    )


# --- dropping columns ---------------------------------------------------------------------------------------


def test_plain_column_is_dropped_by_alter(database: Any) -> None:
    made = database(CREATE, ROWS)

    assert made.rebuild(batch(DropColumnOp("account", "age")), account()) == [
        "ALTER TABLE account DROP COLUMN age"
    ]


DROPS = {
    "primary_key": ("id", account(), ""),
    "unique": (
        "age",
        account(UniqueConstraint("age", "name", name="uq")),
        ", CONSTRAINT uq UNIQUE (age, name)",
    ),
    "check": ("age", account(CheckConstraint("age > 0 OR name = 'x'")), ", CHECK (age > 0 OR name = 'x')"),
    "foreign_key": (
        "age",
        account(ForeignKeyConstraint(["age"], ["p.id"])),
        ", FOREIGN KEY (age) REFERENCES p (id)",
    ),
}


@pytest.mark.parametrize("case", DROPS)
def test_what_needs_a_dropped_column_goes_with_it(database: Any, case: str) -> None:
    column, table, clause = DROPS[case]
    made = database(CREATE.removesuffix(")") + clause + ")", ROWS)

    made.rebuild(batch(DropColumnOp("account", column)), table)

    assert column not in columns(made)
    assert "CONSTRAINT" not in made.definition("account")
    assert "CHECK" not in made.definition("account")
    assert "FOREIGN" not in made.definition("account")


def test_index_on_a_dropped_column_goes_with_it_and_others_stay(database: Any) -> None:
    indexes = {
        "ix_age": "CREATE INDEX ix_age ON account (lower(age))",
        "ix_when": "CREATE INDEX ix_when ON account (name) WHERE age > 5",
        "ix_name": "CREATE INDEX ix_name ON account (name DESC)",
    }
    made = database(CREATE, ROWS, *indexes.values())
    table = account(info={"async_migrate": Attached(indexes=indexes)})

    made.rebuild(batch(DropColumnOp("account", "age")), table)

    assert made.rows("SELECT name, sql FROM sqlite_master WHERE type = 'index'") == [
        ("ix_name", "CREATE INDEX ix_name ON account (name DESC)")
    ]


def test_a_word_in_a_string_is_not_the_column(database: Any) -> None:
    check = CheckConstraint("name <> 'age'", name="ck")
    made = database(CREATE.removesuffix(")") + ", CONSTRAINT ck CHECK (name <> 'age'))")

    assert made.rebuild(batch(DropColumnOp("account", "age")), account(check)) == [
        "ALTER TABLE account DROP COLUMN age"
    ]


def test_table_without_columns(database: Any) -> None:
    table = Table("account", MetaData(), Column("a", Integer))

    with pytest.raises(UnsupportedOperationError) as caught:
        database("CREATE TABLE account (a INT)").rebuild(batch(DropColumnOp("account", "a")), table)

    assert str(caught.value) == (
        "drop_column() is not possible on SQLite: it cannot have the table 'account' without any column. Drop the "
        "table, or add a column in the same block. Nothing was executed."
    )


# --- renaming columns ---------------------------------------------------------------------------------------


def test_everything_follows_a_renamed_column(database: Any) -> None:
    index = "CREATE INDEX ix ON account (age DESC) WHERE age > 1"
    trigger = "CREATE TRIGGER tr AFTER UPDATE OF age ON account BEGIN INSERT INTO log VALUES (NEW.age); END"
    made = database(
        "CREATE TABLE log (age INT)",
        CREATE.removesuffix(")") + ", CHECK (age > 0))",
        "CREATE TABLE child (age INT REFERENCES account (age))",
        "CREATE VIEW v AS SELECT age FROM account",
        index,
        trigger,
    )
    attached = Attached(indexes={"ix": index}, triggers={"tr": trigger})
    table = account(CheckConstraint("age > 0"), info={"async_migrate": attached})

    made.rebuild(batch(alter("age", modify_name="years", modify_nullable=False)), table)

    assert "CHECK (years > 0)" in made.definition("account")
    assert made.definition("ix") == "CREATE INDEX ix ON account (years DESC) WHERE years > 1"
    assert "UPDATE OF years" in made.definition("tr")
    assert "NEW.years" in made.definition("tr")
    assert made.definition("v") == "CREATE VIEW v AS SELECT years FROM account"
    assert 'account ("years")' in made.definition("child").replace("(years)", '("years")')


def test_rename_alone_needs_no_rebuild(database: Any) -> None:
    made = database(CREATE, ROWS)

    assert made.rebuild(batch(alter("age", modify_name="years")), account()) == [
        "ALTER TABLE account RENAME COLUMN age TO years"
    ]


def test_what_comes_after_a_rename_uses_the_new_name(database: Any) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(
        batch(
            alter("age", modify_name="years"),
            alter("years", modify_type=String(9)),
            CreateCheckConstraintOp("ck", "account", "years <> ''"),
            CreateUniqueConstraintOp("uq", "account", ["years", "name"]),
            CreateIndexOp("ix", "account", ["years"]),
        ),
        account(),
    )

    assert "years VARCHAR(9)" in made.definition("account")
    assert "CONSTRAINT ck CHECK (years <> '')" in made.definition("account")
    assert "CONSTRAINT uq UNIQUE (years, name)" in made.definition("account")
    assert made.definition("ix") == "CREATE INDEX ix ON account (years)"


def test_columns_exchange_their_names(database: Any) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(
        batch(
            alter("name", modify_name="other", modify_nullable=False),
            alter("age", modify_name="name"),
            alter("other", modify_name="age"),
        ),
        account(CheckConstraint("name <> '' OR age > 0")),
    )

    assert columns(made) == ["id", "age", "name"]
    assert made.rows("SELECT age, name FROM account") == [("x", 5), ("y", None)]
    assert "CHECK (age <> '' OR name > 0)" in made.definition("account")


def test_new_column_takes_the_name_a_renamed_one_had(database: Any) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(
        batch(
            alter("age", modify_name="old_age"),
            AddColumnOp("account", Column("age", String(9), unique=True)),
        ),
        account(),
    )

    assert made.rows("SELECT old_age, age FROM account") == [(5, None), (None, None)]


# --- constraints --------------------------------------------------------------------------------------------


def test_constraints_are_kept_named_or_not(database: Any) -> None:
    table = account(
        Column(
            "p_id", Integer, ForeignKey("p.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED")
        ),
        UniqueConstraint("name"),
        UniqueConstraint("age", "name", name="uq"),
        CheckConstraint("age > 0"),
        CheckConstraint(r"name LIKE '5%\:x'", name="ck"),
    )
    made = database(CREATE.removesuffix(")") + ", p_id INT)")

    made.rebuild(batch(alter("age", modify_nullable=False)), table)

    for clause in (
        "FOREIGN KEY(p_id) REFERENCES p (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
        "UNIQUE (name)",
        "CONSTRAINT uq UNIQUE (age, name)",
        "CHECK (age > 0)",
        "CONSTRAINT ck CHECK (name LIKE '5%:x')",
    ):
        assert clause in made.definition("account")


def test_self_reference_goes_by_the_real_name(database: Any) -> None:
    table = account(Column("boss_id", Integer, ForeignKey("account.id")))
    made = database(CREATE.removesuffix(")") + ", boss_id INT REFERENCES account (id))", ROWS)

    made.rebuild(batch(alter("name", modify_nullable=False)), table)
    made.connection.execute("UPDATE account SET boss_id = 1")

    assert "REFERENCES account (id)" in made.definition("account")
    assert made.rows("PRAGMA foreign_key_check") == []


def test_references_of_other_tables_and_their_rows_are_kept(database: Any) -> None:
    made = database(
        CREATE,
        ROWS,
        "CREATE TABLE child (a INT REFERENCES account (id) ON DELETE CASCADE)",
        "INSERT INTO child VALUES (7)",
    )

    made.rebuild(batch(alter("name", modify_nullable=False)), account())

    assert made.definition("child") == "CREATE TABLE child (a INT REFERENCES account (id) ON DELETE CASCADE)"
    assert made.rows("SELECT a FROM child") == [(7,)]
    assert made.rows("PRAGMA foreign_key_check") == []


@pytest.mark.parametrize(
    ("operation", "clause"),
    [
        (CreateUniqueConstraintOp("uq", "account", ["name"]), "CONSTRAINT uq UNIQUE (name)"),
        (CreateUniqueConstraintOp(None, "account", ["name"]), "UNIQUE (name)"),
        (CreateCheckConstraintOp("ck", "account", "age > 0"), "CONSTRAINT ck CHECK (age > 0)"),
        (
            CreateForeignKeyOp("fk", "account", "p", ["age"], ["id"], ondelete="CASCADE"),
            "CONSTRAINT fk FOREIGN KEY(age) REFERENCES p (id) ON DELETE CASCADE",
        ),
        (CreatePrimaryKeyOp("pk", "account", ["id", "name"]), "CONSTRAINT pk PRIMARY KEY (id, name)"),
    ],
    ids=["unique", "unnamed", "check", "foreign_key", "primary_key"],
)
def test_constraint_is_created(database: Any, operation: MigrateOperation, clause: str) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(batch(operation), account())

    assert clause in made.definition("account")
    assert made.definition("account").count("PRIMARY KEY") == 1


def test_constraint_is_dropped_by_name(database: Any) -> None:
    table = account(UniqueConstraint("name", name="uq"), CheckConstraint("age > 0", name="ck"))
    made = database(CREATE, ROWS)

    made.rebuild(batch(DropConstraintOp("uq", "account", "unique")), table)

    assert "uq" not in made.definition("account")
    assert "CONSTRAINT ck CHECK (age > 0)" in made.definition("account")


def test_unnamed_primary_key_is_dropped(database: Any) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(batch(DropConstraintOp(None, "account", "primary")), account())

    assert "PRIMARY KEY" not in made.definition("account")
    assert made.rows("SELECT id FROM account") == [(1,), (7,)]


def test_unnamed_constraint_is_dropped_by_the_name_a_convention_gives_it(database: Any) -> None:
    convention = {"fk": "fk_%(table_name)s_%(column_0_name)s", "uq": "uq_%(table_name)s_%(column_0_name)s"}
    table = account(ForeignKeyConstraint(["age"], ["p.id"]), UniqueConstraint("name", name=conv("real")))
    made = database(CREATE, ROWS)

    made.rebuild(
        batch(DropConstraintOp("fk_account_age", "account", "foreignkey"), naming_convention=convention),
        table,
    )

    assert "FOREIGN KEY" not in made.definition("account")
    assert "CONSTRAINT real UNIQUE (name)" in made.definition("account")


CHECKS = {
    "boolean_named": (Boolean(create_constraint=True, name="ck"), "CONSTRAINT ck CHECK (age IN (0, 1))"),
    "boolean_unnamed": (Boolean(create_constraint=True), 'CHECK ("age" in (0,1))'),
    "enum": (
        Enum("a", "b", name="ck", native_enum=False, create_constraint=True),
        "CONSTRAINT ck CHECK (age IN ('a', 'b'))",
    ),
}


@pytest.mark.parametrize("case", CHECKS)
@pytest.mark.parametrize("operation", ["change", "drop"])
def test_check_of_a_type_goes_with_it(database: Any, case: str, operation: str) -> None:
    existing_type, clause = CHECKS[case]
    # As reflection gives it: a CHECK like any other.
    name = "ck" if "CONSTRAINT" in clause else None
    table = account(
        CheckConstraint(clause.partition("CHECK (")[2][:-1], name=name), CheckConstraint("id > 0")
    )
    made = database(CREATE)
    change = {
        "change": alter("age", modify_type=String(5), existing_type=existing_type),
        "drop": DropColumnOp("account", "age", existing_type=existing_type),
    }[operation]

    made.rebuild(batch(change), table)

    assert made.definition("account").count("CHECK") == 1
    assert "CHECK (id > 0)" in made.definition("account")


def test_check_of_a_type_on_a_table_of_the_application(database: Any) -> None:
    table = account(Column("flag", Boolean(create_constraint=True, name="ck_flag")))
    made = database(CREATE.removesuffix(")") + ", flag BOOLEAN)")

    made.rebuild(batch(alter("age", modify_nullable=False)), table)
    assert made.definition("account").count("CONSTRAINT ck_flag CHECK (flag IN (0, 1))") == 1

    made.rebuild(batch(alter("flag", modify_type=Integer)), table)
    assert "CHECK" not in made.definition("account")


def test_new_type_brings_its_check(database: Any) -> None:
    made = database(CREATE)

    made.rebuild(batch(alter("age", modify_type=Boolean(create_constraint=True, name="ck"))), account())

    assert "CONSTRAINT ck CHECK (age IN (0, 1))" in made.definition("account")


# --- what hangs on a table ----------------------------------------------------------------------------------


def test_sequence_of_autoincrement_goes_on_where_it_was(database: Any) -> None:
    made = database(
        "CREATE TABLE account (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, age INT)",
        ROWS,
        "DELETE FROM account WHERE id = 7",
    )

    made.rebuild(batch(alter("age", modify_nullable=False)), account(sqlite_autoincrement=True))
    made.connection.execute("INSERT INTO account (name, age) VALUES ('z', 1)")

    assert made.rows("SELECT max(id) FROM account") == [(8,)]


def test_table_becomes_autoincrement(database: Any) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(batch(recreate="always", table_kwargs={"sqlite_autoincrement": True}), account())
    made.connection.execute("DELETE FROM account")
    made.connection.execute("INSERT INTO account (name) VALUES ('z')")

    assert made.rows("SELECT id FROM account") == [(8,)]


@pytest.mark.parametrize(
    ("options", "words"),
    [({"sqlite_strict": True}, "STRICT"), ({"sqlite_with_rowid": False}, "WITHOUT ROWID")],
    ids=["strict", "without_rowid"],
)
def test_options_of_the_table_are_kept(database: Any, options: dict[str, Any], words: str) -> None:
    table = Table(
        "account", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer), **options
    )
    made = database(f"CREATE TABLE account (id INTEGER PRIMARY KEY, n INTEGER) {words}")

    made.rebuild(batch(alter("n", modify_nullable=False)), table)

    assert made.definition("account").endswith(words)


def test_views_and_triggers_of_other_tables_are_kept(database: Any) -> None:
    view = "CREATE VIEW v AS SELECT name FROM account"
    trigger = "CREATE TRIGGER tr AFTER INSERT ON log BEGIN UPDATE account SET age = 9; END"
    made = database(CREATE, ROWS, "CREATE TABLE log (a INT)", view, trigger)

    made.rebuild(batch(alter("age", modify_type=String(5))), account())
    made.connection.execute("INSERT INTO log VALUES (1)")

    assert (made.definition("v"), made.definition("tr")) == (view, trigger)
    assert made.rows("SELECT age FROM account") == [("9",), ("9",)]
    assert made.rows("PRAGMA legacy_alter_table") == [(0,)]


def test_own_triggers_are_kept(database: Any) -> None:
    trigger = "CREATE TRIGGER tr AFTER INSERT ON account BEGIN UPDATE account SET name = '50%:x'; END"
    made = database(CREATE, ROWS, trigger)
    table = account(info={"async_migrate": Attached(triggers={"tr": trigger})})

    made.rebuild(batch(alter("age", modify_type=String(5))), table)
    made.connection.execute("INSERT INTO account (id) VALUES (9)")

    assert made.definition("tr") == trigger
    assert made.rows("SELECT DISTINCT name FROM account") == [("50%:x",)]


def test_column_that_a_trigger_uses_is_not_dropped_by_alter(database: Any) -> None:
    trigger = "CREATE TRIGGER tr AFTER UPDATE OF age ON account BEGIN SELECT 1; END"
    made = database(CREATE, trigger)
    table = account(info={"async_migrate": Attached(triggers={"tr": trigger})})

    statements = made.rebuild(batch(DropColumnOp("account", "age")), table)

    assert statements[1].startswith("CREATE TABLE")


def test_indexes_without_a_text_of_their_own(database: Any) -> None:
    table = account(Index("ix", "name", unique=True), Column("email", String(9), index=True))
    made = database(CREATE.removesuffix(")") + ", email TEXT)")

    made.rebuild(batch(alter("age", modify_nullable=False)), table)

    assert made.definition("ix") == "CREATE UNIQUE INDEX ix ON account (name)"
    assert made.definition("ix_account_email") == "CREATE INDEX ix_account_email ON account (email)"


def test_index_created_and_dropped_in_one_block(database: Any) -> None:
    made = database(CREATE)
    block = batch(
        alter("age", modify_nullable=False),
        CreateIndexOp("ix", "account", ["age"]),
        DropIndexOp("ix", "account"),
        CreateIndexOp("ix2", "account", [text("lower(name)")], sqlite_where=text("age > 0")),
    )

    made.rebuild(block, account())

    assert made.definition("ix") == ""
    assert made.definition("ix2") == "CREATE INDEX ix2 ON account (lower(name)) WHERE age > 0"


# --- order --------------------------------------------------------------------------------------------------


def test_sql_of_the_author_runs_in_its_place(database: Any) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(
        batch(
            AddColumnOp("account", Column("twice", Integer, unique=True)),
            alter("age", modify_name="years"),
            ExecuteSQLOp("UPDATE account SET twice = id * 2, years = coalesce(years, 0)"),
            alter("twice", modify_nullable=False),
            alter("years", modify_nullable=False),
        ),
        account(),
    )

    assert made.rows("SELECT twice, years FROM account") == [(2, 5), (14, 0)]
    assert "twice INTEGER NOT NULL" in made.definition("account")
    assert "years INTEGER NOT NULL" in made.definition("account")
    assert "UNIQUE (twice)" in made.definition("account")


def test_nothing_is_left_of_the_first_part_if_the_second_one_is_wrong(database: Any) -> None:
    made = database(CREATE, ROWS)
    block = batch(
        alter("age", modify_nullable=True),
        ExecuteSQLOp("DELETE FROM account"),
        DropColumnOp("account", "nothing"),
    )

    with pytest.raises(NotInTableError):
        made.ddl.rebuild(block, account())

    assert made.rows("SELECT count(*) FROM account") == [(2,)]


def test_always_rebuilds_though_alter_would_do(database: Any) -> None:
    made = database(CREATE, ROWS)

    statements = made.rebuild(batch(recreate="always"), account())

    assert statements[:2] == [
        "DROP TABLE IF EXISTS _async_migrate_account",
        "CREATE TABLE _async_migrate_account ( id INTEGER NOT NULL, name VARCHAR(50), age INTEGER, PRIMARY KEY (id) )",
    ]
    assert made.rows("SELECT count(*) FROM account") == [(2,)]


def test_table_args_and_kwargs(database: Any) -> None:
    made = database(CREATE, ROWS)
    block = batch(
        recreate="always",
        table_args=(CheckConstraint("age < 200", name="ck_new"), UniqueConstraint("name", name="uq_new")),
        table_kwargs={"sqlite_strict": True},
    )
    table = Table(
        "account",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("name", Integer),
        Column("age", Integer),
        CheckConstraint("age < 100"),
    )
    made.connection.execute("UPDATE account SET name = id")

    made.rebuild(block, table)

    # A CHECK in table_args stands for every unnamed one.
    assert made.definition("account").count("CHECK") == 1
    assert "CONSTRAINT uq_new UNIQUE (name)" in made.definition("account")
    assert made.definition("account").endswith("STRICT")


# --- what is not there --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (
            DropColumnOp("account", "agee"),
            "drop_column() found no column 'agee' in table 'account': it has 'id', 'name', 'age'. Did you mean 'age'?",
        ),
        (
            alter("size", modify_nullable=True),
            "alter_column() found no column 'size' in table 'account': it has 'id', 'name', 'age'.",
        ),
        (
            AddColumnOp("account", Column("b", Integer), insert_after="nam"),
            (
                "add_column() found no column 'nam' in table 'account': it has 'id', 'name', 'age', 'b'. "
                "Did you mean 'name'?"
            ),
        ),
        (
            CreateUniqueConstraintOp("uq", "account", ["size"]),
            "create_unique_constraint() found no column 'size' in table 'account': it has 'id', 'name', 'age'.",
        ),
        (
            DropConstraintOp("uq_nam", "account", "unique"),
            (
                "drop_constraint() found no constraint 'uq_nam' in table 'account': it has 'uq_name'. "
                "Did you mean 'uq_name'?"
            ),
        ),
        (
            DropIndexOp("ix", "account"),
            "drop_index() found no index 'ix' in table 'account': it has no named index at all.",
        ),
    ],
    ids=["drop_column", "alter_column", "insert_after", "unique", "constraint", "index"],
)
def test_name_that_is_not_there(database: Any, operation: MigrateOperation, words: str) -> None:
    made = database(CREATE)

    with pytest.raises(NotInTableError) as caught:
        made.rebuild(batch(operation, recreate="always"), account(UniqueConstraint("name", name="uq_name")))

    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("operation", "directive"),
    [
        (AddColumnOp("account", Column("age", Integer)), "add_column"),
        (alter("name", modify_name="age"), "alter_column"),
    ],
    ids=["add", "rename"],
)
@pytest.mark.parametrize("recreate", ["always", "auto"])
def test_name_that_is_taken(
    database: Any, operation: MigrateOperation, directive: str, recreate: Any
) -> None:
    made = database(CREATE)
    block = batch(operation, alter("name", modify_nullable=False), recreate=recreate)

    with pytest.raises(AlreadyInTableError) as caught:
        made.rebuild(block, account())

    assert str(caught.value) == (
        f"{directive}() cannot make a column 'age' in table 'account': there is one already. Choose another name, or "
        "drop or rename the one there first. Nothing was executed."
    )


def test_constraint_to_drop_without_a_name(database: Any) -> None:
    with pytest.raises(UnnamedConstraintError) as caught:
        database(CREATE).rebuild(batch(DropConstraintOp(None, "account", "unique")), account())

    assert str(caught.value) == (
        "A constraint of table 'account' cannot be dropped without its name. Pass the name; batch_alter_table() takes "
        "a naming_convention that gives unnamed ones a name."
    )


@pytest.mark.parametrize(
    "operation",
    [DropConstraintOp("uq", "account", if_exists=True), DropIndexOp("ix", "account", if_exists=True)],
)
def test_condition_on_what_is_not_there(database: Any, operation: MigrateOperation) -> None:
    made = database(CREATE, ROWS)

    made.rebuild(batch(operation, recreate="always"), account())

    assert made.rows("SELECT count(*) FROM account") == [(2,)]
