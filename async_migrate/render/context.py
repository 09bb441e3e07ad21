"""What every renderer is given: the options, the imports collected so far, and where it is."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sqlalchemy.engine.default import DefaultDialect

from async_migrate.errors import RenderedCodeError
from async_migrate.render.tree import parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Dialect

    from async_migrate.render.tree import Code

__all__ = ["RenderContext", "RenderItem", "RenderOptions"]

RenderItem: TypeAlias = Callable[[str, Any, Any], "str | Literal[False] | None"]
"""A hook ``(type_, object, context)``: code, ``False`` for the default, or ``None`` to leave the object out.

``type_`` is one of ``column``, ``primary_key``, ``foreign_key``, ``unique``, ``check``, ``exclude``, ``type``
and ``server_default``. What the code needs is added to ``context.imports``, a set of import statements.
"""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How operations are written down.

    Attributes:
        dialect: Whose SQL the expressions among the operations are compiled to.
        render_as_batch: Write the changes of a table as a ``batch_alter_table`` block.
        render_item: A hook that may render types, columns, constraints and server defaults its own way.
        alembic_module_prefix: What directives begin with; the option has the name that env.py files give it.
        sqlalchemy_module_prefix: What SQLAlchemy's names begin with.
        user_module_prefix: What types of the application begin with; ``None``: their module, imported.
        line_length: The columns a line of the file may have; the functions' indentation counts.
        mark_destructive: Say in a comment what a drop destroys.
    """

    dialect: Dialect = field(default_factory=DefaultDialect)
    render_as_batch: bool = False
    render_item: RenderItem | None = None
    alembic_module_prefix: str | None = "op."
    sqlalchemy_module_prefix: str | None = "sa."
    user_module_prefix: str | None = None
    line_length: int = 88
    mark_destructive: bool = False


@dataclass(frozen=True, slots=True)
class RenderContext:
    """Where rendering stands.

    Attributes:
        options: The options.
        imports: The import statements that the code rendered so far needs.
        in_batch: Whether directives belong to a ``batch_alter_table`` block, which knows table and schema.
        subject: The operation being rendered, as an error names it.
        autogen_context: What the hook is given in place of this context.
    """

    options: RenderOptions
    imports: set[str] = field(default_factory=set)
    in_batch: bool = False
    subject: str = ""
    autogen_context: Any = None

    @property
    def dialect(self) -> Dialect:
        """Whose SQL expressions are compiled to."""
        return self.options.dialect

    @property
    def opts(self) -> Mapping[str, object]:
        """The options by name, which is how hooks written for Alembic look at them."""
        names = (
            "render_as_batch",
            "render_item",
            "alembic_module_prefix",
            "sqlalchemy_module_prefix",
            "user_module_prefix",
        )
        return {name: getattr(self.options, name) for name in names}

    def within_batch(self) -> RenderContext:
        """Return the context inside a ``batch_alter_table`` block."""
        return replace(self, in_batch=True)

    def about(self, subject: str) -> RenderContext:
        """Return the context for one operation."""
        return replace(self, subject=subject)

    def directive(self, name: str) -> str:
        """Return a directive with its prefix, such as ``op.add_column``."""
        prefix = "batch_op." if self.in_batch else self.options.alembic_module_prefix or ""
        return prefix + name

    def sqlalchemy(self, name: str) -> str:
        """Return a name of SQLAlchemy with its prefix, such as ``sa.Column``."""
        prefix = self.options.sqlalchemy_module_prefix or ""
        self._import_sqlalchemy(prefix.removesuffix("."))
        return prefix + name

    def hook(self, kind: str, item: object) -> Code | Literal[False] | None:
        """Return what the user's hook makes of an item: code, ``None`` (left out) or ``False`` (no opinion).

        Raises:
            RenderedCodeError: It returned a text that is no expression.
        """
        if self.options.render_item is None:
            return False
        given = self if self.autogen_context is None else self.autogen_context
        source = self.options.render_item(kind, item, given)
        if source is None or source is False:
            return source
        return self.foreign_code(source, origin=f"render_item for a {kind}")

    def foreign_code(self, source: str, *, origin: str) -> Code:
        """Return code that somebody else wrote, and note the import of SQLAlchemy if it uses it.

        Raises:
            RenderedCodeError: It is not an expression.
        """
        try:
            code = parsed(source)
        except SyntaxError as error:
            raise RenderedCodeError(source, origin=origin, reason=error.msg) from error
        self.note_names(source)
        return code

    def note_names(self, source: str) -> None:
        """Note the import of SQLAlchemy if code that somebody else wrote uses it by our prefix."""
        used = {node.id for node in ast.walk(ast.parse(source.strip())) if isinstance(node, ast.Name)}
        prefix = (self.options.sqlalchemy_module_prefix or "").removesuffix(".")
        if prefix in used:
            self._import_sqlalchemy(prefix)

    def _import_sqlalchemy(self, alias: str) -> None:
        if alias == "sqlalchemy":
            self.imports.add("import sqlalchemy")
        elif alias.isidentifier():
            self.imports.add(f"import sqlalchemy as {alias}")
