"""The version of the package."""

from __future__ import annotations

__all__ = ["installed_version"]


def installed_version() -> str:
    """Return the version that is installed, or say that none is: the package may run from a checkout."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("async-migrate")
    except PackageNotFoundError:
        return "(not installed)"
