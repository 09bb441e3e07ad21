"""What a type was constructed with, read back from the object.

SQLAlchemy's convention, on which its own ``repr`` of a type rests: each parameter of the constructor is an
attribute of the same name. The walk follows ``**kwargs`` up the class hierarchy, and from a ``TypeDecorator``
on to the type that it wraps. Values come back as objects, so that a type among them can be rendered as one.
"""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import dataclass, field
from functools import cache
from inspect import Parameter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Enum, LargeBinary, PickleType, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Arguments", "arguments_in_repr", "constructor_arguments"]

_MISSING = object()

_NOT_DDL = {"metadata", "inherit_schema", "quote", "values_callable", "validate_strings", "sort_key_function"}
"""Parameters that say nothing about the type in the database, or that no code could be made of."""

_SECRET = re.compile(r"key|secret|password|passphrase|token|salt", re.IGNORECASE)
"""Parameters of encrypting types; a migration file is no place for them."""

_VALUES_OF_ENUM = {"name": None, "native_enum": True, "create_constraint": False, "schema": None}


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a constructor.

    Attributes:
        positional: Those without a name.
        keywords: Those with one, which differ from their default.
    """

    positional: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)


def constructor_arguments(type_: TypeEngine[Any]) -> Arguments | None:
    """Return what would construct the type again, or ``None`` if the object does not tell."""
    if isinstance(type_, PickleType):
        return _pickle_arguments(type_)
    walk = _Walk(type_)
    try:
        for constructor in _constructors(type(type_)):
            if constructor is TypeDecorator:
                return walk.with_those_of(type_.impl_instance)  # type: ignore[attr-defined]
            if not walk.take(constructor):
                break
    except LookupError:
        return None
    return Arguments(tuple(walk.positional), walk.keywords)


def arguments_in_repr(type_: TypeEngine[Any]) -> Arguments | None:
    """Return the arguments that the class's own ``__repr__`` shows, or ``None`` if it shows no plain call."""
    try:
        node = ast.parse(repr(type_), mode="eval").body
        if not isinstance(node, ast.Call):
            return None
        return Arguments(
            tuple(ast.literal_eval(argument) for argument in node.args),
            {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords if keyword.arg},
        )
    except (SyntaxError, ValueError):
        return None


@dataclass(slots=True)
class _Walk:
    """A walk up the constructors of a type, and what it has found."""

    type_: TypeEngine[Any]
    positional: list[Any] = field(default_factory=list)
    keywords: dict[str, Any] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    outermost: bool = True

    def take(self, constructor: type) -> bool:
        """Take the arguments of one class; return whether it passes others on to the class above.

        Raises:
            LookupError: One without a default is not kept by the object.
        """
        if constructor is Enum:
            self.keywords |= _enum_keywords(self.type_)
            self.seen |= {"length", *_VALUES_OF_ENUM}
        passes_on = False
        for parameter in _parameters(constructor):
            if parameter.kind is Parameter.VAR_KEYWORD:
                passes_on = True
            elif parameter.kind is Parameter.VAR_POSITIONAL:
                self._take_listed(parameter.name)
            elif parameter.name not in self.seen:
                self._take_named(parameter)
        self.outermost = False
        return passes_on

    def with_those_of(self, wrapped: TypeEngine[Any]) -> Arguments:
        """Return what was found together with the arguments of the type that a decorator wraps."""
        inner = constructor_arguments(wrapped)
        if inner is None:
            raise LookupError
        passed = {name: value for name, value in inner.keywords.items() if name not in self.seen}
        return Arguments((*self.positional, *inner.positional), passed | self.keywords)

    def _take_listed(self, name: str) -> None:
        values = () if self.positional else getattr(self.type_, name, ())
        self.positional += values
        if values:
            # The length of a type that lists its values follows from them.
            self.seen.add("length")

    def _take_named(self, parameter: Parameter) -> None:
        self.seen.add(parameter.name)
        value = _value_of(self.type_, parameter)
        if value is _MISSING:
            if parameter.default is Parameter.empty:
                raise LookupError(parameter.name)
        elif parameter.default is Parameter.empty and self.outermost:
            self.positional.append(value)
        else:
            self.keywords[parameter.name] = value


@cache
def _parameters(constructor: type) -> tuple[Parameter, ...]:
    return tuple(inspect.signature(vars(constructor)["__init__"]).parameters.values())[1:]


def _constructors(cls: type) -> Iterator[type]:
    return (owner for owner in cls.__mro__ if "__init__" in vars(owner) and owner is not object)


def _value_of(type_: TypeEngine[Any], parameter: Parameter) -> Any:
    """Return the value of a parameter, or a marker if it is unknown, at its default, or not to be written."""
    name = parameter.name
    if (
        name.startswith("_")
        or name in _NOT_DDL
        or (_SECRET.search(name) and not _is_sqlalchemys(type(type_)))
    ):
        return _MISSING
    value = getattr(type_, name, _MISSING)
    if parameter.default is Parameter.empty:
        return value
    implied = value is parameter.default or _equals(value, parameter.default)
    return _MISSING if implied or _stands_for_none(name, value) else value


def _equals(value: object, default: object) -> bool:
    try:
        return bool(value == default)
    except (TypeError, ValueError):
        return False


def _stands_for_none(name: str, value: object) -> bool:
    """Return whether a value is what ``None`` turns into: JSON and HSTORE make it a plain ``Text()``."""
    return name in ("astext_type", "text_type") and type(value) is Text and value.length is None


def _is_sqlalchemys(cls: type) -> bool:
    return cls.__module__.partition(".")[0] == "sqlalchemy"


def _enum_keywords(type_: Any) -> dict[str, Any]:
    """Return what ``Enum`` takes out of its ``**kwargs``."""
    keywords = {
        name: value
        for name, default in _VALUES_OF_ENUM.items()
        if (value := getattr(type_, name, default)) != default
    }
    longest = max((len(value) for value in type_.enums), default=0)
    if isinstance(type_, String) and type_.length not in (None, longest):
        keywords["length"] = type_.length
    return keywords


def _pickle_arguments(type_: PickleType) -> Arguments:
    """Return the arguments of a pickled column: only the binary type below matters to the database."""
    below = type_.impl_instance
    if type(below) is LargeBinary and below.length is None:
        return Arguments()
    return Arguments(keywords={"impl": below})
