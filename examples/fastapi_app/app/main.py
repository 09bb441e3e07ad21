"""Notes with tags. The database is brought to the newest revision while the application starts."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import selectinload

from async_migrate import migrate_to_head

from .models import Note, Tag

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


class NoteIn(BaseModel):
    title: str
    body: str = ""
    tags: list[str] = []


class NoteOut(NoteIn):
    id: int


def create_app(url: str | None = None) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = create_async_engine(url or os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///notes.db"))
        app.state.migration = await migrate_to_head(engine, location=MIGRATIONS)
        app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
        yield
        await engine.dispose()

    app = FastAPI(title="Notes", lifespan=lifespan)

    async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
        async with request.app.state.sessions() as opened, opened.begin():
            yield opened

    @app.post("/notes", status_code=201)
    async def create_note(given: NoteIn, session: Annotated[AsyncSession, Depends(open_session)]) -> NoteOut:
        note = Note(title=given.title, body=given.body, tags=[Tag(name=name) for name in given.tags])
        session.add(note)
        await session.flush()
        return NoteOut(id=note.id, **given.model_dump())

    @app.get("/notes/{note_id}")
    async def read_note(note_id: int, session: Annotated[AsyncSession, Depends(open_session)]) -> NoteOut:
        found = await session.scalar(select(Note).where(Note.id == note_id).options(selectinload(Note.tags)))
        if found is None:
            raise HTTPException(404, "There is no such note.")
        return NoteOut(
            id=found.id, title=found.title, body=found.body, tags=sorted(tag.name for tag in found.tags)
        )

    return app


app = create_app()
