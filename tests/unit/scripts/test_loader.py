"""Revision files become functions that can be called, or say why not; nothing of them stays behind."""

from __future__ import annotations

import gc
import inspect
import sys
import traceback
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from async_migrate.errors import (
    DowngradeMissingError,
    MigrationFunctionError,
    RevisionFileError,
    RevisionLoadError,
    RevisionSyntaxError,
)
from async_migrate.history.revision import Revision
from async_migrate.scripts.loader import RevisionBody, load_file, load_revision

Write = Callable[[str, str], Path]


@pytest.fixture
def load(write: Write) -> Callable[[str], RevisionBody]:
    return lambda source: load_file(write("1a2b_x.py", source))


Load = Callable[[str], RevisionBody]


def run(body: RevisionBody, direction: str) -> list[tuple[Any, ...]]:
    """Return how the function for a direction was called."""
    calls: list[tuple[Any, ...]] = []
    body.run(direction, "OP", lambda function, *args: calls.append((function.__name__, *args)))
    return calls


# --- what is accepted ---------------------------------------------------------------------------------------

SIGNATURES = {
    "nothing": ("def upgrade(): ...", False, False),
    "op": ("def upgrade(op): ...", True, False),
    "typed op": ("def upgrade(op: object) -> None: ...", True, False),
    "unused op": ("def upgrade(_op): ...", True, False),
    "positional op": ("def upgrade(op, /): ...", True, False),
    "optional op": ("def upgrade(op=None): ...", True, False),
    "async": ("async def upgrade(): ...", False, True),
    "async with op": ("async def upgrade(op): ...", True, True),
    "defaults": ("def upgrade(table='t', *, rows=3): ...", False, False),
    "op and defaults": ("def upgrade(op, rows=3): ...", True, False),
    "anything": ("def upgrade(*args, **kwargs): ...", False, False),
    "Alembic's keywords": ("def upgrade(**kw): ...", False, False),
    "partial": (
        "import functools\ndef f(n): ...\nupgrade = functools.partial(f, 3)\nupgrade.__name__ = 'upgrade'",
        False,
        False,
    ),
    "decorated": (
        (
            "import functools\n"
            "def deco(f):\n"
            "    @functools.wraps(f)\n"
            "    def inner(*args): return f(*args)\n"
            "    return inner\n"
            "@deco\n"
            "async def upgrade(op): ..."
        ),
        True,
        True,
    ),
}


@pytest.mark.parametrize(("source", "takes_op", "is_async"), SIGNATURES.values(), ids=SIGNATURES.keys())
def test_signatures(source: str, takes_op: bool, is_async: bool, load: Load) -> None:
    body = load(source)
    assert (body.upgrade.takes_op, body.upgrade.is_async) == (takes_op, is_async)
    assert run(body, "upgrade") == [("upgrade", "OP") if takes_op else ("upgrade",)]


def test_both_directions(load: Load) -> None:
    body = load("def upgrade(): ...\ndef downgrade(op): ...")
    assert run(body, "upgrade") == [("upgrade",)]
    assert run(body, "downgrade") == [("downgrade", "OP")]
    assert body.function("downgrade") is body.downgrade


def test_there_need_be_no_way_back(load: Load) -> None:
    body = load("def upgrade(): ...")
    assert body.downgrade is None
    with pytest.raises(DowngradeMissingError) as caught:
        body.function("downgrade")
    assert str(caught.value) == (
        f"The revision file {body.path} defines no downgrade(), so this revision cannot be undone. Write one, or "
        "restore a backup."
    )


def test_a_revision_is_loaded_from_its_path(write: Write) -> None:
    path = write("1a2b_x.py", "def upgrade(): ...")
    assert load_revision(Revision(revision="1a2b", path=path)).path == path
    with pytest.raises(ValueError, match="revision '1a2b' was not read from a file"):
        load_revision(Revision(revision="1a2b"))


def test_relatives_are_not_imported_by_accident(write: Write) -> None:
    write("sibling_of_a_revision.py", "")
    with pytest.raises(RevisionLoadError, match="No module named 'sibling_of_a_revision'"):
        load_file(write("1a2b.py", "import sibling_of_a_revision\ndef upgrade(): ..."))


# --- the module ---------------------------------------------------------------------------------------------


def test_each_load_is_a_module_of_its_own(write: Write) -> None:
    path = write("1a2b_x.py", "rows = []\ndef upgrade(): rows.append(1)")
    first, second = load_file(path), load_file(path)
    assert first.module is not second.module
    assert first.module.__name__ != second.module.__name__
    first.upgrade.function()
    assert (first.module.rows, second.module.rows) == ([1], [])


def test_the_module_is_found_while_it_is_needed_and_no_longer(load: Load) -> None:
    body = load("def upgrade(): ...")
    name = body.module.__name__
    assert sys.modules[name] is body.module
    assert not name.isidentifier()
    del body
    gc.collect()
    assert name not in sys.modules


def test_annotations_of_models_are_resolved(load: Load) -> None:
    body = load("""
        from __future__ import annotations
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        def upgrade():
            class Base(DeclarativeBase): ...
            class User(Base):
                __tablename__ = "users"
                id: Mapped[int] = mapped_column(primary_key=True)
            return User.__table__.c.id.type.python_type
        """)
    assert body.upgrade.function() is int


