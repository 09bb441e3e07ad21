"""Writing revisions through the API: where they go in the graph, what autogenerate puts in, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from async_migrate import Migrator, Rewriter
from async_migrate.errors import (
    DuplicateBranchLabelError,
    DuplicateRevisionError,
    MultipleHeadsError,
    NoModelsError,
    NotAHeadError,
    NoTargetError,
    NothingToMergeError,
    NotUpToDateError,
    RepeatedParentError,
    UnknownRevisionError,
)
from async_migrate.ops import AddColumnOp, CreateTableOp

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine


def _models(*, with_email: bool = False) -> sa.MetaData:
    metadata = sa.MetaData()
    users = sa.Table(
        "users",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False, server_default="nobody", comment="who"),
    )
    if with_email:
        users.append_column(sa.Column("email", sa.String(200), unique=True))
        sa.Table("posts", metadata, sa.Column("user_id", sa.ForeignKey("users.id"), primary_key=True))
    return metadata


# --- autogenerate -------------------------------------------------------------------------------------------


async def test_generate_upgrade_and_nothing_is_left_to_do(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    (history.location / "versions").mkdir(parents=True)
    for models in (_models(), _models(with_email=True)):
        migrator = history.migrator(engine, metadata=models)
        (written,) = await migrator.revision("change", autogenerate=True)
        assert written.path.exists()
        assert written.changes
        await migrator.upgrade()
        checked = await migrator.check()
        assert (checked.up_to_date, checked.changes) == (True, ())
        assert await migrator.revision("again", autogenerate=True) == ()
    assert len(list((history.location / "versions").glob("*.py"))) == 2
    assert await look.tables() == {"users", "posts", "async_migrate_version"}

    await history.migrator(engine).downgrade("-1")
    assert await look.tables() == {"users", "async_migrate_version"}
    assert set(await look.columns("users")) == {"id", "name"}
    assert (await history.migrator(engine).downgrade("base")).heads_after == frozenset()
    assert await look.tables() == {"async_migrate_version"}


async def test_check_says_what_differs_and_writes_nothing(
    engine: AsyncEngine, history: Any, look: Any
) -> None:
    (history.location / "versions").mkdir(parents=True)
    checked = await history.migrator(engine, metadata=_models()).check()
    assert not checked.up_to_date
    assert checked.changes[0] == "added table users"
    assert [type(one) for one in checked.operations.ops][:1] == [CreateTableOp]
    assert await look.tables() == set()
    assert list((history.location / "versions").iterdir()) == []


async def test_a_database_that_lacks_revisions_is_not_compared(engine: AsyncEngine, history: Any) -> None:
    history.table("a1", "users")
    migrator = history.migrator(engine, metadata=_models())
    with pytest.raises(NotUpToDateError) as caught:
        await migrator.revision("x", autogenerate=True)
    assert str(caught.value) == (
        f"The database {migrator.url} is not up to date: it is at no revision yet and lacks 'a1'. "
        "Run `async-migrate upgrade head` first, then compare."
    )
    assert len(history.paths) == len(list((history.location / "versions").glob("*.py")))


async def test_without_models_there_is_nothing_to_compare(engine: AsyncEngine, history: Any) -> None:
    (history.location / "versions").mkdir(parents=True)
    with pytest.raises(NoModelsError) as caught:
        await history.migrator(engine).check()
    assert str(caught.value) == (
        "There are no models to compare the database with. Set metadata in the configuration "
        '(metadata = "app.models:Base.metadata"), or target_metadata in env.py.'
    )


async def test_a_rewriter_changes_what_is_written(engine: AsyncEngine, history: Any) -> None:
    history.add("a1", 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True))')
    rewriter = Rewriter()

    @rewriter.rewrites(AddColumnOp)
    def nullable(context: Any, revision: Any, operation: AddColumnOp) -> AddColumnOp:
        assert context.dialect.name == engine.dialect.name
        assert revision == ("a1",)
        operation.column.nullable = True
        return operation

    migrator = history.migrator(engine, metadata=_models(), process_revision_directives=rewriter)
    await migrator.upgrade()
    (written,) = await migrator.revision("add name", autogenerate=True)
    assert "nullable=True" in written.path.read_text()


async def test_a_hook_may_leave_everything_out(engine: AsyncEngine, history: Any) -> None:
    (history.location / "versions").mkdir(parents=True)

    def none(context: Any, revision: Any, directives: list[Any]) -> None:
        directives.clear()

    migrator = history.migrator(engine, metadata=_models(), process_revision_directives=none)
    assert await migrator.revision("x", autogenerate=True) == ()
    assert len(await migrator.revision("by hand")) == 1


# --- the place in the graph ---------------------------------------------------------------------------------


@pytest.fixture
def offline(history: Any) -> Any:
    """Give a migrator that has no database: writing an empty revision needs none."""
    (history.location / "versions").mkdir(parents=True)
    return history.migrator()


async def test_revisions_follow_the_head(offline: Any) -> None:
    (first,) = await offline.revision("create users", rev_id="a1")
    (second,) = await offline.revision("add email")
    assert first.path.name == "a1_create_users.py"
    assert first.revision.down_revisions == ()
    assert second.revision.down_revisions == ("a1",)
    assert [one.revision.revision for one in await offline.heads()] == [second.revision.revision]


async def test_a_second_branch_must_be_asked_for(offline: Any) -> None:
    await offline.revision(rev_id="a1")
    await offline.revision(rev_id="b1")
    with pytest.raises(NotAHeadError) as caught:
        await offline.revision(head="a1")
    assert str(caught.value) == (
        "Revision 'a1' is not a head: 'b1' continues it. "
        "Name a head with --head, or pass --splice to begin a second branch here."
    )
    await offline.revision(head="a1", splice=True, rev_id="b2", branch_label="side")
    assert {one.revision.revision for one in await offline.heads()} == {"b1", "b2"}
    with pytest.raises(MultipleHeadsError):
        await offline.revision("which one?")
    (after,) = await offline.revision(head="side@head")
    assert after.revision.down_revisions == ("b2",)


async def test_bases_labels_and_dependencies(offline: Any) -> None:
    await offline.revision(rev_id="a1000", branch_label="main")
    (other,) = await offline.revision(
        rev_id="b1000", head="base", branch_label=["side", "second"], depends_on="a10"
    )
    assert other.revision.depends_on == ("a1000",)
    assert other.revision.branch_labels == ("side", "second")
    (third,) = await offline.revision(rev_id="c1000", head="side@head", depends_on=["main"])
    assert third.revision.depends_on == ("main",)
    graph = {one.revision.revision: one for one in await offline.history()}
    assert graph["c1000"].labels == ("second", "side")
    with pytest.raises(DuplicateBranchLabelError):
        await offline.revision(head="base", branch_label="main")
    with pytest.raises(UnknownRevisionError):
        await offline.revision(head="side@head", depends_on="zzz")
    with pytest.raises(DuplicateRevisionError):
        await offline.revision(rev_id="a1000", head="base")
    assert len(await offline.history()) == 3


async def test_merging(offline: Any) -> None:
    await offline.revision(rev_id="a1")
    with pytest.raises(NothingToMergeError) as caught:
        await offline.merge()
    assert str(caught.value) == (
        "There is nothing to merge: only 'a1' was found, and a merge joins two or more. "
        "`async-migrate heads` lists the heads."
    )
    await offline.revision(rev_id="b1")
    await offline.revision(rev_id="b2", head="a1", splice=True)
    with pytest.raises(RepeatedParentError) as repeated:
        await offline.merge(["b1", "b1"])
    assert str(repeated.value) == (
        "'b1' is named more than once as a parent of the new revision. Name each once."
    )
    merged = await offline.merge(message="join")
    assert set(merged.revision.down_revisions) == {"b1", "b2"}
    assert [one.is_merge_point for one in await offline.heads()] == [True]


async def test_a_command_that_needs_a_database_says_so(offline: Any) -> None:
    with pytest.raises(NoTargetError) as caught:
        await offline.upgrade()
    assert str(caught.value) == (
        'There is no database to work on. Set url in the configuration (url = "sqlite+aiosqlite:///app.db", or '
        'url = "env:DATABASE_URL"), or pass an engine, a connection or a URL.'
    )


async def test_an_empty_revision_runs(engine: AsyncEngine, history: Any) -> None:
    (history.location / "versions").mkdir(parents=True)
    migrator = Migrator(engine, location=history.location)
    await migrator.revision("nothing yet")
    assert len((await migrator.upgrade()).applied) == 1
    assert len((await migrator.downgrade("base")).applied) == 1
