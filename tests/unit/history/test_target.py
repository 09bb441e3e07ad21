from __future__ import annotations

import pytest

from async_migrate.errors import InvalidIdentifierError, InvalidRangeError
from async_migrate.history import Anchor, Range, is_range, parse_range, parse_target

GRAMMAR = (
    " Write an identifier or the beginning of one, a branch label, 'head', 'heads' or 'base', each with "
    "'+N' or '-N' if need be."
)


@pytest.mark.parametrize(
    ("text", "branch", "anchor", "name", "offset"),
    [
        ("head", None, Anchor.HEAD, "", 0),
        ("heads", None, Anchor.HEADS, "", 0),
        ("base", None, Anchor.BASE, "", 0),
        ("current", None, Anchor.CURRENT, "", 0),
        ("ae10", None, Anchor.NAME, "ae10", 0),
        (" ae10 ", None, Anchor.NAME, "ae10", 0),
        ("headless", None, Anchor.NAME, "headless", 0),
        ("+2", None, Anchor.UNSTATED, "", 2),
        ("-1", None, Anchor.UNSTATED, "", -1),
        ("ae10+1", None, Anchor.NAME, "ae10", 1),
        ("ae10-13", None, Anchor.NAME, "ae10", -13),
        ("head-1", None, Anchor.HEAD, "", -1),
        ("base+2", None, Anchor.BASE, "", 2),
        ("current-3", None, Anchor.CURRENT, "", -3),
        ("label@head", "label", Anchor.HEAD, "", 0),
        ("label@heads", "label", Anchor.HEADS, "", 0),
        ("label@base", "label", Anchor.BASE, "", 0),
        ("label@ae10", "label", Anchor.NAME, "ae10", 0),
        ("ae10@head", "ae10", Anchor.HEAD, "", 0),
        ("label@+2", "label", Anchor.UNSTATED, "", 2),
        ("label@-2", "label", Anchor.UNSTATED, "", -2),
        ("label@ae10+1", "label", Anchor.NAME, "ae10", 1),
        ("label@head-1", "label", Anchor.HEAD, "", -1),
        ("my-label@+1", "my-label", Anchor.UNSTATED, "", 1),
        ("my-label", None, Anchor.NAME, "my-label", 0),
        ("my-2-label+1", None, Anchor.NAME, "my-2-label", 1),
        ("ae10+", None, Anchor.NAME, "ae10+", 0),
        ("0001", None, Anchor.NAME, "0001", 0),
        ("²", None, Anchor.NAME, "²", 0),
        ("+" + "1" * 5000, None, Anchor.NAME, "+" + "1" * 5000, 0),
    ],
)
def test_targets(text: str, branch: str | None, anchor: Anchor, name: str, offset: int) -> None:
    target = parse_target(text)
    assert (target.branch, target.anchor, target.name, target.offset) == (branch, anchor, name, offset)
    assert target.text == text.strip()
    assert target.is_relative == (anchor is Anchor.UNSTATED)


def test_a_parsed_target_is_taken_as_it_is() -> None:
    target = parse_target("head-1")
    assert parse_target(target) is target


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("  ", "it is empty"),
        ("a:b", "it is a range, and one revision is asked for"),
        ("x@y@z", "it has more than one '@', and 'branch@revision' has one"),
        ("@head", "something is missing beside the '@' of 'branch@revision'"),
        ("label@", "something is missing beside the '@' of 'branch@revision'"),
    ],
)
def test_what_is_not_a_target(text: str, reason: str) -> None:
    with pytest.raises(InvalidIdentifierError) as raised:
        parse_target(text)
    assert str(raised.value) == f"{text.strip()!r} does not identify a revision: {reason}.{GRAMMAR}"
    assert raised.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("a:b", "a", "b"),
        ("a:", "a", None),
        (":b", None, "b"),
        (":", None, None),
        ("-3:current", "-3", "current"),
        (":label@head-2", None, "label@head-2"),
        (" a : b ", "a", "b"),
    ],
)
def test_ranges(text: str, lower: str | None, upper: str | None) -> None:
    assert is_range(text)
    assert parse_range(text) == Range(
        lower=None if lower is None else parse_target(lower),
        upper=None if upper is None else parse_target(upper),
    )


@pytest.mark.parametrize("text", ["a", "", "a:b:c"])
def test_what_is_not_a_range(text: str) -> None:
    with pytest.raises(InvalidRangeError) as raised:
        parse_range(text)
    assert str(raised.value) == (
        f"{text!r} is not a range. Write 'from:to', with one ':'; either end may be left out."
    )


def test_a_side_of_a_range_has_to_be_a_target() -> None:
    with pytest.raises(InvalidIdentifierError, match="more than one '@'"):
        parse_range("a@b@c:d")


@pytest.mark.parametrize(
    ("text", "needed"),
    [("current:", True), (":current+1", True), ("-3:", False), ("a:b", False), (":", False)],
)
def test_ranges_that_need_a_database(text: str, needed: bool) -> None:
    assert parse_range(text).needs_database == needed