@pytest.mark.parametrize("source", ["raise ValueError", "def upgrade(x): ...", "pass", "upgrade = 1"])
def test_a_failure_leaves_nothing_behind(source: str, load: Load) -> None:
    before = set(sys.modules)
    with pytest.raises(RevisionFileError):
        load(source)
    assert set(sys.modules) - before == set()


def test_tracebacks_show_the_file(load: Load) -> None:
    body = load("def upgrade():\n    raise ValueError('x')  # here\n")
    with pytest.raises(ValueError, match="x") as caught:
        body.upgrade.function()
    last = traceback.extract_tb(caught.tb)[-1]
    assert (last.filename, last.lineno, last.line) == (str(body.path), 2, "raise ValueError('x')  # here")
    assert inspect.getsource(body.upgrade.function).startswith("def upgrade():")


def test_a_file_in_an_archive_is_loaded(tmp_path: Path) -> None:
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("app/versions/1a2b.py", "def upgrade():\n    raise ValueError  # in the archive\n")
    body = load_file(archive / "app/versions/1a2b.py")
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - it has no message
        body.upgrade.function()
    assert traceback.extract_tb(caught.tb)[-1].line == "raise ValueError  # in the archive"


# --- what is refused ----------------------------------------------------------------------------------------

FUNCTIONS = {
    "missing": (
        "def downgrade(): ...",
        "upgrade() in the revision file {path} is missing. Every revision defines it, if only to pass.",
    ),
    "number": (
        "upgrade = 1",
        "upgrade() in the revision file {path} is the number 1, not a function.",
    ),
    "downgrade is none": (
        "def upgrade(): ...\ndowngrade = None",
        "downgrade() in the revision file {path} is nothing, not a function.",
    ),
    "generator": (
        "x = 1\ndef upgrade():\n    yield",
        (
            "upgrade() in the revision file {path}:2 contains 'yield', so calling it would run nothing. Take the "
            "yield out."
        ),
    ),
    "async generator": (
        "async def upgrade():\n    yield",
        (
            "upgrade() in the revision file {path}:1 contains 'yield', so calling it would run nothing. Take the "
            "yield out."
        ),
    ),
    "other parameter": (
        "def upgrade(connection): ...",
        "upgrade() in the revision file {path}:1 wants 'connection', but it is called with nothing, or with op alone.",
    ),
    "two parameters": (
        "def upgrade(): ...\ndef downgrade(op, connection): ...",
        (
            "downgrade() in the revision file {path}:2 wants 'connection', but it is called with nothing, or "
            "with op alone."
        ),
    ),
    "keyword": (
        "def upgrade(*, op): ...",
        "upgrade() in the revision file {path}:1 wants 'op', but it is called with nothing, or with op alone.",
    ),
    "several databases": (
        "def upgrade(engine_name): ...",
        (
            "upgrade() in the revision file {path}:1 wants 'engine_name', but it is called with nothing, or with "
            "op alone. "
            "For several databases, give each its own section and version locations in the configuration."
        ),
    ),
}


@pytest.mark.parametrize(("source", "expected"), FUNCTIONS.values(), ids=FUNCTIONS.keys())
def test_a_function_that_cannot_be_called_is_refused(source: str, expected: str, write: Write) -> None:
    path = write("1a2b_x.py", source)
    with pytest.raises(MigrationFunctionError) as caught:
        load_file(path)
    assert str(caught.value) == expected.format(path=path)
    assert caught.value.function == expected.partition("(")[0]


LOADING = {
    "exception": ("x = 1\nint('x')", 2, "ValueError: invalid literal for int() with base 10: 'x'"),
    "in a call": ("def f():\n    1 / 0\nf()", 2, "ZeroDivisionError: division by zero"),
    "no message": ("raise KeyError", 1, "KeyError"),
    "several lines": ("raise ValueError('one\\n  two.')", 1, "ValueError: one two"),
    "missing module": (
        "import no_module_of_this_name",
        1,
        "ModuleNotFoundError: No module named 'no_module_of_this_name'",
    ),
    "syntax error elsewhere": (
        "compile('x =', 'other.py', 'exec')",
        1,
        "SyntaxError: invalid syntax (other.py, line 1)",
    ),
}


@pytest.mark.parametrize(("source", "line", "reason"), LOADING.values(), ids=LOADING.keys())
def test_a_file_that_raises_is_reported(source: str, line: int, reason: str, write: Write) -> None:
    path = write("1a2b_x.py", source)
    with pytest.raises(RevisionLoadError) as caught:
        load_file(path)
    assert (caught.value.path, caught.value.line, caught.value.reason) == (path, line, reason)
    assert str(caught.value) == f"The revision file {path}:{line} cannot be imported: {reason}."
    assert caught.value.__cause__ is not None


def test_a_syntax_error_is_located(write: Write) -> None:
    path = write("1a2b_x.py", "def upgrade():\n    op.execute('x'\n")
    with pytest.raises(RevisionSyntaxError) as caught:
        load_file(path)
    assert str(caught.value) == (
        f"The revision file {path}:2:15 is not valid Python: '(' was never closed in \"op.execute('x'\"."
    )
