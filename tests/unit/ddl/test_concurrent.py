from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import DDL, text

from async_migrate.ddl.concurrent import ConcurrentBuild, ConcurrentDrop, index_statement, must_run_alone
from async_migrate.ops import CreateIndexOp, DropIndexOp, ExecuteSQLOp

BUILDS = {
    "plain": ("CREATE INDEX CONCURRENTLY ix ON t (a)", ("ix", "t", False, False, "(a)")),
    "unique": ("CREATE UNIQUE INDEX CONCURRENTLY ix ON t (a)", ("ix", "t", True, False, "(a)")),
    "guarded": ("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix ON t (a)", ("ix", "t", False, True, "(a)")),
    "named_if": ("CREATE INDEX CONCURRENTLY if ON t (a)", ("if", "t", False, False, "(a)")),
    "schema": ("CREATE INDEX CONCURRENTLY ix ON s.t (a)", ("ix", "s.t", False, False, "(a)")),
    "only": ("CREATE INDEX CONCURRENTLY ix ON ONLY t(a)", ("ix", "t", False, False, "(a)")),
    "quoted": (
        'CREATE INDEX CONCURRENTLY "a "" ON b" ON "My s" . "ON t" (a)',
        ('"a "" ON b"', '"My s" . "ON t"', False, False, "(a)"),
    ),
    "method": (
        "CREATE INDEX CONCURRENTLY ix ON t USING gin (lower(a) gin_trgm_ops) WITH (fastupdate = off)",
        ("ix", "t", False, False, "USING gin (lower(a) gin_trgm_ops) WITH (fastupdate = off)"),
    ),
    "spread": (
        "\n create  index\tconcurrently\nix\non t\n(a)\nwhere b = 'ON u (c)'\n;\n",
        ("ix", "t", False, False, "(a)\nwhere b = 'ON u (c)'\n"),
    ),
}


@pytest.mark.parametrize(("sql", "expected"), BUILDS.values(), ids=BUILDS)
def test_builds(sql: str, expected: tuple[Any, ...]) -> None:
    assert index_statement(sql) == ConcurrentBuild(*expected)
    assert must_run_alone(sql)


def test_the_same_index_on_another_table() -> None:
    build = ConcurrentBuild('"My ix"', "s.t", is_unique=True, is_guarded=True, definition="USING gin (a)")
    assert build.on("u") == 'CREATE UNIQUE INDEX "My ix" ON u USING gin (a)'
    build = ConcurrentBuild("ix", "t", is_unique=False, is_guarded=False, definition="(a)")
    assert build.on("u") == "CREATE INDEX ix ON u (a)"


DROPS = {
    "plain": ("DROP INDEX CONCURRENTLY ix", ("ix", False)),
    "guarded": ("drop index concurrently if exists ix;", ("ix", True)),
    "schema": ('DROP INDEX CONCURRENTLY s."My ix" RESTRICT', ('s."My ix"', False)),
}


@pytest.mark.parametrize(("sql", "expected"), DROPS.values(), ids=DROPS)
def test_drops(sql: str, expected: tuple[Any, ...]) -> None:
    assert index_statement(sql) == ConcurrentDrop(*expected)
    assert must_run_alone(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX CONCURRENTLY ON t (a)",
        'CREATE INDEX CONCURRENTLY IF NOT EXISTS U&"\\0441" ON t (a)',
        "DROP INDEX CONCURRENTLY a, b",
        "REINDEX INDEX CONCURRENTLY ix",
        "REINDEX TABLE CONCURRENTLY s.t",
        "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
        "REINDEX (VERBOSE, CONCURRENTLY) TABLE t",
        "REINDEX(CONCURRENTLY) INDEX ix;",
        "reindex database concurrently",
    ],
)
def test_statements_that_run_alone_on_an_index_that_is_not_known(sql: str) -> None:
    assert index_statement(sql) is None
    assert must_run_alone(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX ix ON t (a)",
        "CREATE INDEX concurrently_built ON t (a)",
        'CREATE INDEX "CONCURRENTLY" ON t (a)',
        "DROP INDEX ix",
        "REINDEX INDEX ix",
        "REINDEX (CONCURRENTLY false) TABLE t",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
        "COMMENT ON INDEX ix IS 'CREATE INDEX CONCURRENTLY'",
        "/* said first */ CREATE INDEX CONCURRENTLY ix ON t (a)",
        "CREATE INDEX CONCURRENTLY ix ON t (a); CREATE INDEX CONCURRENTLY iy ON t (b)",
        "SELECT 1; CREATE INDEX CONCURRENTLY ix ON t (a)",
        "",
    ],
)
def test_everything_else_is_left_alone(sql: str) -> None:
    assert not must_run_alone(sql)


@pytest.mark.parametrize(
    ("operation", "alone"),
    [
        (CreateIndexOp("ix", "t", ["a"], postgresql_concurrently=True), True),
        (CreateIndexOp("ix", "t", ["a"]), False),
        (DropIndexOp("ix", "t", postgresql_concurrently=True), True),
        (DropIndexOp("ix", "t"), False),
        (ExecuteSQLOp("CREATE INDEX CONCURRENTLY ix ON t (a)"), True),
        (ExecuteSQLOp(text("CREATE INDEX CONCURRENTLY ix ON t (a)")), True),
        (ExecuteSQLOp("CREATE INDEX ix ON t (a)"), False),
        (ExecuteSQLOp(DDL("CREATE INDEX ix ON t (a)")), False),
    ],
)
def test_what_postgresql_runs_alone(ddl: Any, operation: Any, alone: bool) -> None:
    [action] = ddl("postgresql").actions(operation)
    assert action.autocommit is alone


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "mssql", "oracle"])
def test_other_databases_run_what_they_are_given(ddl: Any, dialect: str) -> None:
    [action] = ddl(dialect).actions(ExecuteSQLOp("CREATE INDEX CONCURRENTLY ix ON t (a)"))
    assert not action.autocommit
