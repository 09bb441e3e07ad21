"""Write the reference pages: the command line from its own help, the operations from their docstrings.

Usage: python docs/generate.py [--check]

With --check nothing is written; the exit code is 1 if a page is not what it would be.
"""

from __future__ import annotations

import inspect
import io
import os
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
ROOT_COMMAND = "async-migrate"

GROUPS = {
    "tables": (
        "Tables",
        ("create_table", "drop_table", "rename_table", "create_table_comment", "drop_table_comment"),
    ),
    "columns": ("Columns", ("add_column", "alter_column", "drop_column")),
    "constraints": (
        "Constraints",
        (
            "create_primary_key",
            "create_unique_constraint",
            "create_foreign_key",
            "create_check_constraint",
            "create_exclude_constraint",
            "drop_constraint",
        ),
    ),
    "indexes": ("Indexes", ("create_index", "drop_index")),
    "views": (
        "Views",
        (
            "create_view",
            "replace_view",
            "drop_view",
            "create_materialized_view",
            "replace_materialized_view",
            "refresh_materialized_view",
            "drop_materialized_view",
        ),
    ),
    "routines": (
        "Functions, procedures and triggers",
        (
            "create_function",
            "replace_function",
            "drop_function",
            "create_procedure",
            "replace_procedure",
            "drop_procedure",
            "create_trigger",
            "replace_trigger",
            "drop_trigger",
        ),
    ),
    "postgresql": (
        "Extensions and enums of PostgreSQL",
        (
            "create_extension",
            "drop_extension",
            "create_enum",
            "drop_enum",
            "rename_enum",
            "add_enum_value",
            "rename_enum_value",
            "drop_enum_value",
        ),
    ),
    "data": ("Data and SQL", ("execute", "bulk_insert", "inline_literal")),
    "batch": ("Batch mode", ("batch_alter_table",)),
    "context": (
        "The migration itself",
        ("get_context", "get_bind", "connection", "session", "run_async", "f"),
    ),
    "extending": (
        "Operations of your own",
        ("invoke", "perform", "register_operation", "implementation_for"),
    ),
}
"""The pages of operations: file, title, names. A name that stands on no page is a mistake that a test finds."""


def pages() -> dict[Path, str]:
    """Return every generated page by its path."""
    found = {DOCS / "cli.md": command_line()}
    for name, (title, directives) in GROUPS.items():
        found[DOCS / "operations" / f"{name}.md"] = operations(title, directives, batch=name == "batch")
    found[DOCS / "operations" / "index.md"] = index()
    return found


# --- the command line ---------------------------------------------------------------------------------------


def command_line() -> str:
    """Return the page about the command line."""
    whole = _help()
    names = re.findall(r"^  ([a-z-]+)  ", whole.partition("Commands:")[2], re.MULTILINE)
    parts = [
        "# The command line",
        "Generated from the help of the program; `python docs/generate.py` writes it anew.",
        f"`python -m async_migrate` is the same as `{ROOT_COMMAND}`.",
        _block(whole),
    ]
    for name in names:
        parts += [f"## `{name}`", _block(_help(name))]
    return "\n\n".join(parts) + "\n"


def _help(*command: str) -> str:
    from async_migrate.cli import run

    os.environ["COLUMNS"] = os.environ["TERMINAL_WIDTH"] = "80"
    output = io.StringIO()
    run([*command, "--help"], stdout=output)
    return "\n".join(line.rstrip() for line in output.getvalue().strip().splitlines())


def _block(text: str) -> str:
    return f"```text\n{text}\n```"


# --- operations ---------------------------------------------------------------------------------------------


def index() -> str:
    """Return the page that leads to the pages of operations."""
    lines = [
        "# Operations",
        "",
        "What `op` can do, by subject. Names, parameters and defaults are Alembic's.",
        "",
    ]
    for name, (title, directives) in GROUPS.items():
        listed = ", ".join(f"`{directive}`" for directive in directives)
        lines.append(f"* [{title}]({name}.md): {listed}")
    return "\n".join(lines) + "\n"


