"""Results as JSON, for programs: one document for each command, with keys that stay.

A document is always an object, so that a later version can add a key without breaking who reads it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

from async_migrate.cli.text import leaves
from async_migrate.history.describe import summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from async_migrate.history.entry import RevisionEntry
    from async_migrate.history.plan import Plan, Step
    from async_migrate.history.revision import Revision
    from async_migrate.operations.base import MigrateOperation
    from async_migrate.results import CheckResult, Status
    from async_migrate.scripts.scaffold import Template

__all__ = [
    "Document",
    "check_document",
    "dumped",
    "entries_document",
    "plan_document",
    "status_document",
    "templates_document",
]

Document: TypeAlias = "dict[str, object]"


def dumped(document: Document) -> str:
    """Return a document as text."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def entries_document(entries: Iterable[RevisionEntry], **facts: object) -> Document:
    """Return a list of revisions with their places in the graph."""
    return {**facts, "revisions": [_entry(entry) for entry in entries]}


def plan_document(plan: Plan) -> Document:
    """Return what would be done."""
    return {
        "heads_before": sorted(plan.heads_before),
        "heads_after": sorted(plan.heads_after),
        "steps": [_step(step) for step in plan.steps],
    }


def status_document(status: Status) -> Document:
    """Return where a database stands."""
    return {
        "url": status.url,
        "at_head": status.at_head,
        "current": sorted(status.current),
        "expected": sorted(status.expected),
        "pending": [_revision(revision) for revision in status.pending],
    }


def check_document(result: CheckResult) -> Document:
    """Return how models and database differ."""
    changes = zip(leaves(result.operations), result.changes, strict=True)
    return {
        "up_to_date": result.up_to_date,
        "changes": [_change(operation, description) for operation, description in changes],
    }


def templates_document(templates: Iterable[Template]) -> Document:
    """Return the templates with what each is for."""
    return {"templates": [{"name": each.name, "summary": each.summary} for each in templates]}


def _change(operation: MigrateOperation, description: str) -> Document:
    return {
        "operation": operation.visit_name,
        "schema": getattr(operation, "schema", None),
        "table": getattr(operation, "table_name", None),
        "description": description,
    }


def _revision(revision: Revision) -> Document:
    return {
        "revision": revision.revision,
        "down_revisions": list(revision.down_revisions),
        "depends_on": list(revision.depends_on),
        "message": summary(revision),
        "doc": revision.doc,
        "path": None if revision.path is None else str(revision.path),
    }


def _entry(entry: RevisionEntry) -> Document:
    return {
        **_revision(entry.revision),
        "branch_labels": list(entry.labels),
        "children": list(entry.children),
        "is_base": entry.is_base,
        "is_head": entry.is_head,
        "is_effective_head": entry.is_effective_head,
        "is_branch_point": entry.is_branch_point,
        "is_merge_point": entry.is_merge_point,
        "is_current": entry.is_current,
    }


def _step(step: Step) -> Document:
    return {
        **_revision(step.revision),
        "direction": str(step.direction),
        "heads_before": sorted(step.heads_before),
        "heads_after": sorted(step.heads_after),
    }
