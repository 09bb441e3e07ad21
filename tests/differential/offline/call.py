"""One call of ``op``, to be made on two engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Body = Callable[[Any], object]
"""What is called inside a ``with op.batch_alter_table(...) as batch`` block."""

DIALECTS = ("postgresql", "sqlite", "mysql", "mariadb", "mssql", "oracle")


@dataclass(frozen=True)
class Call:
    """A call.

    Attributes:
        name: Directive and case, such as ``add_column/plain``.
        run: Makes the call on whatever ``op`` it is given.
        on: The dialects it is made on.
        naming_convention: The convention of the target metadata.
    """

    name: str
    run: Callable[[Any], object]
    on: tuple[str, ...] = DIALECTS
    naming_convention: Mapping[str, str] = field(default_factory=dict)