def operations(title: str, directives: tuple[str, ...], *, batch: bool) -> str:
    """Return a page of operations."""
    from async_migrate import BatchOperations, Operations

    parts = [
        f"# {title}",
        "Generated from the docstrings; `python docs/generate.py` writes it anew.",
        *(_directive(Operations, name, "op") for name in directives),
    ]
    if batch:
        parts.append("## Inside the block")
        parts += [_directive(BatchOperations, name, "batch_op") for name in batch_directives()]
    return "\n\n".join(parts) + "\n"


def batch_directives() -> list[str]:
    """Return the directives of a batch block that change something."""
    from async_migrate import BatchOperations, Operations

    shared = {
        name for name in dir(Operations) if getattr(Operations, name) is getattr(BatchOperations, name, None)
    }
    return sorted(
        name
        for name, value in vars(BatchOperations).items()
        if not name.startswith("_") and callable(value) and name not in shared
    )


def _directive(owner: type[Any], name: str, prefix: str) -> str:
    member = inspect.getattr_static(owner, name)
    function = member.fget if isinstance(member, property) else getattr(owner, name)
    heading = f"## `{prefix}.{name}`" if prefix == "op" else f"### `{prefix}.{name}`"
    signature = "" if isinstance(member, property) else _signature(function)
    doc = inspect.cleandoc(function.__doc__ or "")
    return "\n\n".join(
        [heading, f"```python\n{prefix}.{name}{signature}\n```".replace("'", '"'), _markdown(doc)]
    )


def _signature(function: Any) -> str:
    signature = inspect.signature(function)
    parameters = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name != "self"
    ]
    plain = str(signature.replace(parameters=parameters, return_annotation=inspect.Signature.empty))
    if len(plain) <= 80:
        return plain
    inside = ",\n    ".join(str(parameter) for parameter in _with_markers(parameters))
    return f"(\n    {inside},\n)"


def _with_markers(parameters: list[inspect.Parameter]) -> list[Any]:
    shown: list[Any] = []
    starred = False
    for parameter in parameters:
        starred = starred or parameter.kind is inspect.Parameter.VAR_POSITIONAL
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not starred:
            shown.append("*")
            starred = True
        shown.append(parameter)
    return shown


def _markdown(doc: str) -> str:
    """Turn a docstring with Google sections into Markdown."""
    text = re.sub(r"``([^`]+)``", r"`\1`", doc)
    text = re.sub(r":(?:class|meth|func|attr|mod):`~?([^`]+)`", r"`\1`", text)
    lines, section = [], None
    for line in text.splitlines():
        header = re.fullmatch(r"(Args|Attributes|Raises|Returns|Example|Examples|Yields|Note)::?", line)
        if header:
            section = header[1]
            title = {"Args": "Parameters", "Example": "Example"}.get(section, section)
            lines += [f"**{title}**", ""]
        elif section in {"Args", "Attributes", "Raises"} and re.match(r" {4}[*\w.]+:", line):
            name, _, about = line.strip().partition(":")
            lines.append(f"* `{name}`:{about}")
        elif section in {"Args", "Attributes", "Raises"} and line.startswith(" " * 8):
            lines.append(f"  {line.strip()}")
        elif section in {"Returns", "Yields", "Note"}:
            lines.append(line.strip())
        else:
            lines.append(line)
    return re.sub(r"\*\*Example\*\*\n\n((?:\n| {4}.*(?:\n|$))+)", _example, "\n".join(lines)).strip()


def _example(found: re.Match[str]) -> str:
    return f"```python\n{textwrap.dedent(found[1]).strip()}\n```\n\n"


def main() -> int:
    stale = []
    for path, text in pages().items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if "--check" not in sys.argv[1:]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(DOCS.parent)}")
    if stale and "--check" in sys.argv[1:]:
        print("not up to date:", *(str(path.relative_to(DOCS.parent)) for path in stale))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
