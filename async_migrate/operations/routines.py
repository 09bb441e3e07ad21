"""Functions and procedures: created, replaced, dropped.

Each is given either as the whole CREATE statement (``definition``), or in parts. The parts suit short functions
that read alike on several databases; the statement has room for everything that a database invented.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, TypeVar

from async_migrate.errors import IrreversibleOperationError
from async_migrate.operations.base import MigrateOperation
from async_migrate.operations.definitions import dedented

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "CreateFunctionOp",
    "CreateProcedureOp",
    "DropFunctionOp",
    "DropProcedureOp",
    "DropRoutineOp",
    "ReplaceFunctionOp",
    "ReplaceProcedureOp",
    "ReplaceRoutineOp",
    "RoutineKind",
    "RoutineOp",
]

RoutineKind: TypeAlias = Literal["function", "procedure"]
"""The two kinds of routines."""


@dataclass(eq=False)
class RoutineOp(MigrateOperation):
    """What the operations that say what a routine is have in common.

    Attributes:
        routine_name: Its name.
        definition: The whole CREATE statement; ``None`` if it is given in parts.
        schema: Its schema. A ``definition`` names it itself; here it is for the drop.
        arguments: Its parameters as the database writes them, such as ``["a integer", "b integer DEFAULT 1"]``.
            ``None`` where none are said: a drop then goes by the name alone.
        returns: What it returns; functions only.
        language: The language of the body, where the database has several.
        body: What it does.
        characteristics: Whatever else is said of it, such as ``["IMMUTABLE", "STRICT"]``.
    """

    kind: ClassVar[RoutineKind]

    routine_name: str
    definition: str | None = None
    schema: str | None = field(default=None, kw_only=True)
    arguments: Sequence[str] | None = field(default=None, kw_only=True)
    returns: str | None = field(default=None, kw_only=True)
    language: str | None = field(default=None, kw_only=True)
    body: str | None = field(default=None, kw_only=True)
    characteristics: Sequence[str] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        if self.definition is not None:
            self.definition = dedented(self.definition)
        if self.body is not None:
            self.body = dedented(self.body)

    @property
    def source(self) -> str | None:
        """The whole statement, or the body, whichever it is given by."""
        return self.body if self.definition is None else self.definition

    def _added(self) -> tuple[str, str | None, str, str | None]:
        return (f"add_{self.kind}", self.schema, self.routine_name, self.source)


@dataclass(eq=False)
class ReplaceRoutineOp(RoutineOp):
    """Give a routine another definition; everything else about it is as before.

    Attributes:
        old_definition: What it replaces, kept for the reverse: the whole statement, or the body, whichever of the
            two the new one is given by.
        recreate: Whether it is dropped and created, also where it could be replaced in place.
    """

    old_definition: str | None = field(default=None, kw_only=True)
    recreate: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.old_definition is not None:
            self.old_definition = dedented(self.old_definition)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str | None, str | None]:
        """Return ``("modify_function", schema, name, old_definition, definition)``, or ``"modify_procedure"``."""
        return (f"modify_{self.kind}", self.schema, self.routine_name, self.old_definition, self.source)


@dataclass(eq=False)
class DropRoutineOp(MigrateOperation):
    """What the drops of both kinds have in common.

    Attributes:
        routine_name: Its name.
        arguments: Its parameters, which tell it from others of that name; ``None`` goes by the name alone.
        schema: Its schema.
        if_exists: Whether its absence is no error.
        cascade: Whether what depends on it is dropped too.
    """

    kind: ClassVar[RoutineKind]

    routine_name: str
    arguments: Sequence[str] | None = None
    schema: str | None = field(default=None, kw_only=True)
    if_exists: bool | None = field(default=None, kw_only=True)
    cascade: bool | None = field(default=None, kw_only=True)

    def _removed(self, original: RoutineOp | None) -> tuple[str, str | None, str, str | None]:
        source = None if original is None else original.source
        return (f"remove_{self.kind}", self.schema, self.routine_name, source)


# --- functions ----------------------------------------------------------------------------------------------


@dataclass(eq=False)
class CreateFunctionOp(RoutineOp):
    """Create a function."""

    visit_name: ClassVar[str] = "create_function"
    kind: ClassVar[RoutineKind] = "function"

    def reverse(self) -> DropFunctionOp:
        """Return the drop, which remembers the function."""
        return DropFunctionOp.from_create(self)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str | None]:
        """Return ``("add_function", schema, name, definition or body)``."""
        return self._added()


@dataclass(eq=False)
class ReplaceFunctionOp(ReplaceRoutineOp):
    """Give a function another definition."""

    visit_name: ClassVar[str] = "replace_function"
    kind: ClassVar[RoutineKind] = "function"

    def reverse(self) -> ReplaceFunctionOp:
        """Return the operation that gives it its old definition again.

        Raises:
            IrreversibleOperationError: That is not known.
        """
        return _put_back(self)


@dataclass(eq=False)
class DropFunctionOp(DropRoutineOp):
    """Drop a function."""

    visit_name: ClassVar[str] = "drop_function"
    kind: ClassVar[RoutineKind] = "function"

    _reverse: CreateFunctionOp | None = field(default=None, kw_only=True, repr=False)

    @classmethod
    def from_create(cls, create: CreateFunctionOp) -> DropFunctionOp:
        """Return the operation that drops what another one creates, and knows how to create it again."""
        return cls(create.routine_name, create.arguments, schema=create.schema, _reverse=create)

    @property
    def original(self) -> CreateFunctionOp | None:
        """The operation that made what is dropped, where known."""
        return self._reverse

    def reverse(self) -> CreateFunctionOp:
        """Return the operation that creates it again.

        Raises:
            IrreversibleOperationError: Only its name is known.
        """
        return _made_again(self, self._reverse)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str | None]:
        """Return ``("remove_function", schema, name, definition or body)``."""
        return self._removed(self._reverse)


# --- procedures ---------------------------------------------------------------------------------------------


@dataclass(eq=False)
class CreateProcedureOp(RoutineOp):
    """Create a procedure."""

    visit_name: ClassVar[str] = "create_procedure"
    kind: ClassVar[RoutineKind] = "procedure"

    def reverse(self) -> DropProcedureOp:
        """Return the drop, which remembers the procedure."""
        return DropProcedureOp.from_create(self)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str | None]:
        """Return ``("add_procedure", schema, name, definition or body)``."""
        return self._added()


@dataclass(eq=False)
class ReplaceProcedureOp(ReplaceRoutineOp):
    """Give a procedure another definition."""

    visit_name: ClassVar[str] = "replace_procedure"
    kind: ClassVar[RoutineKind] = "procedure"

    def reverse(self) -> ReplaceProcedureOp:
        """Return the operation that gives it its old definition again.

        Raises:
            IrreversibleOperationError: That is not known.
        """
        return _put_back(self)


@dataclass(eq=False)
class DropProcedureOp(DropRoutineOp):
    """Drop a procedure."""

    visit_name: ClassVar[str] = "drop_procedure"
    kind: ClassVar[RoutineKind] = "procedure"

    _reverse: CreateProcedureOp | None = field(default=None, kw_only=True, repr=False)

    @classmethod
    def from_create(cls, create: CreateProcedureOp) -> DropProcedureOp:
        """Return the operation that drops what another one creates, and knows how to create it again."""
        return cls(create.routine_name, create.arguments, schema=create.schema, _reverse=create)

    @property
    def original(self) -> CreateProcedureOp | None:
        """The operation that made what is dropped, where known."""
        return self._reverse

    def reverse(self) -> CreateProcedureOp:
        """Return the operation that creates it again.

        Raises:
            IrreversibleOperationError: Only its name is known.
        """
        return _made_again(self, self._reverse)

    def to_diff_tuple(self) -> tuple[str, str | None, str, str | None]:
        """Return ``("remove_procedure", schema, name, definition or body)``."""
        return self._removed(self._reverse)


_Create = TypeVar("_Create", bound=RoutineOp)
_Replace = TypeVar("_Replace", bound=ReplaceRoutineOp)


def _put_back(operation: _Replace) -> _Replace:
    if operation.old_definition is None:
        raise IrreversibleOperationError(
            operation.visit_name,
            target=operation.routine_name,
            remedy="pass old_definition=, which keeps it",
        )
    if operation.definition is None:
        return replace(operation, body=operation.old_definition, old_definition=operation.body)
    return replace(operation, definition=operation.old_definition, old_definition=operation.definition)


def _made_again(drop: DropRoutineOp, original: _Create | None) -> _Create:
    if original is None:
        raise IrreversibleOperationError(
            drop.visit_name,
            target=drop.routine_name,
            remedy=f"make the operation with {type(drop).__name__}.from_create(), which keeps it",
        )
    return replace(original, routine_name=drop.routine_name, schema=drop.schema)
