"""SQL expressions become text that SQLAlchemy reads back as the same SQL."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import Function

from async_migrate.errors import UnrenderableExpressionError
from async_migrate.ops import AddColumnOp, AlterColumnOp, CreateIndexOp, ExecuteSQLOp
from async_migrate.render import RenderContext, RenderOptions, render
from async_migrate.render.expressions import text_source

SQL = st.text("ab1_ :\\'%\"", max_size=20)
DIALECTS = [
    postgresql.dialect(),
    postgresql.dialect(paramstyle="pyformat"),
    mysql.dialect(),
    sqlite.dialect(),
]


class Shout(sa.types.TypeDecorator[str]):
    impl = sa.String
    cache_ok = True

    def process_literal_param(self, value: Any, dialect: Any) -> str:
        return str(value).upper()


class utc_now(sa.sql.functions.GenericFunction[Any]):  # noqa: N801  the name of the function
    type = sa.DateTime()
    inherit_cache = True


@compiles(utc_now, "sqlite")
def _(element: utc_now, compiler: Any, **_: Any) -> str:
    return "datetime('now')"


def compiled(clause: Any, dialect: Any) -> str:
    return str(clause.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: f"{dialect.name}-{dialect.paramstyle}")
@given(sql=SQL)
def test_any_sql_survives_text(dialect: Any, sql: str) -> None:
    expression = sa.literal_column(sql)
    source = text_source(expression, RenderContext(RenderOptions(dialect=dialect)))
    assert compiled(sa.text(source), dialect) == compiled(expression, dialect)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: f"{dialect.name}-{dialect.paramstyle}")
@given(value=SQL)
def test_any_value_survives_text(dialect: Any, value: str) -> None:
    expression = sa.func.f(value, sa.literal(5))
    source = text_source(expression, RenderContext(RenderOptions(dialect=dialect)))
    assert compiled(sa.text(source), dialect) == compiled(expression, dialect)


@pytest.mark.parametrize(
    ("value", "dialect", "code"),
    [
        (sa.text("now()"), postgresql.dialect(), 'sa.text("now()")'),
        (sa.func.now(), postgresql.dialect(), "sa.func.now()"),
        (sa.func.now(), sqlite.dialect(), "sa.func.now()"),
        (sa.DefaultClause(sa.func.now()), sqlite.dialect(), "sa.func.now()"),
        (sa.func.CURRENT_TIMESTAMP(), mysql.dialect(), "sa.func.current_timestamp()"),
        (sa.func.gen_random_uuid(), postgresql.dialect(), "sa.func.gen_random_uuid()"),
        (sa.func.public.make_id(), postgresql.dialect(), "sa.func.public.make_id()"),
        (
            sa.func.timezone("utc", sa.func.now()),
            postgresql.dialect(),
            'sa.func.timezone("utc", sa.func.now())',
        ),
        (
            sa.func.f(1, -2.5, True, "it's :x 100%"),
            postgresql.dialect(),
            'sa.func.f(1, -2.5, True, "it\'s :x 100%")',
        ),
        (
            sa.func.date_trunc("day", sa.text("now()")),
            postgresql.dialect(),
            "sa.text(\"date_trunc('day', now())\")",
        ),
        (sa.func.f(sa.literal("x", Shout())), postgresql.dialect(), "sa.text(\"f('X')\")"),
        (sa.func.f(sa.null()), postgresql.dialect(), 'sa.text("f(NULL)")'),
        (
            sa.func.now() + sa.text("'1 day'::interval"),
            postgresql.dialect(),
            "sa.text(\"now() + '1 day'::interval\")",
        ),
        # sa.func would make something else, drop the underscore, or be no Python.
        (Function("now"), sqlite.dialect(), 'sa.text("CURRENT_TIMESTAMP")'),
        (Function("f_"), postgresql.dialect(), 'sa.text("f_()")'),
        (Function("lambda"), postgresql.dialect(), 'sa.text("lambda()")'),
        (Function("a b"), postgresql.dialect(), "sa.text('\"a b\"()')"),
        (Function(sa.quoted_name("f", quote=True)), postgresql.dialect(), "sa.text('\"f\"()')"),
        # The revision would not know a function of the application.
        (sa.func.utc_now(), sqlite.dialect(), "sa.text(\"(datetime('now'))\")"),
        (sa.text("datetime('now')"), sqlite.dialect(), "sa.text(\"(datetime('now'))\")"),
        (sa.text("(1 + 1)"), sqlite.dialect(), 'sa.text("(1 + 1)")'),
        (sa.text("'a' || 'b'"), sqlite.dialect(), "sa.text(\"('a' || 'b')\")"),
        (sa.text("'it''s'"), sqlite.dialect(), "sa.text(\"'it''s'\")"),
        (sa.text("datetime('now')"), mysql.dialect(), "sa.text(\"datetime('now')\")"),
        # A database reports a default without the backslash that text() would need.
        (sa.text("'{\"a\":1}'::jsonb"), postgresql.dialect(), 'sa.text("\'{\\"a\\"\\\\:1}\'::jsonb")'),
        (sa.text("f(:x, ':y')").bindparams(x=5), postgresql.dialect(), "sa.text(\"f(5, '\\\\:y')\")"),
    ],
)
def test_server_defaults(value: Any, dialect: Any, code: str) -> None:
    operation = AddColumnOp("t", sa.Column("c", sa.Text(), server_default=value))
    assert render(operation, dialect=dialect, line_length=200) == (
        f'op.add_column("t", sa.Column("c", sa.Text(), server_default={code}, nullable=True))'
    )


NULLARY = (
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "now",
    "random",
    "session_user",
    "sysdate",
    "user",
)


@pytest.mark.parametrize("dialect", DIALECTS[1:], ids=lambda dialect: dialect.name)
@pytest.mark.parametrize("name", NULLARY)
def test_sqlalchemys_own_functions_suit_every_database(name: str, dialect: Any) -> None:
    """https://docs.sqlalchemy.org/en/20/core/functions.html, "Selected Known Functions"."""
    operation = AddColumnOp("t", sa.Column("c", sa.Text(), server_default=getattr(sa.func, name)()))
    assert f"server_default=sa.func.{name}()," in render(operation, dialect=dialect, line_length=200)


