"""The command line: ``async-migrate``, and the same inside a program.

``run(["upgrade", "head"], stdout=stream)`` returns the exit code and touches nothing of the process; in a
running event loop it is ``await run_async([...])``. Each command goes through three stages:

* `app`, with `parsing` and `parameters`: words to a value;
* `commands`: the value to a call of the :class:`~async_migrate.Migrator`;
* `text`, `documents` and `progress`: the result to lines or JSON, through a `terminal`.
"""

from async_migrate.cli.entry import main, run, run_async

__all__ = ["main", "run", "run_async"]
