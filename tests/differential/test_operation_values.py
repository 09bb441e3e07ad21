"""Operations and directives beside Alembic's: the same names, parameters, attributes, diff tuples."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.ddl.postgresql import CreateExcludeConstraintOp as AlembicExcludeOp
from alembic.operations import BatchOperations as AlembicBatchOperations
from alembic.operations import Operations as AlembicOperations
from alembic.operations import ops as alembic_ops
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateIndex, CreateTable

from async_migrate import ops
from async_migrate.operations.batch import BatchOperations
from async_migrate.operations.facade import Operations

OF_ALEMBICS_MACHINERY = {"context", "create_module_class_proxy"}
"""Public on Alembic's classes, but part of how it installs them, not something that a migration calls."""

DIRECTIVES = sorted(
    name for name in dir(AlembicOperations) if not name.startswith("_") and name not in OF_ALEMBICS_MACHINERY
)
BATCH_DIRECTIVES = sorted(
    name
    for name in dir(AlembicBatchOperations)
    if not name.startswith("_") and name not in OF_ALEMBICS_MACHINERY | {"batch_alter_table"}
)
"""``batch_op.batch_alter_table`` is there in Alembic by inheritance: a block in a block means nothing."""

SIGNATURE_DIFFERENCES = {
    (
        "MigrationScript",
        "imports",
    ): "one set is shared by all scripts; ours is a new set each time",
    (
        "CreateExcludeConstraintOp",
        "_orig_constraint",
    ): "ours makes the constraint from its edited attributes",
}


ATTRIBUTES_ONLY_OURS = {
    ("DropTableOp", "drop_types"): "types of PostgreSQL go with the last table that uses them",
    ("ModifyTableOps", "naming_convention"): "a block that drops what has no name needs one",
}


ONLY_OURS = {
    ("op", "drop_table", "postgresql_drop_types"): "types go with the last table that uses them",
    ("op", "create_primary_key", "kw"): "a primary key may be deferrable, or have options of its dialect",
    ("batch_op", "create_primary_key", "kw"): "the same in a block",
    ("batch_op", "drop_constraint", "if_exists"): "op.drop_constraint has it, and a block keeps what it says",
}
"""Parameters that Alembic's directives lack, and why ours have them; all are optional."""


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    return [(one.name, one.kind, one.default) for one in inspect.signature(function).parameters.values()]


def shared(door: str, name: str, ours: list[tuple[str, Any, Any]]) -> list[tuple[str, Any, Any]]:
    return [one for one in ours if (door, name, one[0]) not in ONLY_OURS]


def test_directives_are_all_there() -> None:
    assert len(DIRECTIVES) == 27
    assert set(DIRECTIVES) <= set(dir(Operations))


def test_batch_directives_are_all_there() -> None:
    assert (
        len([name for name in BATCH_DIRECTIVES if name not in vars(AlembicBatchOperations.__mro__[1])]) == 14
    )
    assert set(BATCH_DIRECTIVES) <= set(dir(BatchOperations))


@pytest.mark.parametrize("name", DIRECTIVES)
def test_directive_has_the_same_parameters(name: str) -> None:
    ours = parameters(getattr(Operations, name))
    assert shared("op", name, ours) == parameters(getattr(AlembicOperations, name))


@pytest.mark.parametrize("name", BATCH_DIRECTIVES)
def test_batch_directive_has_the_same_parameters(name: str) -> None:
    ours = parameters(getattr(BatchOperations, name))
    assert shared("batch_op", name, ours) == parameters(getattr(AlembicBatchOperations, name))


@pytest.mark.parametrize(("door", "name", "parameter"), ONLY_OURS)
def test_parameter_is_only_ours_and_optional(door: str, name: str, parameter: str) -> None:
    ours, theirs = {
        "op": (Operations, AlembicOperations),
        "batch_op": (BatchOperations, AlembicBatchOperations),
    }[door]
    assert parameter not in inspect.signature(getattr(theirs, name)).parameters, "remove the reason"
    added = inspect.signature(getattr(ours, name)).parameters[parameter]
    assert added.kind is added.VAR_KEYWORD or added.default is None


ALEMBIC_CLASSES = {
    name: value
    for name, value in {**vars(alembic_ops), "CreateExcludeConstraintOp": AlembicExcludeOp}.items()
    if inspect.isclass(value) and issubclass(value, alembic_ops.MigrateOperation)
}


