"""What users may change: the ``render_item`` hook, prefixes, renderers of their own operations."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from async_migrate.errors import DuplicateRendererError, NoRendererError, RenderedCodeError
from async_migrate.ops import (
    AddColumnOp,
    AlterColumnOp,
    CreateTableOp,
    DropColumnOp,
    DropTableOp,
    ExecuteSQLOp,
    MigrateOperation,
    MigrationScript,
    ModifyTableOps,
    UpgradeOps,
)
from async_migrate.render import RenderContext, Renderer, RenderOptions, register_renderer, render


def every_kind() -> CreateTableOp:
    table = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True, server_default="5"),
        sa.ForeignKeyConstraint(["id"], ["u.id"]),
        sa.UniqueConstraint("id"),
        sa.CheckConstraint("id > 0"),
        postgresql.ExcludeConstraint(("id", "=")),
    )
    return CreateTableOp.from_table(table)


def test_the_hook_sees_every_kind_of_item() -> None:
    seen: list[tuple[str, str]] = []

    def render_item(kind: str, item: Any, context: Any) -> Any:
        seen.append((kind, type(item).__name__))
        return False

    assert render(every_kind(), render_item=render_item) == render(every_kind())
    assert sorted(seen) == [
        ("check", "CheckConstraint"),
        ("column", "Column"),
        ("exclude", "ExcludeConstraint"),
        ("foreign_key", "ForeignKeyConstraint"),
        ("primary_key", "PrimaryKeyConstraint"),
        ("server_default", "DefaultClause"),
        ("type", "Integer"),
        ("unique", "UniqueConstraint"),
    ]


@pytest.mark.parametrize(
    ("kind", "gone"),
    [
        ("column", "Column("),
        ("server_default", "server_default"),
        ("primary_key", "PrimaryKeyConstraint"),
        ("foreign_key", "ForeignKeyConstraint"),
        ("unique", "UniqueConstraint"),
        ("check", "CheckConstraint"),
        ("exclude", "ExcludeConstraint"),
    ],
)
def test_none_leaves_the_item_out(kind: str, gone: str) -> None:
    assert gone in render(every_kind())
    assert gone not in render(every_kind(), render_item=lambda found, _, __: None if found == kind else False)


def test_a_text_takes_the_place_of_the_item_and_may_need_imports() -> None:
    def render_item(kind: str, item: Any, context: RenderContext) -> Any:
        if kind == "type" and isinstance(item, sa.Integer):
            context.imports.add("import mytypes")
            return "mytypes.Int( 'x',  size = 8 )"
        return False

    imports: set[str] = set()
    operation = AddColumnOp("t", sa.Column("c", sa.Integer()))
    assert render(operation, render_item=render_item, imports=imports) == (
        'op.add_column("t", sa.Column("c", mytypes.Int("x", size=8), nullable=True))'
    )
    assert imports == {"import mytypes", "import sqlalchemy as sa"}


def test_a_text_that_uses_sqlalchemy_brings_its_import() -> None:
    renderer = Renderer(
        RenderOptions(render_item=lambda kind, _, __: "sa.Foo()" if kind == "column" else False)
    )
    assert renderer.body(AddColumnOp("t", sa.Column("c", sa.Integer()))) == 'op.add_column("t", sa.Foo())'
    assert renderer.imports == ("import sqlalchemy as sa",)


def test_the_hook_may_change_the_defaults_of_an_altered_column() -> None:
    operation = AlterColumnOp("t", "c", modify_server_default="x", modify_type=sa.Integer())
    hook = {"server_default": "sa.text('y')", "type": "sa.Text()"}
    assert render(operation, render_item=lambda kind, _, __: hook[kind]) == (
        'op.alter_column("t", "c", server_default=sa.text("y"), type_=sa.Text())'
    )


def test_a_column_left_out_is_not_added() -> None:
    operations = UpgradeOps([AddColumnOp("t", sa.Column("c", sa.Integer()))])
    assert render(operations, render_item=lambda *_: None) == "pass"


def test_the_hook_is_given_the_context_of_the_comparison() -> None:
    context = SimpleNamespace(imports={"import before"}, connection="yes")
    given = []

    def render_item(kind: str, item: Any, autogen_context: Any) -> Any:
        given.append(autogen_context)
        autogen_context.imports.add("import after")
        return False

    renderer = Renderer(RenderOptions(render_item=render_item), autogen_context=context)
    renderer.body(AddColumnOp("t", sa.Column("c", sa.Integer())))
    assert given == [context, context]
    assert renderer.imports == ("import after", "import before", "import sqlalchemy as sa")


def test_the_context_names_the_options_as_alembic_does() -> None:
    context = RenderContext(RenderOptions(user_module_prefix="x."))
    assert context.opts == {
        "render_as_batch": False,
        "render_item": None,
        "alembic_module_prefix": "op.",
        "sqlalchemy_module_prefix": "sa.",
        "user_module_prefix": "x.",
    }


def test_a_text_that_is_no_code_is_an_error() -> None:
    with pytest.raises(RenderedCodeError) as caught:
        render(AddColumnOp("t", sa.Column("c", sa.Integer())), render_item=lambda *_: "<Foo object>")
    assert str(caught.value) == (
        "Render_item for a column returned '<Foo object>', which is not valid Python (invalid syntax). "
        "Return the source as it shall stand in the file."
    )


def test_prefixes() -> None:
    operations = [
        ModifyTableOps("t", [AddColumnOp("t", sa.Column("c", sa.Integer(), server_default=sa.text("1")))]),
        ModifyTableOps("t", []),
    ]
    assert render(operations, alembic_module_prefix=None, sqlalchemy_module_prefix="x.") == (
        'add_column(\n    "t", x.Column("c", x.Integer(), server_default=x.text("1"), nullable=True)\n)'
    )
    assert render(operations, alembic_module_prefix="m.op.", render_as_batch=True) == (
        'with m.op.batch_alter_table("t") as batch_op:\n'
        "    batch_op.add_column(\n"
        '        sa.Column("c", sa.Integer(), server_default=sa.text("1"), nullable=True)\n'
        "    )"
    )


class CreateViewOp(MigrateOperation):
    visit_name = "create_view"

    def __init__(self, name: str) -> None:
        self.name = name


class CreateMaterialisedViewOp(CreateViewOp):
    pass


@register_renderer(CreateViewOp)
def render_view(context: RenderContext, operation: CreateViewOp) -> list[str]:
    context.imports.add("import views")
    return [f"op.create_view('{operation.name}', sa.text('SELECT 1'))"]


class Loop(MigrateOperation):
    pass


@register_renderer(Loop)
def render_loop(context: RenderContext, operation: Loop) -> str:
    return """
        for name in ("a", "b"):  # each
            op.drop_table(name)
    """


class Nothing(MigrateOperation):
    pass


@register_renderer(Nothing)
def render_nothing(context: RenderContext, operation: Nothing) -> list[str]:
    return []


class Remark(MigrateOperation):
    pass


@register_renderer(Remark)
def render_remark(context: RenderContext, operation: Remark) -> str:
    return "# by hand, please"


class Nonsense(MigrateOperation):
    pass


@register_renderer(Nonsense)
def render_nonsense(context: RenderContext, operation: Nonsense) -> str:
    return "op.("


def test_operations_of_ones_own() -> None:
    renderer = Renderer()
    assert renderer.body([CreateViewOp("a"), CreateMaterialisedViewOp("b")]) == (
        'op.create_view("a", sa.text("SELECT 1"))\nop.create_view("b", sa.text("SELECT 1"))'
    )
    assert renderer.imports == ("import sqlalchemy as sa", "import views")


def test_their_lines_stay_as_they_are_where_they_are_no_calls() -> None:
    block = ModifyTableOps("t", [Loop()])
    assert render(block, render_as_batch=True) == (
        'with op.batch_alter_table("t") as batch_op:\n'
        '    for name in ("a", "b"):  # each\n'
        "        op.drop_table(name)"
    )


def test_they_may_render_nothing() -> None:
    assert render(Nothing()) == "pass"
    assert render(ModifyTableOps("t", [Nothing()]), render_as_batch=True) == "pass"


def test_they_may_render_a_comment() -> None:
    assert render(Remark()) == "# by hand, please\npass"
    assert render([Remark(), DropTableOp("t")]) == '# by hand, please\nop.drop_table("t")'
    assert render(ModifyTableOps("t", [Remark()]), render_as_batch=True) == (
        'with op.batch_alter_table("t") as batch_op:\n    # by hand, please\n    pass'
    )


def test_a_renderer_of_ones_own_goes_before_the_built_in_one() -> None:
    class Audited(DropTableOp):
        pass

    @register_renderer(Audited)
    def first(context: RenderContext, operation: Audited) -> str:
        return f"audit.drop({operation.table_name!r})"

    assert render([Audited("t"), DropTableOp("t")]) == 'audit.drop("t")\nop.drop_table("t")'


def test_a_second_renderer_needs_to_say_that_it_replaces() -> None:
    class Twice(MigrateOperation):
        pass

    register_renderer(Twice)(lambda context, operation: "first()")
    with pytest.raises(DuplicateRendererError) as caught:
        register_renderer(Twice)(lambda context, operation: "second()")
    assert caught.value.operation is Twice
    assert str(caught.value) == (
        "There is a renderer for Twice already. Pass replace=True to register_renderer to put another in its place."
    )
    assert render(Twice()) == "first()"
    register_renderer(Twice, replace=True)(lambda context, operation: "second()")
    assert render(Twice()) == "second()"


def test_their_code_is_checked() -> None:
    with pytest.raises(RenderedCodeError) as caught:
        render(Nonsense())
    assert str(caught.value) == (
        "The renderer of Nonsense returned 'op.(', which is not valid Python (invalid syntax). "
        "Return the source as it shall stand in the file."
    )


@pytest.mark.parametrize("operation", [MigrateOperation(), MigrationScript("a", UpgradeOps(), [])])
def test_what_nothing_renders_is_an_error(operation: MigrateOperation) -> None:
    name = type(operation).__name__
    with pytest.raises(NoRendererError) as caught:
        render(operation)
    assert str(caught.value) == (
        f"Nothing is known about how to write a {name} as code. "
        f"Decorate a function with @register_renderer({name}) and let it return the source."
    )


def test_a_drop_may_be_marked() -> None:
    drops = [DropTableOp("t", schema="s"), DropColumnOp("t", "c"), ExecuteSQLOp("SELECT 1")]
    assert render(drops) == 'op.drop_table("t", schema="s")\nop.drop_column("t", "c")\nop.execute("SELECT 1")'
    assert render(drops, mark_destructive=True).split("\n") == [
        "# Destroys all rows of table s.t.",
        'op.drop_table("t", schema="s")',
        "# Destroys the values of column t.c.",
        'op.drop_column("t", "c")',
        'op.execute("SELECT 1")',
    ]
