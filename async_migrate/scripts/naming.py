"""What a new revision and its file are called."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from async_migrate.errors import SettingValueError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from async_migrate.config import Config

__all__ = ["creation_date", "file_name", "new_revision_id", "slug"]


def new_revision_id() -> str:
    """Return twelve random hexadecimal digits."""
    return os.urandom(6).hex()


def creation_date(timezone: str | None) -> datetime:
    """Return the present time in a zone, or in local time and without a zone.

    Raises:
        SettingValueError: If there is no such zone.
    """
    return datetime.now() if timezone is None else datetime.now(UTC).astimezone(_zone(timezone))


def file_name(config: Config, *, revision_id: str, message: str, date: datetime) -> str:
    """Return the name of a revision file; with a ``/`` in it if the template asks for folders."""
    tokens = {
        "rev": revision_id,
        "slug": slug(message, length=config.truncate_slug_length),
        "epoch": int(date.timestamp()),
        "year": date.year,
        "month": date.month,
        "day": date.day,
        "hour": date.hour,
        "minute": date.minute,
        "second": date.second,
    }
    return f"{config.file_template % tokens}.py"


def slug(message: str, *, length: int) -> str:
    """Return the words of a message in lower case, joined by ``_``, cut after a word if they are too long."""
    words = "_".join(re.findall(r"\w+", message)).lower()
    return words if len(words) <= length else words[:length].rsplit("_", 1)[0] + "_"


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    for spelling in (name, name.upper()):
        try:
            return ZoneInfo(spelling)
        except (KeyError, OSError, ValueError):
            continue
    expected = "a time zone known here, such as 'Europe/Berlin'; the package tzdata brings them all"
    raise SettingValueError("timezone", value=name, expected=expected, source="the configuration")
