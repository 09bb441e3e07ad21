"""Operations as values: what a comparison returns, a rewriter edits and ``op.invoke`` carries out.

The names, constructors and attributes are those of ``alembic.operations.ops``, so a rewriter written for it
needs only another import.
"""

from __future__ import annotations

from async_migrate.operations.base import MigrateOperation, OpContainer
from async_migrate.operations.columns import AddColumnOp, AlterColumnOp, DropColumnOp
from async_migrate.operations.constraints import (
    AddConstraintOp,
    CreateCheckConstraintOp,
    CreateExcludeConstraintOp,
    CreateForeignKeyOp,
    CreatePrimaryKeyOp,
    CreateUniqueConstraintOp,
    DropConstraintOp,
)
from async_migrate.operations.containers import (
    BatchAlterTable,
    DowngradeOps,
    MigrationScript,
    ModifyTableOps,
    UpgradeOps,
)
from async_migrate.operations.data import BulkInsertOp, ExecuteSQLOp
from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp
from async_migrate.operations.tables import (
    AlterTableOp,
    CreateTableCommentOp,
    CreateTableOp,
    DropTableCommentOp,
    DropTableOp,
    RenameTableOp,
)

__all__ = [
    "AddColumnOp",
    "AddConstraintOp",
    "AlterColumnOp",
    "AlterTableOp",
    "BatchAlterTable",
    "BulkInsertOp",
    "CreateCheckConstraintOp",
    "CreateExcludeConstraintOp",
    "CreateForeignKeyOp",
    "CreateIndexOp",
    "CreatePrimaryKeyOp",
    "CreateTableCommentOp",
    "CreateTableOp",
    "CreateUniqueConstraintOp",
    "DowngradeOps",
    "DropColumnOp",
    "DropConstraintOp",
    "DropIndexOp",
    "DropTableCommentOp",
    "DropTableOp",
    "ExecuteSQLOp",
    "MigrateOperation",
    "MigrationScript",
    "ModifyTableOps",
    "OpContainer",
    "RenameTableOp",
    "UpgradeOps",
]
