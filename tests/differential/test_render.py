"""The code we render against the code that Alembic renders from the same operations.

Two questions for each operation: is the code the same, layout and order of keywords aside, and does it do the
same when Alembic itself runs both? Where the code is meant to differ, the case says why; a case that says so
and does not differ is a failure too.
"""

from __future__ import annotations

import ast
import io
import textwrap
import types
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import sqlalchemy as sa
from alembic.autogenerate import render_python_code
from alembic.ddl.postgresql import CreateExcludeConstraintOp
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations import ops as alembic_ops
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.schema import conv

from async_migrate import ops as our_ops
from async_migrate.render import render

if TYPE_CHECKING:
    from collections.abc import Callable

PG = postgresql.dialect(paramstyle="named")
MYSQL = mysql.dialect(paramstyle="named")
SQLITE = sqlite.dialect()
MSSQL = mssql.dialect(paramstyle="named")
ORACLE = oracle.dialect()

THEIRS = types.SimpleNamespace(**vars(alembic_ops), CreateExcludeConstraintOp=CreateExcludeConstraintOp)


class Case(NamedTuple):
    """One operation, built from either package's classes.

    Attributes:
        make: Makes it, from a namespace of operation classes.
        dialect: The dialect.
        differs: Why our code is meant to be another one.
        batch: Rendered as a batch block.
        does_the_same: What the code does when it runs is compared, too; otherwise why it cannot be.
    """

    make: Callable[[Any], Any]
    dialect: Any = PG
    differs: str = ""
    batch: bool = False
    not_run: str = ""


def changes(*operations: Callable[[Any], Any], schema: str | None = None) -> Callable[[Any], Any]:
    return lambda ops: ops.ModifyTableOps("t", [make(ops) for make in operations], schema=schema)


def added(type_: Any, *items: Callable[[], Any], **options: Any) -> Callable[[Any], Any]:
    def make(ops: Any) -> Any:
        # From a table, as a comparison has it; so the constraints are operations of their own.
        column = sa.Column("c", type_, *[item() for item in items], **options)
        sa.Table("t", sa.MetaData(), column, schema="s")
        return ops.AddColumnOp("t", column, schema="s")

    return make


def created(
    items: Callable[[], list[Any]], metadata: dict[str, Any] | None = None, **options: Any
) -> Callable[[Any], Any]:
    def make(ops: Any) -> Any:
        table = sa.Table("t", sa.MetaData(**(metadata or {})), *items(), **options)
        return ops.CreateTableOp.from_table(table)

    return make


def indexed(make_index: Callable[[sa.Table], sa.Index]) -> Callable[[Any], Any]:
    def make(ops: Any) -> Any:
        owner = sa.Table(
            "t",
            sa.MetaData(),
            sa.Column("id", sa.Integer),
            sa.Column("name", sa.String),
            sa.Column("data", postgresql.JSONB),
        )
        return ops.CreateIndexOp.from_index(make_index(owner))

    return make