@pytest.mark.parametrize("name", sorted(ALEMBIC_CLASSES))
def test_operation_has_the_same_constructor(name: str) -> None:
    theirs = [
        one
        for one in parameters(ALEMBIC_CLASSES[name].__init__)
        if (name, one[0]) not in SIGNATURE_DIFFERENCES
    ]
    own = {*SIGNATURE_DIFFERENCES, *ATTRIBUTES_ONLY_OURS}
    ours = [one for one in parameters(getattr(ops, name).__init__) if (name, one[0]) not in own]
    assert ours == theirs


@pytest.mark.parametrize("name", sorted(ALEMBIC_CLASSES))
def test_operation_has_the_same_methods(name: str) -> None:
    theirs = ALEMBIC_CLASSES[name]
    ours = getattr(ops, name)
    only_alembics = {
        member
        for member in dir(theirs)
        if not member.startswith("_")
        and not hasattr(ours, member)
        # How Alembic attaches directives to operations; ours are methods of Operations.
        and not hasattr(AlembicOperations, member.removeprefix("batch_"))
    }
    assert only_alembics == set()


# --- the same objects, made into operations on both sides ---------------------------------------------------


def schema() -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table("parent", metadata, sa.Column("id", sa.Integer, primary_key=True), schema="other")
    sa.Table(
        "child",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False, server_default="x", comment="a name"),
        sa.Column("code", sa.String(5), unique=True),
        sa.Column("level", sa.Integer, index=True),
        sa.Column("active", sa.Boolean(create_constraint=True, name="ck_active")),
        sa.Column("parent_id", sa.Integer),
        sa.Column("other_id", sa.Integer, sa.ForeignKey("child.id", name="fk_self")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["other.parent.id"], name="fk_parent", ondelete="CASCADE", deferrable=True
        ),
        sa.UniqueConstraint("name", "level", name="uq_name", deferrable=True, initially="DEFERRED"),
        sa.CheckConstraint("level > 0", name="ck_level"),
        sa.Index("ix_expression", sa.text("lower(name)"), postgresql_where=sa.text("level > 1")),
        comment="the children",
        info={"a": 1},
        prefixes=["TEMPORARY"],
        sqlite_autoincrement=True,
    )
    return metadata


def child() -> sa.Table:
    return schema().tables["child"]


def constraints_of(table: sa.Table) -> list[sa.Constraint]:
    return sorted(table.constraints, key=lambda one: (one.__visit_name__, str(one.name)))


def indexes_of(table: sa.Table) -> list[sa.Index]:
    return sorted(table.indexes, key=lambda one: str(one.name))


def create_table(table: sa.Table) -> str:
    return str(CreateTable(table).compile(dialect=postgresql.dialect()))


def plain(value: Any) -> Any:
    """Return a value that compares, in place of SQLAlchemy's objects, which do not."""
    if isinstance(value, ops.MigrateOperation | alembic_ops.MigrateOperation):
        return (type(value).__name__, plain_attributes(value))
    if isinstance(value, sa.Table):
        return (
            # Alembic walks a set of constraints, so their order is chance.
            sorted(line.strip(" ,\t") for line in create_table(value).splitlines()),
            value.comment,
            value.info,
            plain(dict(value.kwargs)),
            [plain(index) for index in indexes_of(value)],
        )
    if isinstance(value, sa.Index):
        return (
            str(CreateIndex(value).compile(dialect=postgresql.dialect())),
            value.name,
            plain(dict(value.kwargs)),
        )
    if isinstance(value, sa.Constraint):
        return str(AddConstraint(value).compile(dialect=postgresql.dialect()))
    if isinstance(value, sa.Column):
        return (value.name, plain(value.type), value.nullable, str(value.server_default), value.comment)
    if isinstance(value, sa.types.TypeEngine):
        return repr(value)
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, sa.ClauseElement):
        return str(value)
    if isinstance(value, sa.MetaData):
        return sorted(value.tables)
    return value


def attributes(operation: Any) -> dict[str, Any]:
    """Return the public attributes; ``info`` is there only if somebody looked at it."""
    return {
        name: value
        for name, value in vars(operation).items()
        if not name.startswith("_")
        and (name != "info" or value)
        and (type(operation).__name__, name) not in ATTRIBUTES_ONLY_OURS
    }


def plain_attributes(operation: Any) -> dict[str, Any]:
    result = {name: plain(value) for name, value in attributes(operation).items()}
    if isinstance(operation, ops.CreateTableOp | alembic_ops.CreateTableOp):
        result["columns"] = sorted(map(str, result["columns"]))
    return result


