"""Operations into SQL, with no connection: see :mod:`async_migrate.ddl.generator`."""

from async_migrate.ddl.attached import Attached
from async_migrate.ddl.generator import DialectDDL
from async_migrate.ddl.registry import ddl_for
from async_migrate.ddl.statement import Action, EnsureType, Requirement, Statement, TableEvent

__all__ = [
    "Action",
    "Attached",
    "DialectDDL",
    "EnsureType",
    "Requirement",
    "Statement",
    "TableEvent",
    "ddl_for",
]