CONVENTION = {
    "naming_convention": {
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
}

# SQLAlchemy 2.0 has no options of dialects here.
ON_NULL = {"oracle_on_null" if hasattr(sa.Identity, "dialect_kwargs") else "on_null": True}

QUOTES = "a string is written as it is; Alembic strips quotes from its ends"
OPTIONAL = "what is not set is not written"
UNKNOWN_HERE = "Alembic does not write this option at all, so that it is lost"
PORTABLE = "a function of SQLAlchemy is written as one, which suits every database; Alembic writes its SQL"
TYPES = "types of PostgreSQL go with the last table that uses them; Alembic leaves them behind"
AST_ORDER = "Alembic writes an option's value without quotes, which is a NameError"

CASES: dict[str, Case] = {
    # columns
    "column": Case(added(sa.Integer())),
    "column not null": Case(added(sa.Integer(), nullable=False)),
    "column comment": Case(added(sa.Integer(), comment="it's")),
    "column empty comment": Case(added(sa.Integer(), comment="")),
    "column system": Case(added(sa.Integer(), system=True)),
    "column autoincrement": Case(added(sa.Integer(), autoincrement=False)),
    "column autoincrement word": Case(
        added(sa.Integer(), autoincrement="ignore_fk"), differs=AST_ORDER, not_run=AST_ORDER
    ),
    "column dialect option": Case(added(sa.Integer(), sqlite_on_conflict_not_null="FAIL"), SQLITE),
    "column foreign key": Case(added(sa.Integer(), lambda: sa.ForeignKey("u.id"))),
    "column unique": Case(added(sa.Integer(), unique=True, index=True)),
    "column primary key": Case(added(sa.Integer(), primary_key=True)),
    "column if not exists": Case(
        lambda ops: ops.AddColumnOp("t", sa.Column("c", sa.Integer()), if_not_exists=True)
    ),
    "column inline references": Case(
        lambda ops: ops.AddColumnOp(
            "t", sa.Column("c", sa.Integer(), sa.ForeignKey("u.id")), inline_references=True
        ),
        differs=UNKNOWN_HERE,
        not_run=UNKNOWN_HERE,
    ),
    "column key": Case(added(sa.Integer(), key="other_key")),
    "column sequence": Case(
        added(sa.Integer(), lambda: sa.Sequence("seq")),
        differs="a column with a sequence is no SERIAL on PostgreSQL, so the sequence is written",
    ),
    # server defaults
    "default string": Case(added(sa.String(), server_default="it's")),
    "default quoted": Case(added(sa.String(), server_default="'x'"), differs=QUOTES, not_run=QUOTES),
    "default text": Case(added(sa.String(), server_default=sa.text("lower('X')"))),
    "default now": Case(added(sa.DateTime(), server_default=sa.func.now()), differs=PORTABLE),
    "default now on sqlite": Case(
        added(sa.DateTime(), server_default=sa.func.now()),
        SQLITE,
        differs=PORTABLE,
        not_run="SQLAlchemy puts no parentheses around it, Alembic does",
    ),
    "default of more than plain values": Case(
        added(sa.DateTime(), server_default=sa.func.lower(sa.column("a")))
    ),
    "default lone word on sqlite": Case(
        added(sa.DateTime(), server_default=sa.text("CURRENT_TIMESTAMP")),
        SQLITE,
        differs="a lone word needs no parentheses on SQLite",
        not_run="so they do not write the same",
    ),
    "default expression on sqlite": Case(
        added(sa.DateTime(), server_default=sa.text("datetime('now')")), SQLITE
    ),
    "default literal": Case(added(sa.Integer(), server_default=sa.literal(5))),
    "default fetched": Case(added(sa.Integer(), server_default=sa.FetchedValue())),
    "default colon": Case(
        added(sa.String(), server_default=sa.func.lower(":x")),
        differs="text() would take the colon for a parameter, so that of Alembic fails",
        not_run="so that of Alembic fails",
    ),
    "default percent": Case(
        added(sa.String(), server_default=sa.func.lower("%")),
        postgresql.dialect(paramstyle="pyformat"),
        differs=PORTABLE + "; a percent sign is doubled a second time there",
        not_run="so that of Alembic makes another default",
    ),
    "computed": Case(added(sa.Integer(), lambda: sa.Computed("a + 1"))),
    "computed persisted": Case(added(sa.Integer(), lambda: sa.Computed("a + 1", persisted=True))),
    "identity": Case(added(sa.Integer(), lambda: sa.Identity())),
    "identity options": Case(
        added(sa.Integer(), lambda: sa.Identity(always=True, start=5, increment=2, maxvalue=100, cycle=True))
    ),
    "identity dialect": Case(added(sa.Integer(), lambda: sa.Identity(**ON_NULL)), ORACLE),
    # tables
    "table": Case(
        created(lambda: [sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(5))])
    ),
    "table schema comment": Case(created(lambda: [sa.Column("id", sa.Integer)], schema="s", comment="it's")),
    "table prefixes": Case(created(lambda: [sa.Column("id", sa.Integer)], prefixes=["TEMPORARY"])),
    "table info": Case(created(lambda: [sa.Column("id", sa.Integer)], info={"a": [1, "b"]})),
    "table if not exists": Case(
        lambda ops: ops.CreateTableOp("t", [sa.Column("id", sa.Integer)], if_not_exists=True)
    ),
    "table constraints": Case(
        created(
            lambda: [
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("a", sa.Integer, unique=True),
                sa.Column("b", sa.Integer),
                sa.CheckConstraint("a > 0", name="positive"),
                sa.UniqueConstraint("a", "b", name="both"),
                sa.ForeignKeyConstraint(["a"], ["t.id"], name="fk", ondelete="CASCADE", onupdate="SET NULL"),
            ],
        )
    ),
    "table convention": Case(
        created(
            lambda: [
                sa.Column("id", sa.Integer, primary_key=True),
                sa.Column("a", sa.Integer, unique=True),
                sa.CheckConstraint("a > 0", name="positive"),
                sa.ForeignKeyConstraint(["a"], ["t.id"]),
            ],
            metadata=CONVENTION,
        )
    ),
    "table foreign key schema": Case(
        created(
            lambda: [
                sa.Column("a", sa.Integer),
                sa.ForeignKeyConstraint(["a"], ["u.id"], deferrable=True, initially="DEFERRED", match="FULL"),
            ],
            metadata={"schema": "s"},
        )
    ),
    "table column check": Case(
        created(lambda: [sa.Column("a", sa.Integer, sa.CheckConstraint("a > 0"))]),
        differs="a CHECK of a column is part of the column; Alembic loses it",
        not_run="so they do not do the same",
    ),
    "table key options": Case(
        created(
            lambda: [sa.Column("a", sa.Integer), sa.PrimaryKeyConstraint("a", name="k", deferrable=True)]
        ),
        differs=UNKNOWN_HERE,
        not_run=UNKNOWN_HERE,
    ),
    "table unique options": Case(
        created(
            lambda: [
                sa.Column("a", sa.Integer),
                sa.UniqueConstraint(
                    "a", deferrable=True, initially="DEFERRED", postgresql_nulls_not_distinct=True
                ),
            ],
        )
    ),
    "table type checks": Case(
        created(lambda: [sa.Column("a", sa.Boolean(create_constraint=True, name="ck_a"))]), SQLITE
    ),
    "table exclude": Case(
        created(
            lambda: [
                sa.Column("room", sa.Integer),
                postgresql.ExcludeConstraint((sa.column("room"), "="), name="ex", where=sa.text("room > 0")),
            ],
        )
    ),
    "table exclude options": Case(
        created(
            lambda: [
                sa.Column("room", sa.Integer),
                postgresql.ExcludeConstraint(
                    (sa.column("room"), "="),
                    name="ex",
                    deferrable=True,
                    initially="DEFERRED",
                    ops={"room": "x"},
                ),
            ],
        ),
        differs="Alembic writes deferrable='True', and loses the operator classes",
        not_run="so they do not do the same",
    ),
    "table dialect options": Case(
        created(lambda: [sa.Column("a", sa.Integer)], mysql_engine="InnoDB", mysql_charset="utf8mb4"), MYSQL
    ),
    "table drop with types": Case(
        lambda ops: ops.DropTableOp.from_table(
            sa.Table("t", sa.MetaData(), sa.Column("c", sa.Enum("a", name="mood")))
        ),
        differs=TYPES,
        not_run=TYPES,
    ),
    "table drop": Case(lambda ops: ops.DropTableOp("t", schema="s", if_exists=True)),
    "table comment": Case(
        lambda ops: ops.CreateTableCommentOp("t", "new", existing_comment="old", schema="s")
    ),
    "table comment first": Case(lambda ops: ops.CreateTableCommentOp("t", "new")),
    "table comment drop": Case(lambda ops: ops.DropTableCommentOp("t", existing_comment="old")),
    # altered columns
    "alter all": Case(
        lambda ops: ops.AlterColumnOp(
            "t",
            "c",
            schema="s",
            existing_type=sa.String(5),
            modify_type=sa.Integer(),
            modify_nullable=False,
            existing_nullable=True,
            modify_name="d",
            modify_comment="new",
            existing_comment="old",
        )
    ),
    "alter default": Case(
        lambda ops: ops.AlterColumnOp(
            "t", "c", existing_type=sa.Integer(), modify_server_default=sa.DefaultClause(sa.text("2"))
        )
    ),
    "alter default text": Case(
        lambda ops: ops.AlterColumnOp("t", "c", modify_server_default=sa.text("now()")),
        differs="Alembic writes the bare SQL of a text() that is not in a DefaultClause",
        not_run="so that of Alembic is no Python",
    ),
    "alter default drop": Case(lambda ops: ops.AlterColumnOp("t", "c", modify_server_default=None)),
    "alter default known": Case(
        lambda ops: ops.AlterColumnOp(
            "t",
            "c",
            existing_server_default=sa.DefaultClause("1"),
            modify_server_default=sa.DefaultClause("2"),
        ),
        differs="the default before is written: SQL Server must drop it, PostgreSQL alter an identity",
    ),
    "alter existing default": Case(
        lambda ops: ops.AlterColumnOp(
            "t",
            "c",
            existing_type=sa.Integer(),
            existing_nullable=False,
            existing_server_default=sa.DefaultClause(sa.text("1")),
            modify_comment=None,
        )
    ),
    "alter autoincrement": Case(
        lambda ops: ops.AlterColumnOp(
            "t", "c", existing_type=sa.Integer(), modify_nullable=False, autoincrement=True
        ),
        MYSQL,
    ),
    "alter using": Case(
        lambda ops: ops.AlterColumnOp("t", "c", modify_type=sa.Integer(), postgresql_using="c::int"),
        differs=UNKNOWN_HERE,
        not_run=UNKNOWN_HERE,
    ),
    "column drop with types": Case(
        lambda ops: ops.DropColumnOp.from_column_and_tablename(
            None, "t", sa.Column("c", sa.Enum("a", name="mood"))
        ),
        differs=TYPES,
        not_run=TYPES,
    ),
    "column drop": Case(lambda ops: ops.DropColumnOp("t", "c", schema="s", if_exists=True)),
    "column drop options": Case(
        lambda ops: ops.DropColumnOp("t", "c", mssql_drop_default=True),
        MSSQL,
        differs=UNKNOWN_HERE,
        not_run=UNKNOWN_HERE,
    ),
    # indexes
    "index": Case(lambda ops: ops.CreateIndexOp("ix", "t", ["a", "b"], schema="s", unique=True)),
    "index final name": Case(lambda ops: ops.CreateIndexOp(conv("ix"), "t", ["a"], if_not_exists=True)),
    "index function": Case(indexed(lambda t: sa.Index("ix", sa.func.lower(t.c.name), t.c.id.desc()))),
    "index operator": Case(indexed(lambda t: sa.Index("ix", t.c.id + 1))),
    "index json": Case(indexed(lambda t: sa.Index("ix", t.c.data["a"].astext))),
    "index label": Case(
        indexed(
            lambda t: sa.Index(
                "ix", sa.func.lower(t.c.name).label("x"), postgresql_ops={"x": "text_pattern_ops"}
            )
        )
    ),
    "index text": Case(
        lambda ops: ops.CreateIndexOp("ix", "t", [sa.text("lower(name)")]),
        differs="text() stays text(); Alembic makes it literal_column()",
    ),
    "index options": Case(
        indexed(
            lambda t: sa.Index(
                "ix",
                t.c.name,
                postgresql_where=t.c.id > 5,
                postgresql_using="btree",
                postgresql_include=[t.c.id],
                postgresql_with={"fillfactor": 50},
                postgresql_nulls_not_distinct=True,
            )
        )
    ),
    "index mysql": Case(
        indexed(lambda t: sa.Index("ix", sa.func.lower(t.c.name), mysql_prefix="FULLTEXT")), MYSQL
    ),
    "index drop": Case(
        lambda ops: ops.DropIndexOp(conv("ix"), "t", schema="s", if_exists=True, postgresql_concurrently=True)
    ),
    # constraints
    "unique": Case(lambda ops: ops.CreateUniqueConstraintOp(conv("uq"), "t", ["a", "b"], schema="s")),
    "unique options": Case(
        lambda ops: ops.CreateUniqueConstraintOp("uq", "t", ["a"], deferrable=True, initially="DEFERRED")
    ),
    "foreign key": Case(
        lambda ops: ops.CreateForeignKeyOp(
            "fk",
            "t",
            "u",
            ["a"],
            ["b"],
            source_schema="s",
            referent_schema="r",
            ondelete="CASCADE",
            deferrable=True,
        )
    ),
    "foreign key unnamed": Case(lambda ops: ops.CreateForeignKeyOp(None, "t", "u", ["a"], ["b"])),
    "check": Case(lambda ops: ops.CreateCheckConstraintOp("ck", "t", "a > 0", schema="s")),
    "check expression": Case(lambda ops: ops.CreateCheckConstraintOp("ck", "t", sa.column("a") > 0)),
    "exclude": Case(
        lambda ops: ops.CreateExcludeConstraintOp(
            "ex", "t", [(sa.column("a"), "=")], where=sa.text("a > 0"), schema="s", using="gist"
        )
    ),
    "constraint drop": Case(
        lambda ops: ops.DropConstraintOp(conv("ck"), "t", "check", schema="s", if_exists=True)
    ),
    "constraint drop untyped": Case(lambda ops: ops.DropConstraintOp("ck", "t")),
    # SQL
    "execute": Case(lambda ops: ops.ExecuteSQLOp("SELECT 'it''s'\nFROM t")),
    # containers
    "empty": Case(lambda ops: ops.UpgradeOps([])),
    "changes": Case(
        changes(
            lambda ops: ops.AddColumnOp("t", sa.Column("c", sa.Integer())),
            lambda ops: ops.DropColumnOp("t", "d"),
            lambda ops: ops.DropConstraintOp("uq", "t", "unique"),
        )
    ),
    "no changes": Case(changes()),
    "batch": Case(
        changes(
            lambda ops: ops.AddColumnOp("t", sa.Column("c", sa.Integer()), schema="s"),
            lambda ops: ops.DropColumnOp("t", "d", schema="s"),
            lambda ops: ops.AlterColumnOp(
                "t", "e", schema="s", existing_type=sa.Integer(), modify_nullable=True
            ),
            lambda ops: ops.CreateIndexOp("ix", "t", ["a"], schema="s"),
            lambda ops: ops.DropIndexOp(conv("ix"), "t", schema="s"),
            lambda ops: ops.CreateUniqueConstraintOp(conv("uq"), "t", ["a"], schema="s"),
            lambda ops: ops.CreateForeignKeyOp(
                "fk", "t", "u", ["a"], ["b"], source_schema="s", referent_schema="r"
            ),
            lambda ops: ops.CreateCheckConstraintOp("ck", "t", "a > 0", schema="s"),
            lambda ops: ops.DropConstraintOp("uq", "t", "unique", schema="s"),
            lambda ops: ops.CreateTableCommentOp("t", "x", schema="s"),
            schema="s",
        ),
        batch=True,
    ),
    "batch if exists": Case(
        changes(
            lambda ops: ops.AddColumnOp("t", sa.Column("c", sa.Integer()), if_not_exists=True),
            lambda ops: ops.DropColumnOp("t", "d", if_exists=True),
        ),
        batch=True,
        differs="Alembic loses if_exists and if_not_exists in a batch block",
        not_run="so they do not do the same",
    ),
}

