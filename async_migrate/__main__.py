"""``python -m async_migrate``: the command line."""

from async_migrate.cli import main

if __name__ == "__main__":
    main()
