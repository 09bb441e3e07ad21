"""Foreign keys on SQLite while a revision runs: not enforced, and checked before it commits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from async_migrate.errors import ForeignKeysBrokenError

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["ForeignKeyGuard"]


@dataclass(frozen=True, slots=True)
class ForeignKeyGuard:
    """What was suspended, and what was broken before anything ran.

    Attributes:
        suspended: The connection enforced foreign keys, and will again after the run.
        broken_before: Rows by table that referred to nothing before the run; they are not this run's doing.
    """

    suspended: bool
    broken_before: Counter[str]

    @classmethod
    def absent(cls) -> ForeignKeyGuard:
        """Return the guard of a database that needs none."""
        return cls(suspended=False, broken_before=Counter())

    @classmethod
    def suspend(cls, connection: Connection) -> ForeignKeyGuard:
        """Stop enforcing foreign keys, if the connection does; must be called outside a transaction."""
        if not connection.exec_driver_sql("PRAGMA foreign_keys").scalar():
            return cls.absent()
        broken = _broken(connection)
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        return cls(suspended=True, broken_before=broken)

    def resume(self, connection: Connection) -> None:
        """Enforce foreign keys again; must be called outside a transaction."""
        if self.suspended:
            connection.exec_driver_sql("PRAGMA foreign_keys = ON")

    def check(self, connection: Connection) -> None:
        """Refuse to go on if rows refer to nothing that did not before.

        Raises:
            ForeignKeysBrokenError: There are such rows.
        """
        if not self.suspended:
            return
        broken = _broken(connection) - self.broken_before
        if broken:
            raise ForeignKeysBrokenError(sorted(broken), rows=broken.total())


def _broken(connection: Connection) -> Counter[str]:
    return Counter(row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check"))
