"""The shape of the package, kept by reading its files: imports go down only, and what is pure stays pure.

The rules are tables, so a new module is one more word in ``LAYERS``. The last section proves, on a made-up
package, that every rule can fail.
"""

from __future__ import annotations

import ast
import importlib
import re
import symtable
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = "async_migrate"
ROOT = Path(__file__).parents[2] / PACKAGE

# From the top to the bottom: a module may import from its own layer and from those below. A name stands for
# the module or package and all that is in it, unless a longer name stands elsewhere. "" is the public door.
LAYERS = (
    ("", "__main__"),
    ("cli", "testing", "integrations"),
    ("migrator",),
    ("commands",),
    ("runner", "autogenerate", "events", "results"),
    (
        "operations.abstract",
        "operations.batch",
        "operations.bound",
        "operations.context",
        "operations.existing_table",
        "operations.facade",
        "operations.object_directives",
        "operations.recorder",
        "operations.registry",
    ),
    ("scripts", "database"),
    ("ddl", "diff", "render", "config"),
    ("history", "operations", "ops"),
    ("errors",),
)
HEIGHTS = {name: -depth for depth, layer in enumerate(LAYERS) for name in layer}

HISTORY = ("history",)
SHAPE = ("operations", "ops", "ddl", "diff", "render")
PURE = (*HISTORY, *SHAPE, "config", "errors")


class Ban(NamedTuple):
    """What some units must not import; a ban on doing, unlike one on knowing, spares ``if TYPE_CHECKING``."""

    rule: str
    units: tuple[str, ...]
    modules: tuple[str, ...]
    in_annotations: bool = True


BANS = (
    Ban("no Alembic", tuple(HEIGHTS), ("alembic",)),
    Ban("history knows no shape", HISTORY, tuple(f"{PACKAGE}.{name}" for name in SHAPE)),
    Ban("history knows no SQLAlchemy", HISTORY, ("sqlalchemy",)),
    Ban("shape knows no history", SHAPE, (f"{PACKAGE}.history",)),
    Ban("pure", PURE, ("anyio", "asyncio", "sqlalchemy.ext.asyncio", "trio", "aiosqlite", "asyncpg")),
    Ban(
        "pure",
        PURE,
        (
            "glob",
            "io",
            "multiprocessing",
            "os",
            "shutil",
            "socket",
            "sqlite3",
            "subprocess",
            "tempfile",
            "time",
        ),
        in_annotations=False,
    ),
)
IMPURE_SYNTAX = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
IMPURE_CALLS = re.compile(
    r"(^|\.)(open|datetime\.(now|today|utcnow)|date\.today|Path\.(cwd|home))$"
    r"|\.(expanduser|glob|is_dir|is_file|iterdir|mkdir|rglob|unlink|(read|write)_(bytes|text))$"
)


# --- reading a package --------------------------------------------------------------------------------------


class Import(NamedTuple):
    """One imported name, in full, and whether only type checkers import it."""

    line: int
    name: str
    for_types: bool


@dataclass(frozen=True)
class Module:
    """One module of a package, parsed.

    Attributes:
        path: Its file.
        name: Dotted, the package's own name included.
        known: The names of all modules of the package.
    """

    path: Path
    name: str
    known: frozenset[str]

    @cached_property
    def source(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @cached_property
    def unit(self) -> str | None:
        return _unit(self.name)

    @cached_property
    def imports(self) -> list[Import]:
        """Everything imported, wherever in the file."""
        for_types = {
            node
            for block in ast.walk(self.tree)
            if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
            for node in ast.walk(block)
        }
        return [
            Import(node.lineno, f"{source}{alias.name}", node in for_types)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for source in ["" if isinstance(node, ast.Import) else f"{self._origin(node)}."]
            for alias in node.names
        ]

    @cached_property
    def bound_names(self) -> set[str]:
        """What the module defines or imports at its top level, for type checkers only or in earnest."""
        symbols = symtable.symtable(self.source, self.name, "exec").get_symbols()
        return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}

    def _origin(self, node: ast.ImportFrom) -> str:
        if node.level == 0:
            return str(node.module)
        here = self.name.split(".")
        package = here if self.path.name == "__init__.py" else here[:-1]
        above = package[: len(package) - node.level + 1]
        return ".".join([*above, node.module] if node.module else above)


def _modules(root: Path) -> list[Module]:
    names = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        names[path] = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return [Module(path, name, frozenset(names.values())) for path, name in names.items()]


def _within(name: str, outer: str) -> bool:
    return f"{name}.".startswith(f"{outer}.")


