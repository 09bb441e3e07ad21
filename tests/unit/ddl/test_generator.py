from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import (
    URL,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    literal_column,
    table,
)
from sqlalchemy import column as sql_column
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.compiler import compiles

from async_migrate.ddl import DialectDDL, Statement, TableEvent, ddl_for
from async_migrate.ddl.elements import RenameColumn
from async_migrate.errors import NotCompilableError, UnknownOperationError, UnsupportedOperationError
from async_migrate.ops import (
    AddColumnOp,
    AlterColumnOp,
    BatchAlterTable,
    BulkInsertOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreateTableOp,
    CreateUniqueConstraintOp,
    DropTableOp,
    ExecuteSQLOp,
    MigrateOperation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class UnknownDialect(DefaultDialect):
    name = "nowhere"
    supports_alter = True


def test_unknown_dialect_gets_the_standard_forms() -> None:
    ddl = ddl_for(UnknownDialect())
    operation = AlterColumnOp("t", "a", modify_nullable=False, modify_name="b", schema="s")

    assert type(ddl) is DialectDDL
    assert [str(action.clause.compile(dialect=ddl.dialect)) for action in ddl.actions(operation)] == [
        "ALTER TABLE s.t ALTER COLUMN a SET NOT NULL",
        "ALTER TABLE s.t RENAME a TO b",
    ]


@pytest.fixture
def frobnicate() -> Iterator[UnknownDialect]:
    """Give a dialect of somebody else, with a generator and a form of its own."""

    class Frobnicate(UnknownDialect):
        name = "frobnicate"

    class FrobnicateDDL(DialectDDL, dialect="frobnicate"):
        transactional = True

        def rename_table(self, operation: Any) -> Any:
            yield Statement(literal_column(f"FROB {operation.table_name}"))

    @compiles(RenameColumn, "frobnicate")
    def rename(element: RenameColumn, compiler: Any, **_: object) -> str:
        return f"FROB COLUMN {compiler.preparer.quote(element.column)}"

    yield Frobnicate()
    del DialectDDL.by_dialect["frobnicate"]


def test_external_dialect(frobnicate: UnknownDialect) -> None:
    ddl = ddl_for(frobnicate)
    [action] = ddl.actions(AlterColumnOp("t", "Order", modify_name="b"))

    assert type(ddl).__name__ == "FrobnicateDDL"
    assert ddl.transactional
    assert str(action.clause.compile(dialect=frobnicate)) == 'FROB COLUMN "Order"'


@pytest.mark.parametrize(
    ("dialect", "transactional", "terminator", "separator", "begin", "commit"),
    [
        ("postgresql", True, ";", "", "BEGIN", "COMMIT"),
        ("sqlite", True, ";", "", "BEGIN", "COMMIT"),
        ("mysql", False, ";", "", "BEGIN", "COMMIT"),
        ("mariadb", False, ";", "", "BEGIN", "COMMIT"),
        ("mssql", True, ";", "GO", "BEGIN TRANSACTION", "COMMIT"),
        ("oracle", False, "", "/", "SET TRANSACTION READ WRITE", "COMMIT"),
    ],
)
def test_words_of_scripts(
    ddl: Any,
    dialect: str,
    transactional: bool,
    terminator: str,
    separator: str,
    begin: str,
    commit: str,
) -> None:
    made = ddl(dialect)

    assert (made.transactional, made.terminator, made.separator) == (transactional, terminator, separator)
    assert (made.begin_text, made.commit_text) == (begin, commit)


def test_create_table_announces_itself(ddl: Any) -> None:
    operation = CreateTableOp("t", [Column("a", Integer, index=True)])
    actions = list(ddl("postgresql").actions(operation))

    assert [type(action).__name__ for action in actions] == [
        "TableEvent",
        "Statement",
        "Statement",
        "TableEvent",
    ]
    assert (actions[0].name, actions[-1].name) == ("before_create", "after_create")
    assert actions[0].table is actions[-1].table


def test_drop_table_announces_itself(ddl: Any) -> None:
    before, _, after = ddl("postgresql").actions(DropTableOp("t"))

    assert isinstance(before, TableEvent)
    assert isinstance(after, TableEvent)
    assert (before.name, after.name) == ("before_drop", "after_drop")


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "mssql", "oracle", "sqlite"])
def test_an_operation_may_be_asked_twice(sql: Any, dialect: str) -> None:
    operation = AddColumnOp("t", Column("p_id", Integer, ForeignKey("p.id", name="fk"), index=True))

    assert sql(dialect, operation) == sql(dialect, operation)


@pytest.mark.parametrize("dialect", ["postgresql", "sqlite"])
def test_column_with_another_key_than_its_name(sql: Any, dialect: str) -> None:
    operation = AddColumnOp("t", Column("real", Integer, key="other"))

    assert sql(dialect, operation) == ["ALTER TABLE t ADD COLUMN real INTEGER"]


def test_the_constraint_of_the_application_is_left_as_it_is(sql: Any) -> None:
    metadata = MetaData()
    Table("p", metadata, Column("id", Integer, primary_key=True))
    child = Table("c", metadata, Column("p_id", Integer, ForeignKey("p.id", name="fk")))
    [constraint] = child.foreign_key_constraints

    sql("postgresql", CreateForeignKeyOp.from_constraint(constraint))

    # SQLAlchemy's AddConstraint can take a constraint out of CREATE TABLE for good.
    assert "FOREIGN KEY" in sql("postgresql", CreateTableOp.from_table(child))[0]


