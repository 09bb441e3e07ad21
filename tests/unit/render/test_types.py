"""Types: what is written, and what it needs to be imported."""

from __future__ import annotations

import sys
import types
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from async_migrate.errors import UnrenderableTypeError
from async_migrate.ops import AddColumnOp
from async_migrate.render import RenderContext, RenderOptions, render
from async_migrate.render.format import formatted
from async_migrate.render.types import type_code

if TYPE_CHECKING:
    from collections.abc import Iterator

SA = "import sqlalchemy as sa"
PG = "from sqlalchemy.dialects import postgresql"
MYSQL = "from sqlalchemy.dialects import mysql"
HERE = f"import {__name__}"


def code_of(type_: Any, **options: Any) -> tuple[str, list[str]]:
    context = RenderContext(RenderOptions(dialect=postgresql.dialect(), **options))
    code = formatted([type_code(type_, context)], width=200)
    return code, sorted(context.imports)


class Plain(sa.types.TypeDecorator[str]):
    impl = sa.String
    cache_ok = True


class WithRequiredArgument(sa.types.TypeDecorator[int]):
    """Does not keep what it was given."""

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, converter: Any) -> None:
        super().__init__()
        self._converter = converter


class Encrypted(sa.types.TypeDecorator[str]):
    impl = sa.Text
    cache_ok = True

    def __init__(self, key: str | None = None, *, mode: str = "gcm") -> None:
        super().__init__()
        self.key = key
        self.mode = mode


class Raising(sa.types.TypeDecorator[str]):
    """Accepts its arguments only once."""

    impl = sa.String
    cache_ok = True
    made = False

    def __init__(self, length: int) -> None:
        if Raising.made:
            raise RuntimeError(length)
        Raising.made = True
        super().__init__(length)


class OtherPerDialect(sa.types.TypeDecorator[Any]):
    impl = sa.Text
    cache_ok = True

    def __init__(self, function: Any) -> None:
        super().__init__()

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(postgresql.INET() if dialect.name == "postgresql" else sa.Text())


