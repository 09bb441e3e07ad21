"""From operations to the text of a function's body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.engine.default import DefaultDialect

from async_migrate.operations.base import MigrateOperation
from async_migrate.render.context import RenderContext, RenderOptions
from async_migrate.render.format import INDENT, formatted
from async_migrate.render.operations import statements
from async_migrate.render.tree import block_body

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Dialect

    from async_migrate.render.context import RenderItem

__all__ = ["Renderer", "render"]


class Renderer:
    """Renders the bodies of one file, and knows which imports they need together.

    Attributes:
        context: What hooks and registered renderers are given.
    """

    def __init__(self, options: RenderOptions | None = None, *, autogen_context: Any = None) -> None:
        """Prepare to render.

        Args:
            options: How to.
            autogen_context: What the ``render_item`` hook is given in place of :attr:`context`; if it has a
                set ``imports``, that set collects the imports.
        """
        shared = getattr(autogen_context, "imports", None)
        self.context = RenderContext(
            options or RenderOptions(),
            imports=shared if isinstance(shared, set) else set(),
            autogen_context=autogen_context,
        )

    @property
    def imports(self) -> tuple[str, ...]:
        """The import statements that what was rendered so far needs, sorted; ``op`` is not among them."""
        return tuple(sorted(self.context.imports))

    def body(self, operations: MigrateOperation | Iterable[MigrateOperation]) -> str:
        """Return the body of a function, not indented, without a newline at the end; ``pass`` if it is empty.

        Lines are broken as for a function of a module, which indents them by four.

        Args:
            operations: An operation, such as ``UpgradeOps``, or several.

        Raises:
            RenderError: An operation, or something in it, cannot be written as code.
        """
        several = [operations] if isinstance(operations, MigrateOperation) else operations
        found = [statement for operation in several for statement in statements(operation, self.context)]
        return formatted(block_body(found), width=self.context.options.line_length - INDENT)


def render(
    operations: MigrateOperation | Iterable[MigrateOperation],
    *,
    dialect: Dialect | None = None,
    render_as_batch: bool = False,
    render_item: RenderItem | None = None,
    alembic_module_prefix: str | None = "op.",
    sqlalchemy_module_prefix: str | None = "sa.",
    user_module_prefix: str | None = None,
    line_length: int = 88,
    mark_destructive: bool = False,
    imports: set[str] | None = None,
    autogen_context: Any = None,
) -> str:
    """Return the body of ``upgrade()`` or ``downgrade()`` that carries out operations.

    The text is laid out as ``ruff format`` would leave it, not indented, and is ``pass`` where there is
    nothing to do. With the imports it needs, and ``from async_migrate import op``, it is code that runs.

    Args:
        operations: An operation, such as ``UpgradeOps``, or several.
        dialect: Whose SQL the expressions among them are compiled to; SQLAlchemy's default one if not given.
        render_as_batch: Write the changes of a table as a ``batch_alter_table`` block.
        render_item: A hook that may render types, columns, constraints and server defaults its own way.
        alembic_module_prefix: What directives begin with.
        sqlalchemy_module_prefix: What SQLAlchemy's names begin with.
        user_module_prefix: What types of the application begin with; ``None``: their module, imported.
        line_length: The columns that a line of the file may have.
        mark_destructive: Say in a comment what a drop destroys.
        imports: A set that receives the import statements.
        autogen_context: What the hook is given as its third argument, if not the context of this module.

    Raises:
        RenderError: An operation, or something in it, cannot be written as code.
    """
    options = RenderOptions(
        dialect=DefaultDialect() if dialect is None else dialect,
        render_as_batch=render_as_batch,
        render_item=render_item,
        alembic_module_prefix=alembic_module_prefix,
        sqlalchemy_module_prefix=sqlalchemy_module_prefix,
        user_module_prefix=user_module_prefix,
        line_length=line_length,
        mark_destructive=mark_destructive,
    )
    renderer = Renderer(options, autogen_context=autogen_context)
    text = renderer.body(operations)
    if imports is not None:
        imports.update(renderer.imports)
    return text