def op_pairs() -> dict[str, tuple[Any, Any]]:
    """Return Alembic's operation and ours for each kind, made from equal schema objects."""
    pairs: dict[str, tuple[Any, Any]] = {}
    for number, constraint in enumerate(constraints_of(child())):
        twin = constraints_of(child())[number]
        name = str(constraint.name) if isinstance(constraint.name, str) else constraint.__visit_name__
        pairs[f"add {name}"] = (
            alembic_ops.AddConstraintOp.from_constraint(twin),
            ops.AddConstraintOp.from_constraint(constraint),
        )
        pairs[f"drop {name}"] = (
            alembic_ops.DropConstraintOp.from_constraint(twin),
            ops.DropConstraintOp.from_constraint(constraint),
        )
    for number, index in enumerate(indexes_of(child())):
        twin_index = indexes_of(child())[number]
        pairs[f"create {index.name}"] = (
            alembic_ops.CreateIndexOp.from_index(twin_index),
            ops.CreateIndexOp.from_index(index),
        )
        pairs[f"drop {index.name}"] = (
            alembic_ops.DropIndexOp.from_index(twin_index),
            ops.DropIndexOp.from_index(index),
        )
    for name in ("name", "code", "other_id"):
        pairs[f"add column {name}"] = (
            alembic_ops.AddColumnOp.from_column(child().c[name]),
            ops.AddColumnOp.from_column(child().c[name]),
        )
        pairs[f"drop column {name}"] = (
            alembic_ops.DropColumnOp.from_column_and_tablename("s", "t", child().c[name]),
            ops.DropColumnOp.from_column_and_tablename("s", "t", child().c[name]),
        )
    pairs["create table"] = (
        alembic_ops.CreateTableOp.from_table(child()),
        ops.CreateTableOp.from_table(child()),
    )
    pairs["drop table"] = (
        alembic_ops.DropTableOp.from_table(child()),
        ops.DropTableOp.from_table(child()),
    )
    for label, arguments in ALTERATIONS.items():
        pairs[f"alter {label}"] = (
            alembic_ops.AlterColumnOp("t", "c", schema="s", **arguments),
            ops.AlterColumnOp("t", "c", schema="s", **arguments),
        )
    for label, comment, existing in (("new", "a", None), ("changed", "a", "b")):
        pairs[f"comment {label}"] = (
            alembic_ops.CreateTableCommentOp("t", comment, schema="s", existing_comment=existing),
            ops.CreateTableCommentOp("t", comment, schema="s", existing_comment=existing),
        )
    pairs["comment removed"] = (
        alembic_ops.DropTableCommentOp("t", existing_comment="b"),
        ops.DropTableCommentOp("t", existing_comment="b"),
    )
    return pairs


ALTERATIONS: dict[str, dict[str, Any]] = {
    "type": {"modify_type": sa.Text(), "existing_type": sa.String(5), "existing_nullable": True},
    "nullable": {"modify_nullable": False, "existing_nullable": True, "existing_server_default": "x"},
    "default": {"modify_server_default": None, "existing_server_default": "x", "existing_type": sa.Text()},
    "new default": {"modify_server_default": "y", "existing_type": sa.Text()},
    "comment": {"modify_comment": None, "existing_comment": "old"},
    "options": {"modify_nullable": True, "autoincrement": True, "modify_x": 1, "existing_x": 2},
    "everything": {
        "modify_type": sa.Text(),
        "existing_type": sa.String(5),
        "modify_nullable": False,
        "existing_nullable": True,
        "modify_server_default": "y",
        "existing_server_default": "x",
        "modify_comment": "new",
        "existing_comment": "old",
    },
}

PAIRS = op_pairs()


@pytest.mark.parametrize("name", PAIRS)
def test_operation_has_the_same_attributes(name: str) -> None:
    theirs, ours = PAIRS[name]
    assert plain_attributes(ours) == plain_attributes(theirs)


@pytest.mark.parametrize("name", PAIRS)
def test_diff_tuple_is_the_same(name: str) -> None:
    theirs, ours = PAIRS[name]
    assert plain(ours.to_diff_tuple()) == plain(theirs.to_diff_tuple())


@pytest.mark.parametrize("name", PAIRS)
def test_reverse_is_the_same(name: str) -> None:
    theirs, ours = PAIRS[name]
    assert plain(ours.reverse()) == plain(theirs.reverse())


@pytest.mark.parametrize("name", PAIRS)
def test_reverse_of_the_reverse_has_the_same_diff_tuple(name: str) -> None:
    theirs, ours = PAIRS[name]
    assert plain(ours.reverse().reverse().to_diff_tuple()) == plain(
        theirs.reverse().reverse().to_diff_tuple()
    )