def test_unknown_operation(ddl: Any) -> None:
    class PaintOp(MigrateOperation):
        visit_name = "paint"

    with pytest.raises(UnknownOperationError) as caught:
        ddl("postgresql").actions(PaintOp())

    assert str(caught.value) == (
        "No SQL is known for PaintOp on PostgreSQL: its generator has no method 'paint'. Register an implementation "
        "with @Operations.implementation_for(PaintOp), or add the method to a DialectDDL of yours."
    )


def test_refused_before_the_first_action(ddl: Any) -> None:
    # The refusal comes from the call, not from the iteration, so nothing can have been executed.
    with pytest.raises(UnsupportedOperationError):
        ddl("mysql").actions(CreateExcludeConstraintOp("ex", "t", [("a", "=")]))


def test_what_sqlalchemy_cannot_write_is_refused_before_the_first_action(ddl: Any) -> None:
    operation = CreateForeignKeyOp("fk", "c", "p", ["p_id"], ["id"], match="FULL")

    with pytest.raises(NotCompilableError) as caught:
        ddl("mysql").actions(operation)

    assert caught.value.dialect == "MySQL"
    assert str(caught.value) == (
        "create_foreign_key() cannot be written as SQL of MySQL: MySQL ignores the 'MATCH' keyword while at the same "
        "time causes ON UPDATE/ON DELETE clauses to be ignored. Change the arguments, or run this only on databases "
        "that have it. Nothing was executed."
    )


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "mssql", "oracle"])
@pytest.mark.parametrize("place", [{"insert_before": "a"}, {"insert_after": "a"}], ids=["before", "after"])
def test_place_of_a_column_without_rebuild(ddl: Any, dialect: str, place: dict[str, str]) -> None:
    made = ddl(dialect)

    with pytest.raises(UnsupportedOperationError) as caught:
        made.actions(AddColumnOp("t", Column("x", Integer), **place))

    assert str(caught.value) == (
        f"add_column() is not possible on {made.title}: it cannot choose the place of a column in an existing table. "
        'Pass recreate="always" to batch_alter_table(), which makes the table anew. Nothing was executed.'
    )


@pytest.mark.parametrize(
    ("recreate", "dialect", "needed"),
    [
        ("auto", "postgresql", False),
        ("auto", "sqlite", True),
        ("always", "postgresql", True),
        ("always", "sqlite", True),
        ("never", "postgresql", False),
        ("never", "sqlite", False),
    ],
)
def test_when_a_rebuild_is_needed(ddl: Any, recreate: Any, dialect: str, needed: bool) -> None:
    batch = BatchAlterTable("t", recreate=recreate, operations=[CreateUniqueConstraintOp("uq", "t", ["a"])])

    assert ddl(dialect).needs_rebuild(batch) is needed


class TestBulkInsert:
    target = table("t", sql_column("a", Integer), sql_column("b", String))

    def statements(self, ddl: Any, rows: list[dict[str, Any]], **options: Any) -> list[tuple[str, Any]]:
        made = ddl("postgresql")
        actions = made.actions(BulkInsertOp(self.target, rows, **options))
        return [(str(action.clause.compile(dialect=made.dialect)), action.parameters) for action in actions]

    def test_rows_become_parameters_of_one_statement(self, ddl: Any) -> None:
        rows = [{"a": 1, "b": "x"}, {"a": 2, "b": None}]

        [(_, parameters)] = self.statements(ddl, rows)

        assert parameters == rows

    def test_one_statement_for_each_row_if_asked(self, ddl: Any) -> None:
        statements = self.statements(ddl, [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], multiinsert=False)

        assert [parameters for _, parameters in statements] == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]

    def test_rows_with_other_columns_have_a_statement_of_their_own(self, ddl: Any) -> None:
        statements = self.statements(ddl, [{"a": 1}, {"a": 2}, {"b": "x"}])

        assert [parameters for _, parameters in statements] == [[{"a": 1}, {"a": 2}], [{"b": "x"}]]

    def test_expressions_are_part_of_the_statement(self, ddl: Any) -> None:
        statements = self.statements(ddl, [{"a": 1, "b": literal_column("now()")}, {"a": 2, "b": "x"}])

        assert [parameters for _, parameters in statements] == [None, [{"a": 2, "b": "x"}]]
        assert "now()" in statements[0][0]

    def test_no_rows(self, ddl: Any) -> None:
        assert self.statements(ddl, []) == []


def test_execution_options_travel_along(ddl: Any) -> None:
    [action] = ddl("postgresql").actions(ExecuteSQLOp("SELECT 1", execution_options={"x": 1}))

    assert action.execution_options == {"x": 1}


def test_names_are_quoted_by_sqlalchemy(sql: Any) -> None:
    evil = 'a"; DROP TABLE t; --'

    assert sql("postgresql", AlterColumnOp(evil, evil, modify_name=evil)) == [
        'ALTER TABLE "a""; DROP TABLE t; --" RENAME "a""; DROP TABLE t; --" TO "a""; DROP TABLE t; --"'
    ]


@pytest.mark.parametrize(
    ("options", "sign"), [({"paramstyle": "named"}, "%"), ({}, "%%")], ids=["named", "format"]
)
def test_percent_signs_are_doubled_once_and_only_for_drivers_that_want_it(
    options: dict[str, str], sign: str
) -> None:
    dialect = URL.create("mysql").get_dialect()(**options)
    ddl = ddl_for(dialect)
    table_ = Table("t", MetaData(), Column("a", String(9)), CheckConstraint("a LIKE '5%'", name="ck"))
    actions = ddl.rebuild(BatchAlterTable("t", recreate="always"), table_)
    statements = [str(action.clause.compile(dialect=dialect)) for action in actions]

    assert any(f"CHECK (a LIKE '5{sign}')" in statement for statement in statements)
