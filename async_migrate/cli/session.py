"""What every command has at hand: the global options, the two streams and the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from async_migrate.cli.terminal import Terminal
    from async_migrate.config import Config
    from async_migrate.events import Listener
    from async_migrate.migrator import Migrator

__all__ = ["GlobalOptions", "Session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalOptions:
    """What may be said before the name of a command.

    Attributes:
        config: The configuration file; None to look for one.
        name: The section of it to use.
        x_arguments: Arguments for revisions and hooks, each ``NAME=VALUE`` or a plain word.
        quiet: Print nothing but errors, and what was asked for by name.
        raise_errors: Let errors through, with their traceback, instead of printing them.
    """

    config: str | None = None
    name: str | None = None
    x_arguments: tuple[str, ...] = ()
    quiet: bool = False
    raise_errors: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One run of the command line.

    Attributes:
        options: The global options.
        output: Standard output.
        directory: What relative paths start from, and where the search for a configuration begins.
    """

    options: GlobalOptions
    output: Terminal
    directory: Path

    def config(self) -> Config:
        """Read the configuration.

        Raises:
            ConfigurationError: If there is none, or it cannot be used.
        """
        from async_migrate.scripts.settings import read_settings

        options = self.options
        found = read_settings(options.config, section=options.name, directory=self.directory)
        return found.config.replace(x_arguments=options.x_arguments)

    def migrator(self, listener: Listener | None = None) -> Migrator:
        """Return the migrator of the configured project."""
        from async_migrate.migrator import Migrator

        return Migrator(config=self.config(), listener=listener)
