"""The FastAPI example, through an ASGI client: its lifespan migrates, and what it serves is in the database."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from async_migrate import Migrator

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE = Path(__file__).parents[2] / "examples" / "fastapi_app"


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(EXAMPLE)
    yield importlib.import_module("app.main")
    for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
        del sys.modules[name]


async def test_the_application_migrates_and_serves(example: Any, database_url: str) -> None:
    application = example.create_app(database_url)
    async with application.router.lifespan_context(application):
        applied = [step.revision for step in application.state.migration.applied]
        assert applied == ["2f6c0d1b7a94", "8b3e5f90c1d2"]
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://example") as client:
            made = await client.post("/notes", json={"title": "Buy milk", "tags": ["home", "food"]})
            assert made.status_code == 201
            number = made.json()["id"]
            read = await client.get(f"/notes/{number}")
            assert read.json() == {"id": number, "title": "Buy milk", "body": "", "tags": ["food", "home"]}
            assert (await client.get("/notes/999")).status_code == 404


async def test_a_second_start_finds_nothing_to_do(example: Any, database_url: str) -> None:
    for expected in (2, 0):
        application = example.create_app(database_url)
        async with application.router.lifespan_context(application):
            assert len(application.state.migration.applied) == expected


async def test_the_revisions_give_what_the_models_ask_for(example: Any, database_url: str) -> None:
    models = importlib.import_module("app.models")
    migrator = Migrator(database_url, location=EXAMPLE / "migrations", metadata=models.Base.metadata)
    await migrator.upgrade()
    assert (await migrator.check()).changes == ()
    await migrator.downgrade("base")
    assert (await migrator.status()).current == frozenset()
