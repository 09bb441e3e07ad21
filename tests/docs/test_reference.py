"""The reference pages: generated, complete, and what they would be if they were generated now."""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from async_migrate import Operations
from async_migrate.operations.abstract import directives_of

if TYPE_CHECKING:
    from types import ModuleType

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_are_up_to_date(generate: ModuleType) -> None:
    stale = [
        path.name for path, text in generate.pages().items() if not path.exists() or path.read_text() != text
    ]
    assert stale == [], "run: python docs/generate.py"


def test_every_directive_stands_on_one_page(generate: ModuleType) -> None:
    listed = Counter(name for _, directives in generate.GROUPS.values() for name in directives)
    assert {name for name, count in listed.items() if count > 1} == set()
    public = {name for name in directives_of(Operations) if not name.startswith("_")}
    inside = {"migration_context", "check_task", "custom_implementation", "batch_class", "label"}
    assert public - inside - set(listed) == set()


def test_links_between_pages_lead_somewhere() -> None:
    pages = [
        *DOCS.rglob("*.md"),
        DOCS.parent / "README.md",
        DOCS.parent / "examples" / "fastapi_app" / "README.md",
    ]
    missing = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert missing == []
