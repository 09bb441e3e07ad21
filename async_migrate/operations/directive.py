"""What every directive does before its own work: see who calls it, and how."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from async_migrate.operations.arguments import call_error

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["directive"]

_Method = TypeVar("_Method", bound="Callable[..., Any]")


def directive(method: _Method) -> _Method:
    """Make a method a directive.

    Only the migration's own task may call it, and an error about its arguments names its parameters.
    """
    signature = inspect.signature(method)

    @wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.check_task(method.__name__)
        try:
            signature.bind(self, *args, **kwargs)
        except TypeError as error:
            raise call_error(method, kwargs, error) from None
        return method(self, *args, **kwargs)

    return cast("_Method", call)