class Opaque(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def __init__(self, precision: int) -> None:
        self._precision = precision

    def get_col_spec(self, **_: Any) -> str:
        return f"OPAQUE({self._precision})"


class OwnInteger(sa.Integer):
    """A subclass of a type of SQLAlchemy."""


@pytest.mark.parametrize(
    ("type_", "code", "imports"),
    [
        (sa.Integer, "sa.Integer()", [SA]),
        (sa.String(50), "sa.String(length=50)", [SA]),
        (sa.Numeric(10, 2), "sa.Numeric(precision=10, scale=2)", [SA]),
        (sa.DateTime(timezone=True), "sa.DateTime(timezone=True)", [SA]),
        (sa.Enum("a", "b", name="e", schema="s"), 'sa.Enum("a", "b", name="e", schema="s")', [SA]),
        (sa.types.NullType(), "sa.types.NullType()", [SA]),
        (sa.Interval(second_precision=3), "sa.Interval(second_precision=3)", [SA]),
        (sa.PickleType(), "sa.PickleType()", [SA]),
        (postgresql.JSONB(), "postgresql.JSONB()", [PG]),
        (postgresql.JSONB(astext_type=sa.VARCHAR()), "postgresql.JSONB(astext_type=sa.VARCHAR())", [PG, SA]),
        (postgresql.UUID(), "sa.UUID()", [SA]),
        (postgresql.ARRAY(sa.Integer), "postgresql.ARRAY(sa.Integer())", [PG, SA]),
        (
            sa.String(5).with_variant(mysql.VARCHAR(6), "mysql", "mariadb"),
            (
                'sa.String(length=5).with_variant(mysql.VARCHAR(length=6), "mariadb")'
                '.with_variant(mysql.VARCHAR(length=6), "mysql")'
            ),
            [MYSQL, SA],
        ),
        (Plain(50), f"{__name__}.Plain(length=50)", [HERE]),
        (OwnInteger(), f"{__name__}.OwnInteger()", [HERE]),
        (postgresql.ARRAY(Plain()), f"postgresql.ARRAY({__name__}.Plain())", [PG, HERE]),
        (WithRequiredArgument(len), "sa.BigInteger()", [SA]),
        (OtherPerDialect(len), "postgresql.INET()", [PG]),
        (Encrypted("sesame"), f"{__name__}.Encrypted()", [HERE]),
        (Encrypted("sesame", mode="cbc"), f'{__name__}.Encrypted(mode="cbc")', [HERE]),
        (Raising(7), "sa.String(length=7)", [SA]),
    ],
)
def test_code_and_imports(type_: Any, code: str, imports: list[str]) -> None:
    assert code_of(type_) == (code, sorted(imports))


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg2"])
def test_types_of_a_driver_are_written_as_those_of_the_dialect(driver: str) -> None:
    dialect = sa.engine.url.make_url(f"postgresql+{driver}://").get_dialect()()
    for type_ in (sa.Integer(), sa.DateTime(timezone=True), sa.JSON(), sa.Numeric(5, 2), postgresql.JSONB()):
        code, _ = code_of(type_.dialect_impl(dialect))
        assert "asyncpg" not in code.lower()
        assert "psycopg" not in code.lower()


def test_a_type_made_in_a_function_is_written_as_what_it_wraps() -> None:
    class Local(sa.types.TypeDecorator[str]):
        impl = sa.String
        cache_ok = True

    assert code_of(Local(5)) == ("sa.String(length=5)", [SA])


def test_a_prefix_takes_the_place_of_module_and_import() -> None:
    class Local(sa.types.TypeDecorator[str]):
        impl = sa.String
        cache_ok = True

    assert code_of(Plain(5), user_module_prefix="mytypes.") == ("mytypes.Plain(length=5)", [])


@pytest.mark.parametrize(
    ("prefix", "code", "imports"),
    [
        ("sa.", "sa.Integer()", ["import sqlalchemy as sa"]),
        ("sqlalchemy.", "sqlalchemy.Integer()", ["import sqlalchemy"]),
        ("s.", "s.Integer()", ["import sqlalchemy as s"]),
        ("", "Integer()", []),
        (None, "Integer()", []),
    ],
)
def test_prefixes_of_sqlalchemy(prefix: str | None, code: str, imports: list[str]) -> None:
    assert code_of(sa.Integer(), sqlalchemy_module_prefix=prefix) == (code, imports)


@pytest.fixture
def library() -> Iterator[types.ModuleType]:
    """A library that exports from its package what it defines in a module below."""
    package, module = types.ModuleType("shapes"), types.ModuleType("shapes.geometry")
    source = (
        "import sqlalchemy as sa\n"
        "class Polygon(sa.types.UserDefinedType):\n"
        "    cache_ok = True\n"
        "    def __init__(self, corners=3):\n"
        "        self.corners = corners\n"
        "    def get_col_spec(self, **_):\n"
        "        return f'POLYGON({self.corners})'\n"
        "class Hidden(Polygon):\n"
        "    pass\n"
    )
    exec(source, module.__dict__)
    package.Polygon, package.Hidden = module.Polygon, module.Hidden  # type: ignore[attr-defined]
    package.__all__ = ["Polygon"]  # type: ignore[attr-defined]
    sys.modules |= {"shapes": package, "shapes.geometry": module}
    yield module
    del sys.modules["shapes"], sys.modules["shapes.geometry"]


def test_a_type_is_imported_from_where_its_library_exports_it(library: types.ModuleType) -> None:
    assert code_of(library.Polygon(4)) == ("shapes.Polygon(corners=4)", ["import shapes"])
    assert code_of(library.Hidden()) == ("shapes.geometry.Hidden()", ["import shapes.geometry"])


def test_a_type_that_nothing_can_make_is_an_error() -> None:
    with pytest.raises(UnrenderableTypeError) as caught:
        render(AddColumnOp("spot", sa.Column("at", Opaque(3))))
    assert caught.value.type_name == f"{__name__}.Opaque"
    assert caught.value.subject == "add_column 'spot'"
    assert str(caught.value) == (
        f"In add_column 'spot': the type {__name__}.Opaque cannot be written as code: a file could not import its "
        "class, or the object does not keep what its constructor was given. Define the class at the top level of "
        "a module and keep each parameter as an attribute of the same name, or render it in a render_item hook."
    )
