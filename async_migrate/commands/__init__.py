"""What the commands do, in groups: reading, running, writing; the facade above only hands them their arguments."""

from __future__ import annotations

__all__: list[str] = []