def container(module: Any) -> Any:
    create_table = module.CreateTableOp.from_table(child())
    changes = [
        module.AddColumnOp.from_column(child().c.name),
        module.AlterColumnOp("child", "level", modify_nullable=True, existing_nullable=False),
        module.CreateIndexOp.from_index(indexes_of(child())[0]),
    ]
    return module.UpgradeOps(
        [create_table, module.ModifyTableOps("child", changes), module.ExecuteSQLOp("SELECT 1")]
    )


def test_as_diffs_is_the_same() -> None:
    assert plain(container(ops).as_diffs()) == plain(container(alembic_ops).as_diffs())


def test_reverse_of_a_container_is_the_same() -> None:
    theirs, ours = container(alembic_ops), container(ops)
    theirs.ops.pop()
    ours.ops.pop()
    assert plain(ours.reverse().as_diffs()) == plain(theirs.reverse().as_diffs())
    assert type(ours.reverse()).__name__ == type(theirs.reverse()).__name__
    assert plain(ours.reverse().reverse().as_diffs()) == plain(theirs.reverse().reverse().as_diffs())


def test_exclude_constraint_is_the_same() -> None:
    def exclude() -> postgresql.ExcludeConstraint:
        table = child()
        constraint = postgresql.ExcludeConstraint(
            (table.c.name, "="), (sa.text("code"), "<>"), name="ex", where=sa.text("level > 1"), using="gist"
        )
        table.append_constraint(constraint)
        return constraint

    theirs = AlembicExcludeOp.from_constraint(exclude())
    ours = ops.AddConstraintOp.from_constraint(exclude())
    assert plain(ours.to_diff_tuple()) == plain(theirs.to_diff_tuple())


CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Convention:
    """What both sides read a naming convention from."""

    naming_convention = CONVENTION
    opts = {"target_metadata": sa.MetaData(naming_convention=CONVENTION)}  # noqa: RUF012


@pytest.mark.parametrize(
    ("cls", "arguments", "options"),
    [
        ("CreatePrimaryKeyOp", (None, "t", ["a", "b"]), {}),
        ("CreateUniqueConstraintOp", (None, "t", ["a", "b"]), {"schema": "s"}),
        ("CreateCheckConstraintOp", ("positive", "t", "a > 0"), {}),
        ("CreateForeignKeyOp", (None, "t", "u", ["a"], ["b"]), {"referent_schema": "r"}),
        (
            "CreateForeignKeyOp",
            (None, "t", "t", ["a"], ["b"]),
            {"source_schema": "r", "referent_schema": "r"},
        ),
        (
            "CreateForeignKeyOp",
            (None, "t", "u", ["a", "b"], ["c", "d"]),
            {"match": "FULL", "use_alter": True},
        ),
    ],
)
def test_naming_convention_applies_as_in_alembic(
    cls: str, arguments: tuple[Any, ...], options: dict[str, Any]
) -> None:
    theirs = getattr(alembic_ops, cls)(*arguments, **options).to_constraint(Convention())
    ours = getattr(ops, cls)(*arguments, **options).to_constraint(Convention())
    assert plain(ours) == plain(theirs)
    assert ours.name == theirs.name


@pytest.mark.parametrize(
    ("columns", "options"),
    [
        (["a", "b"], {"unique": True}),
        ([sa.text("lower(a)"), "b"], {}),
        ([sa.func.lower(sa.column("a")), sa.desc("b")], {"schema": "s"}),
        ([sa.text("lower(a)")], {"postgresql_ops": {"lower(a)": "text_pattern_ops"}}),
        (["a"], {"postgresql_where": sa.text("a > 1"), "postgresql_using": "gin"}),
        ([child().c.name, child().c.level.desc()], {}),
    ],
)
def test_index_is_the_same(columns: list[Any], options: dict[str, Any]) -> None:
    theirs = alembic_ops.CreateIndexOp("i", "t", columns, **options).to_index()
    ours = ops.CreateIndexOp("i", "t", columns, **options).to_index()
    assert plain(ours)[:2] == plain(theirs)[:2]


def test_table_options_survive_in_a_documented_recipe() -> None:
    """Alembic's cookbook makes the operation again from its attributes, private ones too."""

    def reordered(module: Any) -> Any:
        op = module.CreateTableOp.from_table(child())
        columns = sorted((one for one in op.columns if isinstance(one, sa.Column)), key=lambda one: one.name)
        return module.CreateTableOp(
            op.table_name,
            columns,
            schema=op.schema,
            _namespace_metadata=op._namespace_metadata,
            _constraints_included=op._constraints_included,
            **op.kw,
        )

    assert plain(reordered(ops).to_table()) == plain(reordered(alembic_ops).to_table())
