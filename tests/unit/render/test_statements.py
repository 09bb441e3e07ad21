"""Directives as they stand in a file, and what cannot stand there."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import conv

from async_migrate.errors import (
    RenderError,
    UnrenderableArgumentError,
    UnrenderableConstraintError,
    UnrenderableValueError,
    UsageError,
)
from async_migrate.ops import (
    AddColumnOp,
    BatchAlterTable,
    BulkInsertOp,
    CreateForeignKeyOp,
    CreateIndexOp,
    CreateTableOp,
    DropConstraintOp,
    ModifyTableOps,
    RenameTableOp,
    UpgradeOps,
)
from async_migrate.render import Renderer, render


def test_nothing_to_do_is_pass() -> None:
    assert (
        render([]) == render(UpgradeOps()) == render(ModifyTableOps("t", []), render_as_batch=True) == "pass"
    )


def test_a_table() -> None:
    metadata = sa.MetaData(
        naming_convention={"pk": "pk_%(table_name)s", "fk": "fk_%(table_name)s"}, schema="app"
    )
    sa.Table("account", metadata, sa.Column("account_id", sa.Integer, key="id", primary_key=True))
    post = sa.Table(
        "post",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("author", sa.ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.String(20)), server_default=sa.text("'{}'")),
        sa.CheckConstraint("author > 0", name="positive"),
        comment="what people wrote",
        info={"owner": "docs", "class": object},
    )
    renderer = Renderer()
    assert renderer.body(CreateTableOp.from_table(post)).split("\n") == [
        "op.create_table(",
        '    "post",',
        '    sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),',
        '    sa.Column("author", sa.Integer(), nullable=False),',
        "    sa.Column(",
        '        "tags",',
        "        postgresql.ARRAY(sa.String(length=20)),",
        "        server_default=sa.text(\"'{}'\"),",
        "        nullable=True,",
        "    ),",
        '    sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),',
        "    sa.ForeignKeyConstraint(",
        '        ["author"],',
        '        ["app.account.account_id"],',
        '        name=op.f("fk_post"),',
        '        ondelete="CASCADE",',
        "    ),",
        '    sa.CheckConstraint("author > 0", name="positive"),',
        '    schema="app",',
        '    comment="what people wrote",',
        '    info={"owner": "docs"},',
        ")",
    ]
    assert renderer.imports == ("from sqlalchemy.dialects import postgresql", "import sqlalchemy as sa")


def test_a_constraint_without_a_name_is_pointed_out() -> None:
    assert render(DropConstraintOp(None, "t", "foreignkey")).split("\n") == [
        "# The constraint has no name; give its name here, or the directive cannot find it.",
        'op.drop_constraint(None, "t", type_="foreignkey")',
    ]


def test_names_are_final_in_a_batch_block_too() -> None:
    changes = ModifyTableOps("t", [CreateIndexOp(conv("ix"), "t", ["a"]), DropConstraintOp(conv("uq"), "t")])
    assert render(changes, render_as_batch=True).split("\n") == [
        'with op.batch_alter_table("t") as batch_op:',
        '    batch_op.create_index(batch_op.f("ix"), ["a"], unique=False)',
        '    batch_op.drop_constraint(batch_op.f("uq"))',
    ]


def test_a_block_says_how_it_names_what_has_no_name() -> None:
    changes = ModifyTableOps("t", [DropConstraintOp(conv("t_a_key"), "t", "unique")])
    changes.naming_convention = {"uq": "%(table_name)s_%(column_0_name)s_key"}
    assert render(changes, render_as_batch=True).split("\n") == [
        "with op.batch_alter_table(",
        '    "t", naming_convention={"uq": "%(table_name)s_%(column_0_name)s_key"}',
        ") as batch_op:",
        '    batch_op.drop_constraint(batch_op.f("t_a_key"), type_="unique")',
    ]
    assert render(changes) == 'op.drop_constraint(op.f("t_a_key"), "t", type_="unique")'


def test_blocks_are_set_off_by_blank_lines() -> None:
    changes = [
        RenameTableOp("a", "b"),
        ModifyTableOps("b", [AddColumnOp("b", sa.Column("c", sa.Integer()))]),
        RenameTableOp("b", "c"),
    ]
    assert render(changes, render_as_batch=True).split("\n") == [
        'op.rename_table("a", "b")',
        "",
        'with op.batch_alter_table("b") as batch_op:',
        '    batch_op.add_column(sa.Column("c", sa.Integer(), nullable=True))',
        "",
        'op.rename_table("b", "c")',
    ]


@pytest.mark.skipif(
    not hasattr(sa.ForeignKey, "target_tokens"), reason="SQLAlchemy 2.0 knows no dotted names"
)
def test_a_table_name_with_a_dot_comes_in_parts() -> None:
    metadata = sa.MetaData()
    other = sa.Table("a.b", metadata, sa.Column("id", sa.Integer, primary_key=True))
    table = sa.Table("t", metadata, sa.Column("r", sa.ForeignKey(other.c.id)))
    assert 'sa.ForeignKeyConstraint(["r"], [("a.b", "id")])' in render(CreateTableOp.from_table(table))
    (key,) = table.foreign_key_constraints
    assert render(CreateForeignKeyOp.from_constraint(key)) == (
        'op.create_foreign_key(None, "t", "a.b", ["r"], ["id"])'
    )


def test_rows_are_written_by_the_names_of_columns() -> None:
    table = sa.Table(
        "t", sa.MetaData(), sa.Column("real", sa.Integer, key="k"), sa.Column("unused", sa.Integer)
    )
    assert render(BulkInsertOp(table, [{"k": 1}])) == (
        'op.bulk_insert(sa.table("t", sa.column("real", sa.Integer())), [{"real": 1}])'
    )


def test_a_batch_block_asks_too_whether_a_constraint_is_there() -> None:
    changes = ModifyTableOps("t", [DropConstraintOp("uq", "t", "unique", if_exists=True)])
    assert render(changes) == 'op.drop_constraint("uq", "t", type_="unique", if_exists=True)'
    assert render(changes, render_as_batch=True).endswith(
        '    batch_op.drop_constraint("uq", type_="unique", if_exists=True)'
    )


def test_a_column_of_a_model_leaves_its_constraints_to_their_own_directives() -> None:
    table = sa.Table(
        "t", sa.MetaData(), sa.Column("c", sa.Integer, sa.ForeignKey("u.id"), index=True, unique=True)
    )
    assert render(AddColumnOp("t", table.c.c)) == (
        'op.add_column("t", sa.Column("c", sa.Integer(), nullable=True))'
    )


class Strange(sa.Constraint):
    __visit_name__ = "strange"


@pytest.mark.parametrize(
    ("operation", "error", "words"),
    [
        (
            BulkInsertOp(sa.table("t", sa.column("a")), [{"a": object()}]),
            UnrenderableValueError,
            (
                "In bulk_insert: a value of class builtins.object cannot be written as code. Use a plain value: a "
                "string, a number, a date, a UUID, an enum member, SQL, or a list, tuple, set or dict of those."
            ),
        ),
        (
            BatchAlterTable("t", copy_from=sa.Table("t", sa.MetaData())),
            UnrenderableArgumentError,
            (
                "In batch_alter_table 't': copy_from of batch_alter_table cannot be written as code. Leave it out and "
                "write it into the file by hand."
            ),
        ),
        (
            CreateTableOp("t", [sa.Column("a", sa.Integer), Strange(name="x")]),
            UnrenderableConstraintError,
            (
                f"In create_table 't': a constraint of class {__name__}.Strange cannot be written as code. Add it with "
                "op.execute() and keep it out of the comparison with include_object."
            ),
        ),
    ],
    ids=["value", "argument", "constraint"],
)
def test_what_cannot_be_written(operation: Any, error: type[RenderError], words: str) -> None:
    with pytest.raises(error) as caught:
        render(operation)
    assert str(caught.value) == words
    assert isinstance(caught.value, UsageError)
    assert caught.value.exit_code == 2


SCRIPT = """
import sqlalchemy as sa
from async_migrate.ops import AddColumnOp, CreateTableOp
from async_migrate.render import render
columns = [sa.Column(name, sa.Integer, sa.CheckConstraint(name + " > 0")) for name in "abcdefgh"]
uniques = [sa.UniqueConstraint(column) for column in columns]
keys = [sa.ForeignKeyConstraint([column], ["u." + column.name]) for column in columns]
checks = [sa.CheckConstraint(f"{name} < 9", name=name) for name in "zyxwvu"]
table = sa.Table("t", sa.MetaData(), *columns, *uniques, *keys, *checks, info={"x": {"p", "q", "r", "s"}})
hand = sa.Column("h", sa.Integer, sa.ForeignKey("u.a"), sa.ForeignKey("u.b"), sa.CheckConstraint("h > 1"))
print(render([CreateTableOp.from_table(table), AddColumnOp("t", hand)]))
"""


def test_the_code_does_not_depend_on_the_hash_seed() -> None:
    results = set()
    for seed in "0123":
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
        )
        results.add(done.stdout)
    assert len(results) == 1
