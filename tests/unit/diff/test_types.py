"""Types as text: taken apart, made canonical, made into SQLAlchemy's again."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from async_migrate.diff.dialects import rules_for
from async_migrate.diff.postgresql import canonical_type
from async_migrate.diff.postgresql_types import PostgresqlTypes
from async_migrate.diff.types import TypeText, parse_type
from async_migrate.diff.verbatim_type import DeclaredType, VerbatimType, affinity_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INTEGER", TypeText(("integer",))),
        ("VARCHAR(50)", TypeText(("varchar",), ("50",))),
        ("NUMERIC(10, 2)", TypeText(("numeric",), ("10", "2"))),
        ("TIMESTAMP(3) WITHOUT TIME ZONE", TypeText(("timestamp", "without", "time", "zone"), ("3",))),
        ('VARCHAR(5) COLLATE "C"', TypeText(("varchar",), ("5",), collation="C")),
        ('TEXT COLLATE pg_catalog."de-x-icu"', TypeText(("text",), collation="de-x-icu")),
        (
            "VARCHAR(5) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            TypeText(("varchar",), ("5",), 0, "utf8mb4_bin", "utf8mb4"),
        ),
        ("integer[][]", TypeText(("integer",), dimensions=2)),
        ("integer[3]", TypeText(("integer",), dimensions=1)),
        ('other."Mood"', TypeText(('other."Mood"',))),
        ("ENUM('a','B c')", TypeText(("enum",), ("'a'", "'B c'"))),
        ("", TypeText(())),
    ],
)
def test_parse_type(text: str, expected: TypeText) -> None:
    assert parse_type(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VARCHAR(50)", "character varying(50)"),
        ("INTEGER", "int4"),
        ("BIGINT", "int8"),
        ("CHAR", "character(1)"),
        ("FLOAT", "double precision"),
        ("FLOAT(53)", "double precision"),
        ("FLOAT(24)", "real"),
        ("NUMERIC(10)", "numeric(10,0)"),
        ("DECIMAL(8, 4)", "numeric(8,4)"),
        ("TIMESTAMP WITHOUT TIME ZONE", "timestamp without time zone"),
        ("TIMESTAMP", "timestamp without time zone"),
        ("TIMESTAMP(3) WITH TIME ZONE", "timestamp(3) with time zone"),
        ("BIT VARYING(5)", "varbit(5)"),
        ("INTEGER[][]", "integer[]"),
        ("VARCHAR(5)[]", "character varying(5)[]"),
        ("public.mood", "mood"),
        ("GEOMETRY(POINT,4326)", "geometry(Point,4326)"),
        ("BOOLEAN", "bool"),
    ],
)
def test_two_spellings_of_one_postgresql_type(one: str, other: str) -> None:
    assert canonical_type(one, default_schema="public") == canonical_type(other, default_schema="public")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("VARCHAR(50)", "VARCHAR"),
        ("VARCHAR(50)", "VARCHAR(51)"),
        ("NUMERIC", "NUMERIC(10, 2)"),
        ("TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP WITH TIME ZONE"),
        ("INTEGER", "INTEGER[]"),
        ("mood", "other.mood"),
        ("mood", '"Mood"'),
    ],
)
def test_two_postgresql_types(one: str, other: str) -> None:
    assert canonical_type(one, default_schema="public") != canonical_type(other, default_schema="public")


# What SQLAlchemy's own reflection makes of the same text (PGDialect, 2.0 and 2.1).
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("integer", pg.INTEGER()),
        ("character varying(50)", pg.VARCHAR(50)),
        ("character varying", pg.VARCHAR()),
        ("character(3)", pg.CHAR(3)),
        ("numeric(10,2)", pg.NUMERIC(10, 2)),
        ("numeric", pg.NUMERIC()),
        ("double precision", pg.DOUBLE_PRECISION(53)),
        ("real", pg.REAL()),
        ("timestamp without time zone", pg.TIMESTAMP(timezone=False)),
        ("timestamp(3) with time zone", pg.TIMESTAMP(timezone=True, precision=3)),
        ("time(0) with time zone", pg.TIME(timezone=True, precision=0)),
        ("interval day to second(2)", pg.INTERVAL(fields="day to second", precision=2)),
        ("interval", pg.INTERVAL()),
        ("bit(5)", pg.BIT(5)),
        ("bit varying(5)", pg.BIT(5, varying=True)),
        ("jsonb", pg.JSONB()),
        ("uuid", pg.UUID()),
        ("tsvector", pg.TSVECTOR()),
        ("integer[]", pg.ARRAY(pg.INTEGER())),
        ("character varying(5)[]", pg.ARRAY(pg.VARCHAR(5))),
        ("mood", pg.ENUM("sad", "glad", name="mood")),
        ("mood[]", pg.ARRAY(pg.ENUM("sad", "glad", name="mood"))),
        ("ltree", VerbatimType("ltree")),
        ("s.thing(3)", VerbatimType("s.thing(3)")),
    ],
)
def test_postgresql_type_of(text: str, expected: sa.types.TypeEngine[Any]) -> None:
    types = PostgresqlTypes(pg.dialect().ischema_names, {"mood": pg.ENUM("sad", "glad", name="mood")})
    found = types.type_of(text)
    assert type(found) is type(expected)
    assert repr(found) == repr(expected)


def test_a_collation_becomes_part_of_the_type() -> None:
    found = PostgresqlTypes(pg.dialect().ischema_names, {}).type_of("text", collation="C")
    assert found.compile(dialect=pg.dialect()) in {'TEXT COLLATE "C"', "TEXT COLLATE C"}


def test_a_type_of_an_extension_takes_its_arguments_by_position() -> None:
    class Vector(sa.types.UserDefinedType[Any]):
        def __init__(self, dim: int | None = None) -> None:
            self.dim = dim

    found = PostgresqlTypes({"vector": Vector}, {}).type_of("vector(3)")
    assert isinstance(found, Vector)
    assert found.dim == 3


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("mysql", "INTEGER(11)", "INTEGER", True),
        ("mysql", "TINYINT(1)", "BOOL", True),
        ("mysql", "JSON", "LONGTEXT", True),
        ("mysql", "ENUM('a','b')", "ENUM('b','a')", True),
        ("mysql", "ENUM('a','b')", "ENUM('a','c')", False),
        ("mysql", "VARCHAR(10)", "VARCHAR(20)", False),
        ("mysql", "VARCHAR(10) COLLATE utf8mb4_bin", "VARCHAR(10)", True),
        ("mysql", "VARCHAR(10) COLLATE utf8mb4_bin", "VARCHAR(10) COLLATE utf8mb4_general_ci", False),
        ("mysql", "INTEGER UNSIGNED", "INTEGER ZEROFILL", False),
        ("mssql", "NVARCHAR(10)", "VARCHAR(10)", True),
        ("oracle", "NUMBER", "INTEGER", True),
        ("oracle", "VARCHAR2(10 CHAR)", "VARCHAR(20 CHAR)", False),
        ("sqlite", "NUMERIC(10, 2)", "DECIMAL(10, 2)", True),
        ("sqlite", "VARCHAR(10)", "VARCHAR", False),
        ("unheard_of", "DECIMAL", "NUMERIC", True),
        ("unheard_of", "TEXT", "INTEGER", False),
    ],
)
def test_types_compared_as_the_dialect_does(kind: str, one: str, other: str, same: bool) -> None:
    rules = rules_for(kind)
    assert rules.same_type_text(rules.type_text(one), rules.type_text(other)) is same
    assert rules.same_type_text(rules.type_text(other), rules.type_text(one)) is same


# The table in https://www.sqlite.org/datatype3.html, section 3.1.1.
@pytest.mark.parametrize(
    ("declared", "affinity"),
    [
        *[
            (name, sa.INTEGER)
            for name in ("INT", "TINYINT", "UNSIGNED BIG INT", "INT8", "CHARINT", "FLOATING POINT")
        ],
        *[
            (name, sa.TEXT)
            for name in ("CHARACTER(20)", "VARYING CHARACTER(255)", "NATIVE CHARACTER(70)", "CLOB")
        ],
        *[(name, sa.BLOB) for name in ("BLOB", "")],
        *[(name, sa.REAL) for name in ("REAL", "DOUBLE", "DOUBLE PRECISION", "FLOAT")],
        *[
            (name, sa.NUMERIC)
            for name in ("NUMERIC", "DECIMAL(10,5)", "BOOLEAN", "DATE", "DATETIME", "STRING")
        ],
    ],
)
def test_affinity(declared: str, affinity: type[sa.types.TypeEngine[Any]]) -> None:
    assert affinity_of(declared) is affinity
    assert DeclaredType(declared)._type_affinity is affinity


@pytest.mark.parametrize("class_", [VerbatimType, DeclaredType])
def test_a_verbatim_type_can_be_written_out(class_: type[VerbatimType]) -> None:
    type_ = class_("UNSIGNED BIG INT")
    assert repr(type_) == f"{class_.__name__}('UNSIGNED BIG INT')"
    assert type_.compile(dialect=sa.create_engine("sqlite://").dialect) == "UNSIGNED BIG INT"
