"""The whole way through the console script, on every kind of database, as the README promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Outcome
    from sqlalchemy.ext.asyncio import AsyncEngine

MODELS = """\
from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))
"""
EMAIL = "    email: Mapped[str | None] = mapped_column(String(200), index=True)\n"


async def columns(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        return {
            each["name"] for each in await connection.run_sync(lambda sync: inspect(sync).get_columns("user"))
        }


async def test_from_nothing_to_two_revisions_and_back(
    tmp_path: Path, script: Callable[..., Outcome], engine: AsyncEngine
) -> None:
    url = {"DATABASE_URL": engine.url.render_as_string(hide_password=False)}

    def ran(*arguments: str) -> Outcome:
        outcome = script(*arguments, **url)
        assert (outcome.code, outcome.err) == (0, "")
        return outcome

    models = tmp_path / "models.py"
    models.write_text(MODELS, encoding="utf-8")
    ran("init", "migrations", "--url", "env:DATABASE_URL", "--metadata", "models:Base.metadata")
    ran("revision", "--autogenerate", "-m", "create user", "--rev-id", "a1000001")
    assert "Running upgrade <base> -> a1000001, create user" in ran("upgrade", "head").out
    assert await columns(engine) == {"id", "name"}

    models.write_text(MODELS + EMAIL, encoding="utf-8")
    assert script("check", **url).code == 1
    ran("revision", "--autogenerate", "-m", "add email", "--rev-id", "b2000002")
    assert ran("status", "--json").document["pending"][0]["revision"] == "b2000002"
    ran("upgrade", "head")
    assert await columns(engine) == {"id", "name", "email"}
    assert ran("check").lines == ["No changes: the models and the database agree."]
    assert ran("current").lines == ["b2000002 (head)"]

    assert "Running downgrade b2000002 -> a1000001, add email" in ran("downgrade", "-1").out
    assert await columns(engine) == {"id", "name"}
    assert ran("current").lines == ["a1000001"]
