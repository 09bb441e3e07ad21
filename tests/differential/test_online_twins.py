"""The same calls by Alembic and by this package, on twin databases: they look the same, except where decided."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from differential.offline import batches, columns, combinations, constraints, tables, values
from differential.offline.engines import Refusal
from differential.online.intended import DIFFERENCES, REFUSED_BY_BOTH, Difference
from differential.online.sqlite_facts import differences
from differential.online.twins import PostgreSQLTwins, SQLiteTwins, Twin
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from differential.online.twins import Outcome

MODULES = (tables, columns, constraints, batches, combinations, values)


LEFT_OUT = (
    "*concurrently*",  # leaves the transaction that is rolled back here
    "*_all_known",  # says what other databases want to know
    "alter_column/both_*_in_schema",
)


def _twins(dialect: str) -> list[Twin]:
    calls = [call for module in MODULES for call in module.CALLS if dialect in call.on]
    calls = [call for call in calls if not any(fnmatch(call.name, pattern) for pattern in LEFT_OUT)]
    anew = [call for call in calls if call.name.startswith("batch_anew/")]
    return [*map(Twin, calls), *(Twin(call, reflects=True) for call in anew)]


TWINS = {dialect: _twins(dialect) for dialect in ("sqlite", "postgresql")}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sqlite_twins(tmp_path_factory: pytest.TempPathFactory) -> SQLiteTwins:
    return SQLiteTwins(tmp_path_factory.mktemp("twins"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def postgresql_twins(postgresql_server: Any) -> AsyncIterator[PostgreSQLTwins]:
    url = postgresql_server.create_database()
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        yield PostgreSQLTwins(connection)
    await engine.dispose()
    postgresql_server.drop_database(url)


def _concerned(twin: Twin, dialect: str) -> list[Difference]:
    return [difference for difference in DIFFERENCES if difference.concerns(twin, dialect)]


async def _compare(twins: Any, twin: Twin, dialect: str) -> None:
    twins.prepare(twin)
    expected = await _expected(twins, twin, dialect)
    actual = await twins.by_us(twin)

    if any(fnmatch(twin.name, pattern) for pattern in REFUSED_BY_BOTH[dialect]):
        assert isinstance(expected, Refusal)
        assert isinstance(actual, Refusal)
    elif isinstance(expected, Refusal):
        assert isinstance(actual, Refusal), f"this package does what Alembic refuses: {expected.error}"
        assert _concerned(twin, dialect), f"Alembic refuses: {expected.error}; this package: {actual.error}"
    else:
        assert not isinstance(actual, Refusal), actual.error
        assert differences(expected, actual) == {}


async def _expected(twins: Any, twin: Twin, dialect: str) -> Outcome:
    concerned = _concerned(twin, dialect)
    as_if = next((difference.as_if for difference in concerned if difference.as_if), None)
    outcome: Outcome = await twins.by_alembic(twin, as_if)
    for difference in concerned:
        outcome = difference.change(outcome)
    return outcome


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("twin", TWINS["sqlite"], ids=lambda twin: twin.name)
async def test_same_sqlite_as_with_alembic(twin: Twin, sqlite_twins: SQLiteTwins) -> None:
    await _compare(sqlite_twins, twin, "sqlite")


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("twin", TWINS["postgresql"], ids=lambda twin: twin.name)
async def test_same_postgresql_as_with_alembic(twin: Twin, postgresql_twins: PostgreSQLTwins) -> None:
    await _compare(postgresql_twins, twin, "postgresql")


PATTERNS = {
    dialect: [
        (difference, pattern)
        for difference in DIFFERENCES
        if dialect in difference.on
        for pattern in difference.calls
    ]
    for dialect in TWINS
}


def _pattern(value: object) -> str:
    return value if isinstance(value, str) else "-"


async def _differs(twins: Any, difference: Difference, pattern: str, dialect: str) -> bool:
    for twin in TWINS[dialect]:
        if fnmatch(twin.name, pattern):
            twins.prepare(twin)
            outcome: Outcome = await twins.by_alembic(twin)
            intended = await twins.by_alembic(twin, difference.as_if) if difference.as_if else outcome
            if difference.change(intended) != outcome:
                return True
    return False


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("difference", "pattern"), PATTERNS["sqlite"], ids=_pattern)
async def test_difference_is_still_there_on_sqlite(
    difference: Difference, pattern: str, sqlite_twins: SQLiteTwins
) -> None:
    assert await _differs(sqlite_twins, difference, pattern, "sqlite"), difference.reason


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("difference", "pattern"), PATTERNS["postgresql"], ids=_pattern)
async def test_difference_is_still_there_on_postgresql(
    difference: Difference, pattern: str, postgresql_twins: PostgreSQLTwins
) -> None:
    assert await _differs(postgresql_twins, difference, pattern, "postgresql"), difference.reason


@pytest.mark.parametrize("dialect", TWINS)
def test_there_are_many_twins(dialect: str) -> None:
    refused = [
        twin
        for twin in TWINS[dialect]
        if any(fnmatch(twin.name, pattern) for pattern in REFUSED_BY_BOTH[dialect])
    ]

    assert len(TWINS[dialect]) - len(refused) > 150


@pytest.mark.parametrize("dialect", TWINS)
def test_every_refusal_is_of_a_call(dialect: str) -> None:
    for pattern in REFUSED_BY_BOTH[dialect]:
        assert any(fnmatch(twin.name, pattern) for twin in TWINS[dialect]), pattern
