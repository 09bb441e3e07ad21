"""Operations as values: what a comparison returns, a rewriter edits and ``op.invoke`` carries out.

The names, constructors and attributes of those that Alembic has are those of ``alembic.operations.ops``, so a
rewriter written for it needs only another import.
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
from async_migrate.operations.enums import (
    AddEnumValueOp,
    CreateEnumOp,
    DropEnumOp,
    DropEnumValueOp,
    RenameEnumOp,
    RenameEnumValueOp,
)
from async_migrate.operations.extensions import (
    CreateExtensionOp,
    DropExtensionOp,
)
from async_migrate.operations.indexes import CreateIndexOp, DropIndexOp
from async_migrate.operations.routines import (
    CreateFunctionOp,
    CreateProcedureOp,
    DropFunctionOp,
    DropProcedureOp,
    ReplaceFunctionOp,
    ReplaceProcedureOp,
)
from async_migrate.operations.tables import (
    AlterTableOp,
    CreateTableCommentOp,
    CreateTableOp,
    DropTableCommentOp,
    DropTableOp,
    RenameTableOp,
)
from async_migrate.operations.triggers import (
    CreateTriggerOp,
    DropTriggerOp,
    ReplaceTriggerOp,
)
from async_migrate.operations.views import (
    CreateViewOp,
    DropViewOp,
    RefreshMaterializedViewOp,
    ReplaceViewOp,
)

__all__ = [
    "AddColumnOp",
    "AddConstraintOp",
    "AddEnumValueOp",
    "AlterColumnOp",
    "AlterTableOp",
    "BatchAlterTable",
    "BulkInsertOp",
    "CreateCheckConstraintOp",
    "CreateEnumOp",
    "CreateExcludeConstraintOp",
    "CreateExtensionOp",
    "CreateForeignKeyOp",
    "CreateFunctionOp",
    "CreateIndexOp",
    "CreatePrimaryKeyOp",
    "CreateProcedureOp",
    "CreateTableCommentOp",
    "CreateTableOp",
    "CreateTriggerOp",
    "CreateUniqueConstraintOp",
    "CreateViewOp",
    "DowngradeOps",
    "DropColumnOp",
    "DropConstraintOp",
    "DropEnumOp",
    "DropEnumValueOp",
    "DropExtensionOp",
    "DropFunctionOp",
    "DropIndexOp",
    "DropProcedureOp",
    "DropTableCommentOp",
    "DropTableOp",
    "DropTriggerOp",
    "DropViewOp",
    "ExecuteSQLOp",
    "MigrateOperation",
    "MigrationScript",
    "ModifyTableOps",
    "OpContainer",
    "RefreshMaterializedViewOp",
    "RenameEnumOp",
    "RenameEnumValueOp",
    "RenameTableOp",
    "ReplaceFunctionOp",
    "ReplaceProcedureOp",
    "ReplaceTriggerOp",
    "ReplaceViewOp",
    "UpgradeOps",
]
