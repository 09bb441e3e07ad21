"""Rewriting what autogenerate found: a ``process_revision_directives`` hook that is made of small rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from async_migrate.operations.base import MigrateOperation, OpContainer
from async_migrate.operations.containers import DowngradeOps, MigrationScript, UpgradeOps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["Rewriter"]

Rule: TypeAlias = "Callable[[Any, Any, Any], MigrateOperation | Sequence[MigrateOperation] | None]"
Hook: TypeAlias = "Callable[[Any, Any, list[MigrationScript]], None]"


class Rewriter:
    """A set of rules, each for one class of operation.

    Set it as ``process_revision_directives``. A rule is called as ``rule(context, revision, operation)`` and
    returns the operation, another one, or several; an empty sequence or ``None`` leaves it out. Each rewriter sees
    an operation once, those that its own rules put in place included.

    Example::

        rewriter = Rewriter()

        @rewriter.rewrites(AddColumnOp)
        def nullable_first(context, revision, operation):
            if operation.column.nullable:
                return operation
            operation.column.nullable = True
            return [operation, AlterColumnOp(operation.table_name, operation.column.name, modify_nullable=False)]
    """

    def __init__(self) -> None:
        self._rules: dict[type[MigrateOperation], Rule] = {}
        self._next: Hook | None = None

    def rewrites(self, operation_class: type[MigrateOperation]) -> Callable[[Rule], Rule]:
        """Return a decorator that makes a function the rule for a class of operation and its subclasses."""

        def register(rule: Rule) -> Rule:
            self._rules[operation_class] = rule
            return rule

        return register

    def chain(self, other: Rewriter | Hook) -> Rewriter:
        """Return a rewriter that applies these rules and then another rewriter, or any hook."""
        chained = Rewriter()
        chained._rules = self._rules  # the same class
        chained._next = other if self._next is None else _in_turn(self._next, other)
        return chained

    def __call__(self, context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        """Apply the rules to everything that is about to be written."""
        directives[:] = [
            script
            for directive in directives
            for script in self._rewritten(context, revision, directive)
            if isinstance(script, MigrationScript)
        ]
        if self._next is not None:
            self._next(context, revision, directives)

    def _rewritten(
        self, context: Any, revision: Any, operation: MigrateOperation
    ) -> Iterator[MigrateOperation]:
        for changed in self._ruled(context, revision, operation):
            self._descend(context, revision, changed)
            yield changed

    def _ruled(self, context: Any, revision: Any, operation: MigrateOperation) -> Iterable[MigrateOperation]:
        rule = next((self._rules[kind] for kind in type(operation).__mro__ if kind in self._rules), None)
        if rule is None or self in operation.rewritten_by:
            return (operation,)
        returned = rule(context, revision, operation)
        if returned is None:
            return ()
        changed = (returned,) if isinstance(returned, MigrateOperation) else tuple(returned)
        for one in changed:
            one.rewritten_by = one.rewritten_by | {self}
        return changed

    def _descend(self, context: Any, revision: Any, operation: MigrateOperation) -> None:
        if isinstance(operation, MigrationScript):
            operation.upgrade_ops = [
                self._only(context, revision, ops, UpgradeOps) for ops in operation.upgrade_ops_list
            ]
            operation.downgrade_ops = [
                self._only(context, revision, ops, DowngradeOps) for ops in operation.downgrade_ops_list
            ]
        elif isinstance(operation, OpContainer):
            operation.ops[:] = [
                changed for part in operation.ops for changed in self._rewritten(context, revision, part)
            ]

    def _only(self, context: Any, revision: Any, ops: OpContainer, kind: type[Any]) -> Any:
        changed = list(self._rewritten(context, revision, ops))
        if len(changed) != 1 or not isinstance(changed[0], kind):
            raise TypeError(f"a rule for {kind.__name__} must return exactly one {kind.__name__}")
        return changed[0]


def _in_turn(first: Hook, second: Hook) -> Hook:
    def both(context: Any, revision: Any, directives: list[MigrationScript]) -> None:
        first(context, revision, directives)
        second(context, revision, directives)

    return both
