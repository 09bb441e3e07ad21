"""``CREATE INDEX`` as SQLAlchemy, SQLite and PostgreSQL write it."""

from __future__ import annotations

from typing import Any

import pytest

from async_migrate.diff.index_sql import parse_index
from async_migrate.diff.snapshot import IndexTerm


def column(name: str, **options: Any) -> IndexTerm:
    return IndexTerm(text=name, column=name, **options)


def expression(text: str, **options: Any) -> IndexTerm:
    return IndexTerm(text=text, **options)


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("a", column("a")),
        ('"A b"', column("A b")),
        ("a DESC", column("a", descending=True)),
        ("a ASC", column("a")),
        ("a NULLS LAST", column("a")),
        ("a NULLS FIRST", column("a", nulls_first=True)),
        ("a DESC NULLS FIRST", column("a", descending=True)),
        ("a DESC NULLS LAST", column("a", descending=True, nulls_first=False)),
        ('a COLLATE "C"', column("a", collation="C")),
        ('a COLLATE pg_catalog."C" DESC', column("a", collation="C", descending=True)),
        ("a COLLATE NOCASE", column("a", collation="NOCASE")),
        ("j jsonb_path_ops", column("j", operator_class="jsonb_path_ops")),
        (
            "t public.gist_trgm_ops (siglen='32')",
            column("t", operator_class="public.gist_trgm_ops (siglen='32')"),
        ),
        ("lower(a)", expression("lower(a)")),
        (
            "lower(a) text_pattern_ops DESC",
            expression("lower(a)", operator_class="text_pattern_ops", descending=True),
        ),
        ('pg_catalog.lower(a) COLLATE "C"', expression("pg_catalog.lower(a)", collation="C")),
        ("(a + b)", expression("a + b")),
        ("((a || ', ') || b)", expression("(a || ', ') || b")),
        ("(a ->> 'k'::text)", expression("a ->> 'k'::text")),
        ("(lower(a)) text_ops", expression("lower(a)", operator_class="text_ops")),
        ("a || b", expression("a || b")),
    ],
)
def test_element(element: str, expected: IndexTerm) -> None:
    definition = parse_index(f"CREATE INDEX ix ON t USING btree ({element}, z)")
    assert definition.terms == (expected, column("z"))


@pytest.mark.parametrize(
    ("sql", "name", "unique"),
    [
        ("CREATE INDEX ix ON t (a)", "ix", False),
        ('CREATE UNIQUE INDEX "I x" ON t (a)', "I x", True),
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ix ON ONLY s.t USING btree (a)", "ix", True),
        ("create index ix on t(a)", "ix", False),
        ("CREATE INDEX main.ix ON t (a)", "ix", False),
        ("CREATE INDEX [i x] ON t (a)", "i x", False),
    ],
)
def test_head(sql: str, name: str, unique: bool) -> None:
    definition = parse_index(sql, bracket_names=True)
    assert (definition.name, definition.unique, definition.terms) == (name, unique, (column("a"),))


@pytest.mark.parametrize(
    ("tail", "where", "options"),
    [
        ("", None, {}),
        ("WHERE a > 1", "a > 1", {}),
        ("WHERE (a > 1)", "a > 1", {}),
        ("WHERE (a > 1) AND (b < 2)", "(a > 1) AND (b < 2)", {}),
        ("WHERE (b = ' WHERE (x'::text)", "b = ' WHERE (x'::text", {}),
        ('INCLUDE (b, "C d")', None, {"include": ("b", "C d")}),
        ("NULLS NOT DISTINCT", None, {"nulls_not_distinct": True}),
        ("NULLS DISTINCT", None, {"nulls_not_distinct": False}),
        (
            "WITH (fillfactor='70', fastupdate = off)",
            None,
            {"with": {"fillfactor": "70", "fastupdate": "off"}},
        ),
        ("TABLESPACE fast WHERE a = 1", "a = 1", {"tablespace": "fast"}),
        (
            "INCLUDE (b) NULLS NOT DISTINCT WITH (fillfactor='70') WHERE a IS NOT NULL",
            "a IS NOT NULL",
            {"include": ("b",), "nulls_not_distinct": True, "with": {"fillfactor": "70"}},
        ),
    ],
)
def test_tail(tail: str, where: str | None, options: dict[str, Any]) -> None:
    definition = parse_index(f"CREATE INDEX ix ON t USING GIN (a) {tail}")
    assert definition.where == where
    assert definition.options == {"using": "gin", **options}


def test_another_statement_is_refused() -> None:
    with pytest.raises(ValueError, match="not an index definition"):
        parse_index("CREATE TABLE t (a)")