def _unit(module: str) -> str | None:
    """Return the name in LAYERS that stands for a module of the package, or None if none does."""
    if module == PACKAGE:
        return ""
    inner = module.removeprefix(f"{PACKAGE}.")
    return max((name for name in HEIGHTS if name and _within(inner, name)), key=len, default=None)


# --- the rules: each yields how a module breaks it ----------------------------------------------------------

Rule = Callable[[Module], Iterator[str]]


def has_a_layer(module: Module) -> Iterator[str]:
    if module.unit is None:
        yield f"1: {module.name} is in no layer: give it one in LAYERS"


def imports_go_down(module: Module) -> Iterator[str]:
    for line, name, _ in module.imports:
        if not _within(name, PACKAGE):
            continue
        target = _unit(name if name in module.known else name.rpartition(".")[0])
        if target is not None and module.unit is not None and HEIGHTS[target] > HEIGHTS[module.unit]:
            yield f"{line}: imports {name}, which is above it"


def imports_nothing_banned(module: Module) -> Iterator[str]:
    for ban in (ban for ban in BANS if module.unit in ban.units):
        for line, name, for_types in module.imports:
            if any(_within(name, outer) for outer in ban.modules) and (ban.in_annotations or not for_types):
                yield f"{line}: imports {name} ({ban.rule})"


def pure_means_pure(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree) if module.unit in PURE else ():
        if isinstance(node, IMPURE_SYNTAX):
            yield f"{node.lineno}: is pure, yet has async or await"
        elif isinstance(node, ast.Call) and IMPURE_CALLS.search(called := ast.unparse(node.func)):
            yield f"{node.lineno}: is pure, yet calls {called}"


def has_a_docstring(module: Module) -> Iterator[str]:
    if not ast.get_docstring(module.tree):
        yield "1: has no docstring"


def exports_are_sorted_and_there(module: Module) -> Iterator[str]:
    for node in module.tree.body:
        if not isinstance(node, ast.Assign) or ast.unparse(node.targets[0]) != "__all__":
            continue
        exported = list(ast.literal_eval(node.value))
        if exported != sorted(set(exported), key=_export_order):
            yield f"{node.lineno}: __all__ is not sorted"
        for name in sorted(set(exported) - module.bound_names):
            yield f"{node.lineno}: __all__ names {name}, which is not there"


def _export_order(name: str) -> tuple[int, list[str | int]]:
    """Sort as ruff does (RUF022): CONSTANTS, then Classes, then the rest, with f9 before f10."""
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[0].isupper() else 2
    return kind, [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)]


RULES = (
    has_a_layer,
    imports_go_down,
    imports_nothing_banned,
    pure_means_pure,
    has_a_docstring,
    exports_are_sorted_and_there,
)


