"""An operation cannot be written as code."""

from __future__ import annotations

from async_migrate.errors.base import UsageError

__all__ = [
    "DuplicateRendererError",
    "NoRendererError",
    "RenderError",
    "RenderedCodeError",
    "UnrenderableArgumentError",
    "UnrenderableConstraintError",
    "UnrenderableExpressionError",
    "UnrenderableTypeError",
    "UnrenderableValueError",
]


class RenderError(UsageError):
    """An operation, or something in it, cannot be written as Python code.

    Attributes:
        subject: The operation, such as ``create_table 'user'``; empty where it is not known.
    """

    def __init__(self, message: str, *, subject: str = "") -> None:
        self.subject = subject
        super().__init__(f"{message[0].upper()}{message[1:]}" if not subject else f"In {subject}: {message}")


class NoRendererError(RenderError):
    """Nothing renders operations of a class.

    Attributes:
        operation: The class.
    """

    def __init__(self, operation: type) -> None:
        self.operation = operation
        super().__init__(
            f"nothing is known about how to write a {operation.__name__} as code. "
            f"Decorate a function with @register_renderer({operation.__name__}) and let it return the source."
        )


class DuplicateRendererError(RenderError):
    """A class of operations would get a second renderer.

    Attributes:
        operation: The class.
    """

    def __init__(self, operation: type) -> None:
        self.operation = operation
        super().__init__(
            f"there is a renderer for {operation.__name__} already. "
            "Pass replace=True to register_renderer to put another in its place."
        )


class RenderedCodeError(RenderError):
    """A hook or a registered renderer returned something that is not Python code.

    Attributes:
        source: What it returned.
        origin: Which one it was.
        reason: What is wrong with it.
    """

    def __init__(self, source: str, *, origin: str, reason: str) -> None:
        self.source = source
        self.origin = origin
        self.reason = reason
        super().__init__(
            f"{origin} returned {source!r}, which is not valid Python ({reason}). "
            "Return the source as it shall stand in the file."
        )


class UnrenderableTypeError(RenderError):
    """No code can be made that constructs a column type.

    Attributes:
        type_name: The type's class, with its module.
    """

    def __init__(self, type_: object, *, subject: str) -> None:
        self.type_name = f"{type(type_).__module__}.{type(type_).__qualname__}"
        super().__init__(
            f"the type {self.type_name} cannot be written as code: a file could not import its class, or the "
            "object does not keep what its constructor was given. Define the class at the top level of a module "
            "and keep each parameter as an attribute of the same name, or render it in a render_item hook.",
            subject=subject,
        )


class UnrenderableConstraintError(RenderError):
    """No code can be made for a constraint of an unknown class.

    Attributes:
        type_name: The constraint's class, with its module.
    """

    def __init__(self, constraint: object, *, subject: str) -> None:
        self.type_name = f"{type(constraint).__module__}.{type(constraint).__qualname__}"
        super().__init__(
            f"a constraint of class {self.type_name} cannot be written as code. Add it with op.execute() and keep "
            "it out of the comparison with include_object.",
            subject=subject,
        )


class UnrenderableValueError(RenderError):
    """No code can be made for a value.

    Attributes:
        type_name: The value's class, with its module.
    """

    def __init__(self, value: object, *, subject: str) -> None:
        self.type_name = f"{type(value).__module__}.{type(value).__qualname__}"
        super().__init__(
            f"a value of class {self.type_name} cannot be written as code. Use a plain value: a string, a number, "
            "a date, a UUID, an enum member, SQL, or a list, tuple, set or dict of those.",
            subject=subject,
        )


class UnrenderableExpressionError(RenderError):
    """An SQL expression cannot be written out for a dialect.

    Attributes:
        reason: What SQLAlchemy said.
        dialect: The dialect's name.
    """

    def __init__(self, reason: str, *, dialect: str, subject: str) -> None:
        self.reason = reason
        self.dialect = dialect
        super().__init__(
            f"an SQL expression cannot be written out for {dialect}: {reason.rstrip('.')}. Give it as text(), or "
            "use the dialect it is meant for.",
            subject=subject,
        )


class UnrenderableArgumentError(RenderError):
    """An argument of batch mode stands for objects that code cannot repeat.

    Attributes:
        parameter: The parameter.
    """

    def __init__(self, parameter: str, *, subject: str) -> None:
        self.parameter = parameter
        super().__init__(
            f"{parameter} of batch_alter_table cannot be written as code. Leave it out and write it into the file "
            "by hand.",
            subject=subject,
        )
