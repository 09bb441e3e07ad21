"""How revisions and their files are called. Alembic is asked the same in tests/differential/test_scripts.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from async_migrate.config import Config
from async_migrate.errors import SettingValueError
from async_migrate.scripts.naming import creation_date, file_name, new_revision_id, slug

DATE = datetime(2024, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=2)))


def test_identifiers_are_twelve_hexadecimal_digits() -> None:
    made = {new_revision_id() for _ in range(500)}
    assert len(made) == 500
    assert all(len(one) == 12 and set(one) <= set("0123456789abcdef") for one in made)


@pytest.mark.parametrize(
    ("message", "length", "expected"),
    [
        ("Add users", 40, "add_users"),
        ("  Add -- user's e-mail! ", 40, "add_user_s_e_mail"),
        ("", 40, ""),
        ("!?", 40, ""),
        ("Größe ändern", 40, "größe_ändern"),
        ("snake_case Stays", 40, "snake_case_stays"),
        ("add users", 9, "add_users"),
        ("add users", 8, "add_"),
        ("unbreakable", 4, "unbr_"),
    ],
)
def test_slugs(message: str, length: int, expected: str) -> None:
    assert slug(message, length=length) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("%(rev)s_%(slug)s", "1a2b_add_users.py"),
        (
            "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d%(second).2d-%(rev)s",
            "2024_05_06_070809-1a2b.py",
        ),
        ("%(epoch)s_%(rev)s", "1714972089_1a2b.py"),
        ("%(year)d/%(month).2d/%(rev)s", "2024/05/1a2b.py"),
    ],
)
def test_file_names(template: str, expected: str) -> None:
    config = Config(file_template=template, recursive_version_locations=True)
    assert file_name(config, revision_id="1a2b", message="Add users", date=DATE) == expected


def test_the_length_of_the_slug_is_a_setting() -> None:
    config = Config(truncate_slug_length=5)
    assert file_name(config, revision_id="1a2b", message="Add users", date=DATE) == "1a2b_add_.py"


@pytest.mark.parametrize("zone", ["UTC", "utc", "Etc/GMT-2"])
def test_dates_are_in_the_zone_that_is_asked_for(zone: str) -> None:
    date = creation_date(zone)
    assert abs(date - datetime.now(UTC)) < timedelta(minutes=1)
    assert date.utcoffset() == timedelta(hours=2 if zone.startswith("Etc") else 0)


def test_dates_are_local_without_a_zone() -> None:
    date = creation_date(None)
    assert date.tzinfo is None
    assert abs(date - datetime.now()) < timedelta(minutes=1)


@pytest.mark.parametrize("zone", ["Europe/Brelin", "../etc/passwd", "/etc/localtime", "Europe", "x" * 300])
def test_an_unknown_zone_is_reported(zone: str) -> None:
    with pytest.raises(SettingValueError) as caught:
        creation_date(zone)
    assert str(caught.value) == (
        f"'timezone' in the configuration is the text {zone!r}; it must be a time zone known here, such as "
        "'Europe/Berlin'; the package tzdata brings them all."
    )
