"""SQL without a database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from async_migrate.errors import NotOfflineError, UnboundOperationsError
from async_migrate.operations.bound import op
from async_migrate.operations.recorder import Recorder


def test_statements_in_order() -> None:
    recorder = Recorder("postgresql")
    account = recorder.op.create_table("account", sa.Column("id", sa.Integer, primary_key=True))
    recorder.op.bulk_insert(account, [{"id": 1}, {"id": 2}])
    recorder.op.execute("SELECT 1")
    assert [" ".join(statement.split()) for statement in recorder.statements()] == [
        "CREATE TABLE account ( id SERIAL NOT NULL, PRIMARY KEY (id) )",
        "INSERT INTO account (id) VALUES (1)",
        "INSERT INTO account (id) VALUES (2)",
        "SELECT 1",
    ]


def test_as_a_driver_gets_it() -> None:
    recorder = Recorder("sqlite")
    recorder.op.bulk_insert(sa.table("t", sa.column("a", sa.Integer)), [{"a": 1}, {"a": 2}])
    (sent,) = recorder.sent()
    assert sent.sql == "INSERT INTO t (a) VALUES (?)"
    assert sent.parameters == [{"a": 1}, {"a": 2}]


def test_script_is_terminated() -> None:
    recorder = Recorder("postgresql")
    recorder.op.drop_table("t")
    assert recorder.script() == "DROP TABLE t;\n\n"


def test_naming_convention() -> None:
    recorder = Recorder("postgresql", naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
    recorder.op.create_unique_constraint(None, "t", ["a"])
    recorder.op.drop_constraint(recorder.op.f("as_it_is"), "t")
    assert recorder.statements() == [
        "ALTER TABLE t ADD CONSTRAINT uq_t_a UNIQUE (a)",
        "ALTER TABLE t DROP CONSTRAINT as_it_is",
    ]


def test_code_that_imports_op() -> None:
    recorder = Recorder("mysql")
    with recorder as bound:
        op.rename_table("a", "b")
        assert bound is recorder.op
    assert recorder.statements() == ["ALTER TABLE a RENAME TO b"]
    with pytest.raises(UnboundOperationsError):
        op.rename_table("b", "c")


def test_bind_writes_down_too() -> None:
    recorder = Recorder("postgresql")
    recorder.op.get_bind().execute(sa.text("SELECT :a").bindparams(a=1))
    recorder.op.get_context().execute("SELECT 2")
    assert recorder.statements() == ["SELECT 1", "SELECT 2"]


def test_inline_literal_offline() -> None:
    recorder = Recorder("postgresql")
    account = sa.table("account", sa.column("name", sa.String))
    recorder.op.execute(account.update().values(name=recorder.op.inline_literal("it's")))
    assert recorder.statements() == ["UPDATE account SET name='it''s'"]


def test_new_table_without_a_database() -> None:
    recorder = Recorder("sqlite")

    def block() -> None:
        with recorder.op.batch_alter_table("t") as batch_op:
            batch_op.alter_column("a", nullable=True)

    with pytest.raises(NotOfflineError, match="copy_from"):
        block()
    assert recorder.statements() == []
