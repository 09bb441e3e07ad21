"""The template of revision files, ``script.py.mako``: the project's own, or the package's."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from async_migrate.errors import TemplateError
from async_migrate.scripts.failures import reason
from async_migrate.scripts.files import read_bytes
from async_migrate.scripts.location import find_location

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from async_migrate.config import Config

__all__ = ["SCRIPT_TEMPLATE", "TEMPLATES", "ScriptTemplate", "find_script_template"]

SCRIPT_TEMPLATE = "script.py.mako"
TEMPLATES = files("async_migrate.scripts") / "templates"
"""The project templates of the package, one folder each."""

_WIDTH = 40
"""How much of a line the value of a header variable may take before it is written one item to a line."""


@dataclass(frozen=True, slots=True)
class ScriptTemplate:
    """A Mako template of revision files.

    Attributes:
        path: Where it is, for messages.
        text: What it says.
    """

    path: Path
    text: str

    def render(self, variables: Mapping[str, object]) -> str:
        """Return the text of a revision file.

        Args:
            variables: What the template may use, besides the functions at the end of this module.

        Raises:
            TemplateError: If the template is not valid, or fails; with its line.
        """
        from mako.exceptions import RichTraceback
        from mako.template import Template

        functions = {
            "comma": comma_separated,
            "docstring": docstring,
            "import_block": import_block,
            "quoted": quoted,
        }
        try:
            template = Template(self.text, uri=str(self.path))  # noqa: S702 - what it makes is Python, not HTML
            return str(template.render_unicode(**{**functions, **variables}))
        except Exception as error:
            where = RichTraceback(error=error, traceback=error.__traceback__)
            line = where.lineno if where.source else None
            words = reason(error)
            if line and line <= len(where.source.splitlines()):
                words += f" in {where.source.splitlines()[line - 1].strip()!r}"
            raise TemplateError(self.path, reason=words, line=line) from error


def find_script_template(config: Config) -> ScriptTemplate:
    """Return the project's template of revision files, else that of the package.

    Raises:
        LocationNotFoundError: If the migrations folder does not exist.
        TemplateError: If the project's template cannot be read.
    """
    path = find_location(config) / SCRIPT_TEMPLATE
    try:
        return ScriptTemplate(path, read_bytes(path).decode())
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        raise TemplateError(path, reason=reason(error)) from error
    for name in (config.template, "default"):
        packaged = TEMPLATES / name / SCRIPT_TEMPLATE
        if packaged.is_file():
            return ScriptTemplate(Path(str(packaged)), packaged.read_text(encoding="utf-8"))
    raise TemplateError(path, reason="there is none, and none came with the package")


# --- functions for templates -------------------------------------------------------------------------------


def comma_separated(value: str | Iterable[str] | None) -> str:
    """Return names with commas between them; nothing for None."""
    if value is None:
        return ""
    return value if isinstance(value, str) else ", ".join(value)


def docstring(text: str) -> str:
    """Return a text as it has to be written between triple double quotes."""
    return text.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')


def quoted(value: str | tuple[str, ...] | None) -> str:
    """Return a value as a formatter would write it, over several lines if it is long."""
    if value is None:
        return "None"
    if isinstance(value, str):
        return _double_quoted(value)
    items = [_double_quoted(item) for item in value]
    line = f"({', '.join(items)}{',' if len(items) == 1 else ''})"
    return line if len(line) <= _WIDTH else "(\n" + "".join(f"    {item},\n" for item in items) + ")"


def _double_quoted(text: str) -> str:
    single = repr(text)
    if '"' in text or single.startswith('"'):
        return single
    return f'"{single[1:-1]}"'


def import_block(*statements: str) -> str:
    """Return import statements, one to a line and sorted as isort and ruff have it.

    Args:
        statements: The statements; each text may hold several lines.
    """
    lines = {line for text in statements for line in text.splitlines() if line.strip()}
    groups = [
        sorted((line for line in lines if _import_group(line) == group), key=_import_order)
        for group in range(3)
    ]
    return "\n\n".join("\n".join(group) for group in groups if group)


def _import_group(statement: str) -> int:
    package = statement.split()[1].partition(".")[0]
    if package == "__future__":
        return 0
    return 1 if package in sys.stdlib_module_names else 2


def _import_order(statement: str) -> tuple[bool, str]:
    return statement.startswith("from"), statement.split()[1].lower()
