from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from async_migrate.ddl.ordering import in_groups, placed
from async_migrate.errors import InvalidArgumentError

EXISTING = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, None, "abcx"),
        ("a", None, "xabc"),
        ("c", None, "abxc"),
        (None, "a", "axbc"),
        (None, "c", "abcx"),
        ("c", "a", "abxc"),
    ],
)
def test_placed(before: str | None, after: str | None, expected: str) -> None:
    assert placed("x", [*EXISTING, "x"], before=before, after=after, existing=EXISTING) == list(expected)


def test_columns_placed_after_the_same_one_keep_their_order() -> None:
    names = placed("x", [*EXISTING, "x"], before=None, after="a", existing=EXISTING)
    names = placed("y", [*names, "y"], before=None, after="a", existing=EXISTING)

    assert names == list("axybc")


@pytest.mark.parametrize(("after", "expected"), [("x", "axybc")])
def test_placed_after_a_new_column(after: str, expected: str) -> None:
    assert placed("y", [*"axbc", "y"], before=None, after=after, existing=EXISTING) == list(expected)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], "abc"),
        (["cb"], "acb"),
        (["cba"], "cba"),
        (["ca", "ba"], "bca"),
    ],
)
def test_in_groups(groups: list[str], expected: str) -> None:
    assert in_groups(EXISTING, groups) == list(expected)


@given(st.permutations(list("abcdef")), st.integers(2, 6))
def test_a_group_stands_in_its_order_and_nothing_is_lost(order: list[str], size: int) -> None:
    result = in_groups(sorted(order), [order[:size]])

    assert sorted(result) == sorted(order)
    assert [name for name in result if name in order[:size]] == order[:size]


def test_groups_that_contradict_each_other() -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        in_groups(EXISTING, ["ab", "ba"])

    assert str(caught.value) == (
        "batch_alter_table() cannot take partial_reordering=[['a', 'b'], ['b', 'a']]: it accepts groups that agree "
        "on one order."
    )
