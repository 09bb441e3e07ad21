"""Operations that hold operations: the changes of one table, of one direction, of one migration file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypeVar

from async_migrate.errors import InvalidArgumentError
from async_migrate.operations.base import MigrateOperation, OpContainer

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Table
    from sqlalchemy.schema import SchemaItem

__all__ = ["BatchAlterTable", "DowngradeOps", "MigrationScript", "ModifyTableOps", "Recreate", "UpgradeOps"]

Recreate: TypeAlias = Literal["auto", "always", "never"]
"""When batch mode makes a table anew."""

_Direction = TypeVar("_Direction", bound=OpContainer)


class ModifyTableOps(OpContainer):
    """The changes of one existing table.

    Attributes:
        table_name: The table.
        schema: Its schema.
        naming_convention: How constraints that the database keeps without a name (SQLite) are called in ``ops``.
    """

    visit_name: ClassVar[str] = "modify_table"

    def __init__(
        self,
        table_name: str,
        ops: Sequence[MigrateOperation],
        *,
        schema: str | None = None,
        naming_convention: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(ops)
        self.table_name = table_name
        self.schema = schema
        self.naming_convention = naming_convention

    def __repr__(self) -> str:
        return f"ModifyTableOps({self.table_name!r}, ops={self.ops!r}, schema={self.schema!r})"

    def reverse(self) -> ModifyTableOps:
        """Return the reverse of each change, last one first."""
        return ModifyTableOps(
            self.table_name,
            self._reversed_ops(),
            schema=self.schema,
            naming_convention=self.naming_convention,
        )


class UpgradeOps(OpContainer):
    """What ``upgrade()`` does; also the result of a comparison.

    Attributes:
        upgrade_token: The name under which a file template receives the rendered body.
    """

    visit_name: ClassVar[str] = "upgrade"

    def __init__(
        self,
        ops: Sequence[MigrateOperation] = (),
        upgrade_token: str = "upgrades",  # noqa: S107  a name, not a secret
    ) -> None:
        super().__init__(ops)
        self.upgrade_token = upgrade_token

    def reverse(self) -> DowngradeOps:
        """Return the reverse of each operation, last one first."""
        return self.reverse_into(DowngradeOps())

    def reverse_into(self, downgrade_ops: DowngradeOps) -> DowngradeOps:
        """Replace the content of ``downgrade_ops`` by the reverse of this, and return it."""
        downgrade_ops.ops[:] = self._reversed_ops()
        return downgrade_ops


class DowngradeOps(OpContainer):
    """What ``downgrade()`` does.

    Attributes:
        downgrade_token: The name under which a file template receives the rendered body.
    """

    visit_name: ClassVar[str] = "downgrade"

    def __init__(
        self,
        ops: Sequence[MigrateOperation] = (),
        downgrade_token: str = "downgrades",  # noqa: S107  a name, not a secret
    ) -> None:
        super().__init__(ops)
        self.downgrade_token = downgrade_token

    def reverse(self) -> UpgradeOps:
        """Return the reverse of each operation, last one first."""
        return UpgradeOps(self._reversed_ops())


class MigrationScript(MigrateOperation):
    """A migration file that is about to be written.

    Attributes:
        rev_id: Its id; ``None`` leaves it to the writer.
        message: Its one-line description.
        imports: Import statements that the body needs.
        head: What it follows.
        splice: Whether that may be something other than a head.
        branch_label: The label it carries.
        version_path: The directory it goes to.
        depends_on: What else must be applied before it.
    """

    visit_name: ClassVar[str] = "migration_script"

    def __init__(
        self,
        rev_id: str | None,
        upgrade_ops: UpgradeOps | list[UpgradeOps],
        downgrade_ops: DowngradeOps | list[DowngradeOps],
        *,
        message: str | None = None,
        imports: set[str] | None = None,
        head: str | None = None,
        splice: bool | None = None,
        branch_label: str | Sequence[str] | None = None,
        version_path: str | os.PathLike[str] | None = None,
        depends_on: str | Sequence[str] | None = None,
    ) -> None:
        self.rev_id = rev_id
        self.message = message
        self.imports = set() if imports is None else imports
        self.head = head
        self.splice = splice
        self.branch_label = branch_label
        self.version_path = PurePath(version_path).as_posix() if version_path else None
        self.depends_on = depends_on
        self._upgrade_ops = _as_list(upgrade_ops, UpgradeOps, "upgrade_ops")
        self._downgrade_ops = _as_list(downgrade_ops, DowngradeOps, "downgrade_ops")

    @property
    def upgrade_ops(self) -> UpgradeOps | None:
        """The body of ``upgrade()``.

        Raises:
            InvalidArgumentError: There are several; see :attr:`upgrade_ops_list`.
        """
        return _the_only(self._upgrade_ops, "upgrade_ops")

    @upgrade_ops.setter
    def upgrade_ops(self, value: UpgradeOps | list[UpgradeOps]) -> None:
        self._upgrade_ops = _as_list(value, UpgradeOps, "upgrade_ops")

    @property
    def downgrade_ops(self) -> DowngradeOps | None:
        """The body of ``downgrade()``.

        Raises:
            InvalidArgumentError: There are several; see :attr:`downgrade_ops_list`.
        """
        return _the_only(self._downgrade_ops, "downgrade_ops")

    @downgrade_ops.setter
    def downgrade_ops(self, value: DowngradeOps | list[DowngradeOps]) -> None:
        self._downgrade_ops = _as_list(value, DowngradeOps, "downgrade_ops")

    @property
    def upgrade_ops_list(self) -> list[UpgradeOps]:
        """The bodies of ``upgrade()``: one, or one for each database of a project with several."""
        return self._upgrade_ops

    @property
    def downgrade_ops_list(self) -> list[DowngradeOps]:
        """The bodies of ``downgrade()``: one, or one for each database of a project with several."""
        return self._downgrade_ops


@dataclass(eq=False)
class BatchAlterTable(MigrateOperation):
    """The changes that one ``batch_alter_table`` block collected.

    Whether they become ALTER statements or a table made anew, the dialect decides.

    Attributes:
        table_name: The table.
        schema: Its schema.
        recreate: Whether to make it anew: ``auto`` leaves that to the dialect.
        partial_reordering: Groups of column names, each in the order they shall have.
        copy_from: The table as it is, in place of reflecting it.
        table_args: Further columns and constraints of the new table.
        table_kwargs: Further options of the new table.
        reflect_args: Columns and constraints that take the place of reflected ones.
        reflect_kwargs: Further options of the reflected table.
        naming_convention: How to name reflected constraints that have no name.
        operations: The changes, in the order of the calls.
    """

    visit_name: ClassVar[str] = "batch_alter_table"

    table_name: str
    schema: str | None = None
    recreate: Recreate = "auto"
    partial_reordering: Sequence[Sequence[str]] | None = None
    copy_from: Table | None = None
    table_args: Sequence[SchemaItem] = ()
    table_kwargs: Mapping[str, Any] = field(default_factory=dict)
    reflect_args: Sequence[SchemaItem] = ()
    reflect_kwargs: Mapping[str, Any] = field(default_factory=dict)
    naming_convention: Mapping[str, Any] | None = None
    operations: list[MigrateOperation] = field(default_factory=list)


def _as_list(value: _Direction | list[_Direction], kind: type[_Direction], name: str) -> list[_Direction]:
    values = list(value) if isinstance(value, list) else [value]
    for item in values:
        if not isinstance(item, kind):
            raise InvalidArgumentError(
                "MigrationScript", name, item, accepted=f"{kind.__name__} or a list of it"
            )
    return values


def _the_only(values: list[_Direction], name: str) -> _Direction | None:
    if len(values) > 1:
        raise InvalidArgumentError(
            "MigrationScript",
            name,
            values,
            accepted=f"one at most; read {name}_list where there may be several",
        )
    return values[0] if values else None
