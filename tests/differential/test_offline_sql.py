"""The same calls, offline, by Alembic and by this package: the same SQL, except where decided otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from differential.offline import batches, columns, combinations, constraints, tables, values
from differential.offline.call import DIALECTS, Call
from differential.offline.coverage import options_of, parameters_of_alembic, used_by_all
from differential.offline.engines import Refusal, by_alembic, by_us
from differential.offline.intended import DIFFERENCES, Difference, Outcome

if TYPE_CHECKING:
    from differential.offline.coverage import Used

CALLS = [
    *tables.CALLS,
    *columns.CALLS,
    *constraints.CALLS,
    *batches.CALLS,
    *combinations.CALLS,
    *values.CALLS,
]
PAIRS = [(call, dialect) for call in CALLS for dialect in call.on]


def intended(call: Call, dialect: str) -> Outcome:
    """Return what this package should write: what Alembic writes, changed as decided."""
    outcome: Outcome = by_alembic(call, dialect)
    for difference in DIFFERENCES:
        if difference.concerns(call, dialect):
            outcome = difference.change(outcome)
    return outcome


@pytest.mark.parametrize(
    ("call", "dialect"), PAIRS, ids=[f"{dialect}-{call.name}" for call, dialect in PAIRS]
)
def test_same_sql_as_alembic(call: Call, dialect: str) -> None:
    expected, actual = intended(call, dialect), by_us(call, dialect)

    if isinstance(expected, Refusal):
        assert isinstance(actual, Refusal), f"Alembic refuses ({expected.error}), this was written: {actual}"
    else:
        assert actual == expected


@pytest.mark.parametrize(
    "difference", DIFFERENCES, ids=[f"{'+'.join(d.on)}-{d.calls[0]}" for d in DIFFERENCES]
)
def test_difference_is_still_there(difference: Difference) -> None:
    for pattern in difference.calls:
        one = Difference(difference.reason, (pattern,), difference.on, difference.change)
        concerned = [(call, dialect) for call, dialect in PAIRS if one.concerns(call, dialect)]
        assert any(
            difference.change(outcome) != outcome
            for call, dialect in concerned
            for outcome in [by_alembic(call, dialect)]
        ), f"nothing that matches {pattern!r} differs: {difference.reason}"


# --- what is called -----------------------------------------------------------------------------------------

OPTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "create_table": dict.fromkeys(("schema", "comment", "info", "quote"), DIALECTS)
    | {"prefixes": ("postgresql", "sqlite", "mysql", "mariadb", "oracle")},
    "create_index": dict.fromkeys(("quote", "info"), DIALECTS),
    "create_unique_constraint": dict.fromkeys(("deferrable", "initially", "info"), DIALECTS),
    "create_check_constraint": {"info": DIALECTS}
    | dict.fromkeys(("deferrable", "initially"), ("postgresql", "oracle")),
    "create_exclude_constraint": dict.fromkeys(
        ("where", "schema", "using", "ops", "deferrable", "initially"), ("postgresql",)
    ),
    "alter_column": dict.fromkeys(("autoincrement", "existing_autoincrement"), ("mysql", "mariadb"))
    | {"postgresql_using": ("postgresql",)},
    "drop_column": {"if_exists": DIALECTS, "existing_type": DIALECTS}
    | dict.fromkeys(("mssql_drop_default", "mssql_drop_check", "mssql_drop_foreign_key"), DIALECTS),
    "drop_index": {"postgresql_concurrently": ("postgresql",)},
}
"""What directives pass on, by name, and where it means something."""

ONLY_REFLECTED = {
    "postgresql": {("create_index", "postgresql_invalid"), ("create_table", "postgresql_ignore_search_path")},
    "oracle": {("create_table", "oracle_resolve_synonyms")},
}
"""Options of SQLAlchemy that say how to read a table, or what was read, and never become SQL."""

NEEDS_A_VALUE_OF_ITS_OWN = {"oracle": {("create_index", "oracle_vector")}}
"""Options whose values are objects of one version of SQLAlchemy."""


@pytest.fixture(scope="module")
def used() -> dict[str, set[Used]]:
    return used_by_all(PAIRS)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_parameter_of_alembic_is_given(dialect: str, used: dict[str, set[Used]]) -> None:
    assert parameters_of_alembic() - used[dialect] == set()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_option_is_given(dialect: str, used: dict[str, set[Used]]) -> None:
    wanted = {
        (directive, option)
        for directive, options in OPTIONS.items()
        for option, dialects in options.items()
        if dialect in dialects
    }

    assert wanted - used[dialect] == set()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_option_of_the_dialect_is_given(dialect: str, used: dict[str, set[Used]]) -> None:
    exempt = ONLY_REFLECTED.get(dialect, set()) | NEEDS_A_VALUE_OF_ITS_OWN.get(dialect, set())

    assert options_of(dialect) - used[dialect] - exempt == set()


def test_there_are_many_calls() -> None:
    assert len(CALLS) > 600


def test_names_of_calls_are_unique() -> None:
    names = [call.name for call in CALLS]

    assert sorted(set(names)) == sorted(names)