TYPES: dict[str, tuple[Any, str]] = {
    "integer": (sa.Integer(), ""),
    "string": (sa.String(5, collation="C"), ""),
    "numeric": (sa.Numeric(10, 2, asdecimal=False), ""),
    "float": (sa.Float(53), ""),
    "datetime": (sa.DateTime(timezone=True), ""),
    "boolean": (sa.Boolean(create_constraint=True, name="x"), ""),
    "interval": (sa.Interval(), ""),
    "interval options": (
        sa.Interval(native=False, second_precision=3),
        "Alembic loses the options of Interval",
    ),
    "uuid": (sa.Uuid(as_uuid=False), ""),
    "json": (sa.JSON(none_as_null=True), ""),
    "pickle": (sa.PickleType(), ""),
    "null": (sa.types.NullType(), "sqlalchemy exports NullType only from sqlalchemy.types"),
    "enum": (sa.Enum("a", "b", name="e", schema="s"), ""),
    "enum as varchar": (sa.Enum("a", name="e", native_enum=False, create_constraint=True, length=40), ""),
    "array": (sa.ARRAY(sa.String(5), dimensions=2), ""),
    "variant": (sa.String(5).with_variant(mysql.VARCHAR(6), "mysql").with_variant(sa.Text(), "oracle"), ""),
    "pg jsonb": (postgresql.JSONB(), ""),
    "pg jsonb astext": (postgresql.JSONB(astext_type=sa.String(5)), ""),
    "pg hstore": (postgresql.HSTORE(), ""),
    "pg array": (postgresql.ARRAY(postgresql.ENUM("a", name="e")), ""),
    "pg domain": (
        postgresql.DOMAIN("d", sa.Integer(), check="VALUE > 0", not_null=True, default="1"),
        "its CHECK is text()",
    ),
    "pg interval": (postgresql.INTERVAL(fields="DAY", precision=3), ""),
    "pg bit": (postgresql.BIT(5, varying=True), ""),
    "pg range": (postgresql.TSTZRANGE(), ""),
    "pg timestamp": (postgresql.TIMESTAMP(timezone=True, precision=3), ""),
    "mysql enum": (mysql.ENUM("a", "b", collation="x"), ""),
    "mysql set": (mysql.SET("a", "b"), ""),
    "mysql integer": (mysql.INTEGER(unsigned=True, display_width=5), ""),
    "mysql varchar": (mysql.VARCHAR(5, charset="utf8", collation="x"), ""),
    "mysql datetime": (mysql.DATETIME(fsp=6), ""),
    "mssql datetimeoffset": (mssql.DATETIMEOFFSET(3), ""),
    "oracle number": (oracle.NUMBER(10, 2), ""),
    "sqlite datetime": (sqlite.DATETIME(), ""),
}

