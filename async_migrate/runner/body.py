"""Running the body of a revision: ``def`` or ``async def``, both inside the greenlet that holds the connection.

A plain function simply runs. A coroutine is driven from inside the same greenlet: whatever future it waits for is
handed to the event loop through SQLAlchemy's ``await_only``, and the answer is sent back in. So both forms see the
same connection, the same transaction and the same ``op``, and a body may await anything the application can.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from sqlalchemy.util import await_only

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

__all__ = ["call", "drive"]


class _Relay:
    """Hands one thing that a coroutine waits for to the event loop, and returns what comes back."""

    __slots__ = ("_waited_for",)

    def __init__(self, waited_for: Any) -> None:
        self._waited_for = waited_for

    def __await__(self) -> Generator[Any, Any, Any]:
        return (yield self._waited_for)


def drive(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine to its end inside a greenlet and return its result.

    Exceptions that arrive while it waits, a cancellation among them, are thrown into it at the point where it
    waits, so its ``finally`` blocks run there.
    """
    send, value = coroutine.send, None
    try:
        while True:
            try:
                waited_for = send(value)
            except StopIteration as stop:
                return stop.value
            try:
                send, value = coroutine.send, await_only(_Relay(waited_for))
            except BaseException as error:  # noqa: BLE001  # handed to the coroutine, which decides
                send, value = coroutine.throw, error
    finally:
        coroutine.close()


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function that may be a coroutine function, and return its result either way."""
    result = function(*args, **kwargs)
    if inspect.iscoroutine(result):
        return drive(result)
    return result