def test_functions_follow_the_prefix_of_sqlalchemy() -> None:
    operation = AlterColumnOp("t", "c", modify_server_default=sa.func.now())
    imports: set[str] = set()
    body = render(operation, sqlalchemy_module_prefix="sqlalchemy.", imports=imports)
    assert body == 'op.alter_column("t", "c", server_default=sqlalchemy.func.now())'
    assert imports == {"import sqlalchemy"}


@pytest.mark.parametrize(
    ("expression", "dialect", "code"),
    [
        (sa.column("a") + 1, postgresql.dialect(), 'sa.literal_column("(a + 1)")'),
        (sa.func.lower(sa.column("a")), postgresql.dialect(), 'sa.literal_column("lower(a)")'),
        (sa.func.lower(sa.column("a")), mysql.dialect(), 'sa.literal_column("(lower(a))")'),
        (sa.column("a").desc(), mysql.dialect(), 'sa.literal_column("a DESC")'),
        (sa.func.lower(sa.column("a")), sqlite.dialect(), 'sa.literal_column("lower(a)")'),
        (
            sa.func.lower(sa.column("a")).label("x"),
            sqlite.dialect(),
            'sa.literal_column("lower(a)").label("x")',
        ),
        (sa.text("lower(a)"), sqlite.dialect(), 'sa.text("lower(a)")'),
        ("a", sqlite.dialect(), '"a"'),
    ],
)
def test_indexed_expressions(expression: Any, dialect: Any, code: str) -> None:
    rendered = render(CreateIndexOp("ix", "t", [expression]), dialect=dialect, line_length=200)
    assert rendered == f'op.create_index("ix", "t", [{code}], unique=False)'


@pytest.mark.parametrize(
    ("statement", "sql"),
    [
        ("UPDATE t SET a = ':x'", "UPDATE t SET a = ':x'"),
        (
            sa.update(sa.table("t", sa.column("a"), sa.column("b")))
            .where(sa.column("b") == "x:y")
            .values(a=5),
            "UPDATE t SET a=5 WHERE b = 'x:y'",
        ),
        (
            sa.delete(sa.table("t", sa.column("a"))).where(sa.column("a").like("%:z")),
            "DELETE FROM t WHERE a LIKE '%\\\\:z'",
        ),
        (sa.DDL("CREATE TRIGGER x ON t WHEN ':y'"), "CREATE TRIGGER x ON t WHEN '\\\\:y'"),
        (
            sa.select(sa.literal_column("t.a"), sa.column("b", _selectable=sa.table("u"))),
            "SELECT t.a, u.b FROM u",
        ),
    ],
)
@pytest.mark.parametrize("paramstyle", ["named", "pyformat"])
def test_statements_are_executed_as_text(statement: Any, sql: str, paramstyle: str) -> None:
    if isinstance(statement, sa.Update):
        statement = statement.values(a=sa.literal_column("5"))
    rendered = render(
        ExecuteSQLOp(statement), dialect=postgresql.dialect(paramstyle=paramstyle), line_length=200
    )
    assert rendered.replace(" \\n", " ").replace("\\n", " ") == f'op.execute("{sql}")'


def test_what_a_dialect_cannot_express_is_an_error() -> None:
    operation = CreateIndexOp("ix", "t", [sa.cast(sa.column("a"), postgresql.TSVECTOR())])
    with pytest.raises(UnrenderableExpressionError) as caught:
        render(operation, dialect=sqlite.dialect())
    assert caught.value.dialect == "sqlite"
    assert caught.value.subject == "create_index 't'"
    assert str(caught.value) == (
        f"In create_index 't': an SQL expression cannot be written out for sqlite: {caught.value.reason}. "
        "Give it as text(), or use the dialect it is meant for."
    )
