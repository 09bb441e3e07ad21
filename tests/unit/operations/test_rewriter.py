"""Rewriting operations between comparison and rendering."""

from __future__ import annotations

import sqlalchemy as sa

from async_migrate.operations.rewriter import Rewriter
from async_migrate.ops import (
    AddColumnOp,
    AlterColumnOp,
    CreateTableOp,
    DowngradeOps,
    DropColumnOp,
    MigrationScript,
    ModifyTableOps,
    UpgradeOps,
)


def _script() -> MigrationScript:
    upgrade = UpgradeOps(
        [
            CreateTableOp("t", [sa.Column("id", sa.Integer)]),
            ModifyTableOps("u", [AddColumnOp("u", sa.Column("c", sa.Integer, nullable=False))]),
        ]
    )
    downgrade = DowngradeOps([ModifyTableOps("u", [DropColumnOp("u", "c")])])
    return MigrationScript("a1", upgrade, downgrade)


def _shape(script: MigrationScript) -> list[str]:
    return [
        f"{type(part).__name__}:{[type(one).__name__ for one in getattr(part, 'ops', [])]}"
        for ops in (*script.upgrade_ops_list, *script.downgrade_ops_list)
        for part in ops.ops
    ]


def test_a_rule_may_return_several_and_sees_each_operation_once() -> None:
    rewriter = Rewriter()
    seen = []

    @rewriter.rewrites(AddColumnOp)
    def in_two_steps(context, revision, operation):
        seen.append((context, revision))
        operation.column.nullable = True
        return [operation, AlterColumnOp("u", "c", modify_nullable=False)]

    directives = [_script()]
    rewriter("context", ("base",), directives)
    rewriter("context", ("base",), directives)
    assert seen == [("context", ("base",))]
    assert _shape(directives[0]) == [
        "CreateTableOp:[]",
        "ModifyTableOps:['AddColumnOp', 'AlterColumnOp']",
        "ModifyTableOps:['DropColumnOp']",
    ]


def test_an_empty_answer_leaves_the_operation_out() -> None:
    rewriter = Rewriter()
    rewriter.rewrites(CreateTableOp)(lambda context, revision, operation: [])
    rewriter.rewrites(DropColumnOp)(lambda context, revision, operation: None)
    directives = [_script()]
    rewriter(None, (), directives)
    assert _shape(directives[0]) == ["ModifyTableOps:['AddColumnOp']", "ModifyTableOps:[]"]


def test_a_script_that_a_rule_leaves_out_is_not_written() -> None:
    rewriter = Rewriter()
    rewriter.rewrites(MigrationScript)(lambda context, revision, script: [])
    directives = [_script()]
    rewriter(None, (), directives)
    assert directives == []


def test_chained_rewriters_and_hooks_run_in_turn() -> None:
    order = []
    first, second = Rewriter(), Rewriter()
    first.rewrites(AddColumnOp)(lambda context, revision, operation: order.append("first") or operation)
    second.rewrites(AddColumnOp)(lambda context, revision, operation: order.append("second") or operation)
    chain = first.chain(second).chain(lambda context, revision, directives: order.append("hook"))
    chain(None, (), [_script()])
    assert order == ["first", "second", "hook"]
