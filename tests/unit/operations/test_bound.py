"""The imported ``op``: whose directives it stands for, and who may use it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from async_migrate.errors import UnboundOperationsError, UnknownDirectiveError, WrongTaskError
from async_migrate.operations.bound import bind, op
from async_migrate.operations.facade import Operations

if TYPE_CHECKING:
    from collections.abc import Callable


def test_outside_a_migration() -> None:
    with pytest.raises(UnboundOperationsError) as caught:
        op.create_table("t")
    assert str(caught.value) == (
        "op.create_table was used while no migration is running. op works only inside upgrade() and "
        "downgrade(), not while a revision file is imported: move the call into one of them. To collect "
        "SQL without a database, use Recorder(dialect).op."
    )


def test_misspelt_outside_a_migration() -> None:
    with pytest.raises(UnknownDirectiveError, match="Did you mean 'create_table'"):
        op.create_tabl("t")  # type: ignore[attr-defined]
    assert not hasattr(op, "pytestmark")
    assert not hasattr(op, "__wrapped__")


def test_registration_needs_no_migration() -> None:
    assert op.register_operation == Operations.register_operation
    assert op.implementation_for == Operations.implementation_for


def test_stands_for_what_is_bound(bench: Any, make_bench: Any) -> None:
    inner = make_bench()
    with bind(bench.op):
        op.execute("outer")
        with bind(inner.op):
            op.execute("inner")
        op.execute("outer again")
    assert [one.sqltext for one in bench.performed] == ["outer", "outer again"]
    assert inner.only.sqltext == "inner"
    with pytest.raises(UnboundOperationsError):
        op.execute("too late")


def test_unbound_after_an_error(bench: Any) -> None:
    def body() -> None:
        with bind(bench.op):
            raise LookupError

    with pytest.raises(LookupError):
        body()
    with pytest.raises(UnboundOperationsError):
        op.get_bind()


def test_lists_its_directives(registered: Any) -> None:
    assert {"create_table", "get_bind", "batch_alter_table"} <= set(dir(op))
    registered(Operations, "later")
    Operations.later = lambda self: None  # type: ignore[attr-defined]
    assert "later" in dir(op)


def test_says_whether_it_is_bound(bench: Any) -> None:
    assert repr(op) == "<op: no migration is running>"
    with bind(bench.op):
        assert repr(op) == "<op: bound>"


async def test_many_migrations_at_once(make_bench: Callable[..., Any]) -> None:
    benches = [make_bench() for _ in range(20)]

    async def migrate(number: int) -> None:
        with bind(benches[number].op):
            for _ in range(3):
                op.execute(str(number))
                await asyncio.sleep(0)

    await asyncio.gather(*(migrate(number) for number in range(20)))
    texts = [[one.sqltext for one in bench.performed] for bench in benches]
    assert texts == [[str(number)] * 3 for number in range(20)]


WRONG_TASK = (
    "op.execute was called from another task than the one that runs the migration. Call op from upgrade() or "
    "downgrade() itself, or from coroutines that they await directly; what create_task(), gather() or a "
    "TaskGroup starts must not touch it."
)


async def test_another_task_must_not_use_it(bench: Any) -> None:
    async def child() -> None:
        op.execute("SELECT 1")

    with bind(bench.op):
        with pytest.raises(WrongTaskError) as caught:
            await asyncio.create_task(child())
        await child()
    assert str(caught.value) == WRONG_TASK
    assert len(bench.performed) == 1


@pytest.mark.parametrize(
    "use",
    [
        lambda operations: operations.get_bind(),
        lambda operations: operations.get_context(),
        lambda operations: operations.add_column("t", None),
        lambda operations: operations.session(),
        lambda operations: operations.create_sequence_like(),
    ],
)
async def test_another_task_must_not_use_the_parameter_either(bench: Any, use: Any, registered: Any) -> None:
    registered(Operations, "create_sequence_like")

    @Operations.register_operation("create_sequence_like")
    class Custom:
        @classmethod
        def create_sequence_like(cls, operations: Operations) -> None:
            raise AssertionError

    async def child() -> None:
        use(bench.op)

    with bind(bench.op), pytest.raises(WrongTaskError):
        await asyncio.create_task(child())


async def test_another_task_must_not_use_a_block(bench: Any) -> None:
    with bind(bench.op), op.batch_alter_table("t") as batch_op:

        async def child() -> None:
            batch_op.execute("SELECT 1")

        with pytest.raises(WrongTaskError):
            await asyncio.create_task(child())
    assert bench.performed == []


async def test_unbound_operations_may_be_used_from_any_task(bench: Any) -> None:
    with bind(bench.op):
        pass

    async def child() -> None:
        bench.op.execute("SELECT 1")

    await asyncio.create_task(child())
    assert len(bench.performed) == 1
