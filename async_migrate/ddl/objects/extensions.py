"""Extensions of PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import ExecutableDDLElement

from async_migrate.ddl.elements import column_name, literal
from async_migrate.ddl.objects.base import DropObject, ObjectDDL
from async_migrate.ddl.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.sql.compiler import DDLCompiler

    from async_migrate.ddl.statement import Action
    from async_migrate.operations.extensions import CreateExtensionOp, DropExtensionOp

__all__ = ["CreateExtension", "Extensions"]


class Extensions(ObjectDDL):
    """What operations on extensions become, where there are extensions."""

    def create_extension(self, operation: CreateExtensionOp) -> Iterator[Action]:
        """Install an extension."""
        yield Statement(CreateExtension(operation))

    def drop_extension(self, operation: DropExtensionOp) -> Iterator[Action]:
        """Remove an extension."""
        drop = DropObject(
            "extension",
            operation.extension_name,
            if_exists=operation.if_exists,
            cascade=operation.cascade,
        )
        yield from self.drop_object("drop_extension", drop)


class CreateExtension(ExecutableDDLElement):
    """``CREATE EXTENSION …``.

    Attributes:
        extension: What is to be installed, and how.
    """

    inherit_cache = False

    def __init__(self, extension: CreateExtensionOp) -> None:
        self.extension = extension


@compiles(CreateExtension)
def _create_extension(element: CreateExtension, compiler: DDLCompiler, **_: object) -> str:
    extension = element.extension
    words = ["CREATE EXTENSION"]
    if extension.if_not_exists:
        words.append("IF NOT EXISTS")
    words.append(column_name(compiler, extension.extension_name))
    if extension.schema is not None:
        words.append(f"SCHEMA {column_name(compiler, extension.schema)}")
    if extension.version is not None:
        words.append(f"VERSION {literal(compiler, extension.version)}")
    if extension.cascade:
        words.append("CASCADE")
    return " ".join(words)
