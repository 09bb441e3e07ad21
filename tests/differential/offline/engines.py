"""A call in, statements out: by Alembic and by this package, for the same dialect object."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, MetaData

from async_migrate.ddl.rebuild import TEMPORARY_PREFIX
from async_migrate.errors import AsyncMigrateError
from async_migrate.operations.recorder import Recorder

if TYPE_CHECKING:
    from differential.offline.call import Call
    from sqlalchemy import Dialect


@dataclass(frozen=True)
class Refusal:
    """The call was refused.

    Attributes:
        error: The class of the error, and its words.
    """

    error: str


def dialect_named(name: str) -> Dialect:
    """Return a dialect for scripts, its driver not needed."""
    return URL.create(name).get_dialect()(paramstyle="named")


def by_alembic(call: Call, dialect: str) -> list[str] | Refusal:
    """Return what Alembic writes offline."""
    context = MigrationContext.configure(
        dialect=dialect_named(dialect),
        opts={
            "as_sql": True,
            "output_buffer": StringIO(),
            "target_metadata": MetaData(naming_convention=dict(call.naming_convention) or None),
        },
    )
    written: list[str] = []
    context.impl.static_output = written.append
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call.run(Operations(context))
    except Exception as error:  # noqa: BLE001  whatever it is, it is Alembic's refusal
        return Refusal(f"{type(error).__name__}: {error}")
    return [normalised(statement) for statement in written if statement not in {"GO", "/"}]


def by_us(call: Call, dialect: str) -> list[str] | Refusal:
    """Return what this package writes offline."""
    recorder = Recorder(dialect_named(dialect), naming_convention=dict(call.naming_convention) or None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call.run(recorder.op)
    except AsyncMigrateError as error:  # anything else is a defect, and fails the test
        return Refusal(f"{type(error).__name__}: {error}")
    return [normalised(statement) for statement in recorder.statements()]


def normalised(statement: str) -> str:
    """Return a statement with single spaces, without terminator, and with one name for temporary tables."""
    spaced = re.sub(r"\s+", " ", statement).strip().rstrip(";").strip()
    return re.sub(r"^execute sp_", "exec sp_", spaced).replace("_alembic_tmp_", TEMPORARY_PREFIX)
