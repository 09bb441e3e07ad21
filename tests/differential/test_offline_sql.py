"""The same calls, offline, by Alembic and by this package: the same SQL, except where decided otherwise."""

from __future__ import annotations

import pytest
from differential.offline import batches, columns, combinations, constraints, tables, values
from differential.offline.call import DIALECTS, Call
from differential.offline.engines import Refusal, by_alembic, by_us
from differential.offline.intended import DIFFERENCES, Difference, Outcome

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


def test_every_directive_is_called_on_every_dialect() -> None:
    called = {(call.name.partition("/")[0], dialect) for call, dialect in PAIRS}
    directives = {call.name.partition("/")[0] for call in CALLS}

    assert {(directive, dialect) for directive in directives for dialect in DIALECTS} == called
    assert directives >= {
        "add_column",
        "alter_column",
        "bulk_insert",
        "create_check_constraint",
        "create_exclude_constraint",
        "create_foreign_key",
        "create_index",
        "create_primary_key",
        "create_table",
        "create_table_comment",
        "create_unique_constraint",
        "drop_column",
        "drop_constraint",
        "drop_index",
        "drop_table",
        "drop_table_comment",
        "execute",
        "rename_table",
        "batch",
    }


def test_names_of_calls_are_unique() -> None:
    names = [call.name for call in CALLS]

    assert sorted(set(names)) == sorted(names)