def _breaches(root: Path, rule: Rule) -> list[str]:
    return [
        f"{module.path.relative_to(root).as_posix()}:{breach}"
        for module in _modules(root)
        for breach in rule(module)
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps_the_rule(rule: Rule) -> None:
    breaches = _breaches(ROOT, rule)
    assert not breaches, "\n".join(breaches)


PACKAGES = [module.name for module in _modules(ROOT) if module.path.name == "__init__.py"]


@pytest.mark.parametrize("name", PACKAGES)
def test_what_a_package_exports_can_be_had(name: str) -> None:
    package = importlib.import_module(name)
    for exported in getattr(package, "__all__", ()):
        getattr(package, exported)


# --- every rule can fail ------------------------------------------------------------------------------------

SOUND = {
    "__init__.py": """
        '''The door.'''
        from .cli import main
        f9 = f10 = LIMIT = 1
        __all__ = ["LIMIT", "f9", "f10", "main"]
    """,
    "cli/__init__.py": """
        '''Above everything but the door.'''
        import os
        from .. import history
        async def main(): open(os.devnull)
    """,
    "runner.py": "'''High.'''",
    "operations/facade.py": """
        '''High, though its package is low.'''
        import asyncio
        from async_migrate.history import graph
    """,
    "config.py": """
        '''Pure, and annotated.'''
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            import os
    """,
    "ddl/__init__.py": """
        '''Pure, above the values.'''
        import sqlalchemy as sa
        from ..operations import base
        from . import common
        sa.func.now()
    """,
    "operations/__init__.py": "'''Low.'''",
    "operations/base.py": "'''Low.'''",
    "history/__init__.py": """
        '''Low, beside the values.'''
        from async_migrate import errors
    """,
    "errors.py": "'''The bottom.'''",
}


class Breach(NamedTuple):
    """A file that breaks a rule, put into the sound package, and what is to be said of it."""

    rule: Rule
    file: str
    source: str
    found: str


BREACHES = {
    "no layer": Breach(
        has_a_layer,
        "utils.py",
        "x = 1",
        "utils.py:1: async_migrate.utils is in no layer: give it one in LAYERS",
    ),
    "up": Breach(imports_go_down, "ddl/x.py", "import async_migrate.runner", "imports async_migrate.runner"),
    "up, from": Breach(
        imports_go_down, "ddl/x.py", "from async_migrate import cli", "imports async_migrate.cli"
    ),
    "up, relative": Breach(
        imports_go_down, "ddl/x.py", "from .. import runner", "imports async_migrate.runner"
    ),
    "up, name": Breach(
        imports_go_down, "errors.py", "from .runner import X", "imports async_migrate.runner.X"
    ),
    "up, package": Breach(imports_go_down, "ddl/__init__.py", "from ..cli import x", "async_migrate.cli.x"),
    "up, door": Breach(
        imports_go_down, "runner.py", "from async_migrate import op", "imports async_migrate.op"
    ),
    "up, facade": Breach(imports_go_down, "operations/x.py", "from . import facade", "operations.facade"),
    "up, deep": Breach(
        imports_go_down, "ddl/x.py", "def f():\n    from .. import runner", "ddl/x.py:2: imports"
    ),
    "up, typed": Breach(
        imports_go_down, "ddl/x.py", "if TYPE_CHECKING:\n    from .. import runner", "ddl/x.py:2:"
    ),
    "Alembic": Breach(
        imports_nothing_banned,
        "cli/x.py",
        "from alembic import op",
        "cli/x.py:1: imports alembic.op (no Alembic)",
    ),
    "history, shape": Breach(
        imports_nothing_banned, "history/x.py", "from .. import operations", "(history knows no shape)"
    ),
    "history, SQLAlchemy": Breach(
        imports_nothing_banned, "history/x.py", "import sqlalchemy as sa", "(history knows no SQLAlchemy)"
    ),
    "shape, history": Breach(
        imports_nothing_banned, "ddl/x.py", "from ..history import x", "(shape knows no history)"
    ),
    "os": Breach(
        imports_nothing_banned, "ddl/x.py", "from os import path", "ddl/x.py:1: imports os.path (pure)"
    ),
    "loop": Breach(imports_nothing_banned, "config.py", "import asyncio", "imports asyncio (pure)"),
    "loop, typed": Breach(
        imports_nothing_banned,
        "config.py",
        "if TYPE_CHECKING:\n    from sqlalchemy.ext.asyncio import AsyncEngine",
        "config.py:2: imports sqlalchemy.ext.asyncio.AsyncEngine (pure)",
    ),
    "async": Breach(
        pure_means_pure, "ddl/x.py", "async def f(): pass", "x.py:1: is pure, yet has async or await"
    ),
    "open": Breach(pure_means_pure, "errors.py", "x = open('f')", "errors.py:1: is pure, yet calls open"),
    "file": Breach(pure_means_pure, "config.py", "x = p.read_text()", "is pure, yet calls p.read_text"),
    "clock": Breach(pure_means_pure, "ddl/x.py", "x = datetime.now(UTC)", "is pure, yet calls datetime.now"),
    "docstring": Breach(has_a_docstring, "cli/x.py", "x = 1", "cli/x.py:1: has no docstring"),
    "unsorted": Breach(
        exports_are_sorted_and_there,
        "cli/x.py",
        "a = B = 1\n__all__ = ['a', 'B']",
        "x.py:2: __all__ is not sorted",
    ),
    "twice": Breach(exports_are_sorted_and_there, "cli/x.py", "a = 1\n__all__ = ['a', 'a']", "is not sorted"),
    "missing": Breach(
        exports_are_sorted_and_there,
        "cli/x.py",
        "__all__ = ['x']",
        "x.py:1: __all__ names x, which is not there",
    ),
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_sound_package_keeps_the_rule(rule: Rule, tmp_path: Path) -> None:
    assert _breaches(_written(tmp_path, SOUND), rule) == []


@pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES.keys())
def test_a_breach_is_found(breach: Breach, tmp_path: Path) -> None:
    root = _written(tmp_path, SOUND | {breach.file: breach.source})
    (found,) = _breaches(root, breach.rule)
    assert breach.found in found


def _written(folder: Path, files: dict[str, str]) -> Path:
    for name, source in files.items():
        path = folder / PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source).lstrip(), encoding="utf-8")
    return folder / PACKAGE