PARAMETERS = [pytest.param(case, id=name) for name, case in CASES.items()]


def alembics_code(case: Case, make: Callable[[Any], Any]) -> str:
    context = MigrationContext.configure(dialect=case.dialect)
    operation = make(THEIRS)
    container = (
        operation if isinstance(operation, alembic_ops.UpgradeOps) else alembic_ops.UpgradeOps([operation])
    )
    code: str = render_python_code(container, render_as_batch=case.batch, migration_context=context)
    # Its first line is not indented, the others are.
    return textwrap.dedent(f"    {code}")


def our_code(case: Case, make: Callable[[Any], Any]) -> str:
    return render(make(our_ops), dialect=case.dialect, render_as_batch=case.batch)


class Normalised(ast.NodeTransformer):
    """Code without what carries no meaning."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        node.keywords = sorted(
            (keyword for keyword in node.keywords if not _is_implied(keyword)),
            key=lambda keyword: keyword.arg or "",
        )
        if isinstance(node.func, ast.Attribute) and node.func.attr == "create_table":
            # The order of a table's constraints is no order.
            constraints = [argument for argument in node.args if "Constraint" in ast.unparse(argument)[:40]]
            others = [argument for argument in node.args if argument not in constraints]
            node.args = [*others, *sorted(constraints, key=ast.unparse)]
        return node


def _is_implied(keyword: ast.keyword) -> bool:
    """Return whether a keyword says what is the default anyway; Alembic writes some of these."""
    value = ast.unparse(keyword.value)
    return (keyword.arg in ("schema", "existing_comment") and value == "None") or (
        keyword.arg in ("astext_type", "text_type") and value == "sa.Text()"
    )


def normalised(code: str) -> str:
    return ast.unparse(Normalised().visit(ast.parse(code)))


def what_it_does(code: str, dialect: Any) -> list[str]:
    """Return the SQL that Alembic writes when it runs the code, constraints of a table in any order."""
    buffer = io.StringIO()
    context = MigrationContext.configure(dialect=dialect, opts={"as_sql": True, "output_buffer": buffer})
    dialects = {
        module.__name__.rpartition(".")[2]: module for module in (mssql, mysql, oracle, postgresql, sqlite)
    }
    exec(code, {"op": Operations(context), "sa": sa, **dialects})
    return sorted(line.strip(" \t,") for line in buffer.getvalue().split("\n"))


@pytest.mark.parametrize("case", PARAMETERS)
def test_the_code_is_the_same(case: Case) -> None:
    theirs, ours = normalised(alembics_code(case, case.make)), normalised(our_code(case, case.make))
    if case.differs:
        assert ours != theirs, "this is the same by now: remove the reason"
    else:
        assert ours == theirs


@pytest.mark.parametrize("case", [parameter for parameter in PARAMETERS if not parameter.values[0].not_run])
def test_the_code_does_the_same(case: Case) -> None:
    theirs = what_it_does(alembics_code(case, case.make), case.dialect)
    assert what_it_does(our_code(case, case.make), case.dialect) == theirs


# Alembic knows the types inside PostgreSQL's only where it works for PostgreSQL.
@pytest.mark.parametrize(
    ("type_", "dialect", "reason"),
    [
        pytest.param(type_, dialect, reason, id=f"{name} on {dialect.name}")
        for name, (type_, reason) in TYPES.items()
        for dialect in (PG, MYSQL)
        if dialect is PG or not name.startswith("pg ")
    ],
)
def test_types_are_the_same(type_: Any, dialect: Any, reason: str) -> None:
    test_the_code_is_the_same(
        Case(lambda ops: ops.AddColumnOp("t", sa.Column("c", type_)), dialect, differs=reason)
    )


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        pytest.param(our_ops.RenameTableOp("a", "b"), "RenameTableOp", id="rename_table"),
        pytest.param(our_ops.CreatePrimaryKeyOp("pk", "t", ["a"]), "CreatePrimaryKeyOp", id="primary_key"),
        pytest.param(
            our_ops.BulkInsertOp(sa.table("t", sa.column("a", sa.Integer())), [{"a": 1}]),
            "BulkInsertOp",
            id="bulk_insert",
        ),
        pytest.param(our_ops.ExecuteSQLOp(sa.text("SELECT 1")), "ExecuteSQLOp", id="execute_text"),
    ],
)
def test_what_alembic_cannot_render_runs_in_alembic(operation: Any, reason: str) -> None:
    theirs = getattr(alembic_ops, reason)
    arguments = {
        "RenameTableOp": ("a", "b"),
        "CreatePrimaryKeyOp": ("pk", "t", ["a"]),
        "BulkInsertOp": (sa.table("t", sa.column("a", sa.Integer())), [{"a": 1}]),
        "ExecuteSQLOp": (sa.text("SELECT 1"),),
    }
    with pytest.raises((ValueError, NotImplementedError, TypeError)):
        render_python_code(alembic_ops.UpgradeOps([theirs(*arguments[reason])]))
    assert any(what_it_does(render(operation, dialect=PG), PG))
