"""SQL expressions become text that SQLAlchemy reads back as the same SQL."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql, sqlite

from async_migrate.errors import UnrenderableExpressionError
from async_migrate.ops import AddColumnOp, CreateIndexOp, ExecuteSQLOp
from async_migrate.render import RenderContext, RenderOptions, render
from async_migrate.render.expressions import text_source

SQL = st.text("ab1_ :\\'%\"", max_size=20)
DIALECTS = [
    postgresql.dialect(),
    postgresql.dialect(paramstyle="pyformat"),
    mysql.dialect(),
    sqlite.dialect(),
]


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
        (sa.func.now(), postgresql.dialect(), 'sa.text("now()")'),
        (sa.func.now(), sqlite.dialect(), 'sa.text("CURRENT_TIMESTAMP")'),
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
