"""What text cannot decide: the questions a comparison would put to the server, and what to do with the answers.

A server rewords expressions beyond what spelling rules can undo: ``a IN (1, 2)`` comes back as ``= ANY (ARRAY[1, 2])``,
``'false'`` as ``false``. Instead of guessing, the models' expression is given to the server too, and both wordings
are compared. This module finds the few that need it; asking is ``database.inspect.canonical``'s part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from async_migrate.diff.dialects import rules_for
from async_migrate.diff.index_sql import parse_index
from async_migrate.diff.snapshot import Index, SqlText

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from async_migrate.diff.rules import DialectRules
    from async_migrate.diff.snapshot import (
        Check,
        ColumnSnapshot,
        Exclude,
        Snapshot,
        TableKey,
        TableSnapshot,
    )

__all__ = ["Answers", "Question", "QuestionKind", "answered", "questions"]

QuestionKind: TypeAlias = Literal["type", "default", "generated", "check", "exclude", "index"]


@dataclass(frozen=True, slots=True)
class Question:
    """How would the server word this?

    Attributes:
        kind: What it is.
        table: The table it belongs to, which exists.
        place: The column's name, or the position among the table's CHECKs, EXCLUDEs or indexes.
        sql: The expression, or the definition behind the name of an index or constraint.
        type: The type of the column in the database, for a default and a generated column.
    """

    kind: QuestionKind
    table: TableKey
    place: str | int
    sql: str
    type: str = ""


Answers: TypeAlias = "Mapping[Question, str]"
"""The server's wording; a question that it refused is missing."""


def questions(database: Snapshot, models: Snapshot) -> list[Question]:
    """Return what the server has to be asked before the two can be compared."""
    rules = rules_for(models.dialect.name)
    return [
        question
        for key, table in models.tables.items()
        if key in database.tables
        for question in _of_table(rules, database.tables[key], table)
    ]


def _of_table(rules: DialectRules, database: TableSnapshot, models: TableSnapshot) -> Iterator[Question]:
    for name, column in models.columns.items():
        existing = database.columns.get(name)
        if existing is not None:
            yield from _of_column(rules, models.key, existing, column)
    yield from _of_checks(rules, database, models)
    yield from _of_excludes(database, models)
    yield from _of_indexes(rules, database, models)


def _of_column(
    rules: DialectRules, key: TableKey, database: ColumnSnapshot, models: ColumnSnapshot
) -> Iterator[Question]:
    declared = database.declared or database.type_text
    if not rules.same_type(database, models) and rules.asks_about_type(models.type_text):
        yield Question("type", key, models.name, models.type_text)
    if database.generated is not None and models.generated is not None:
        if not rules.same_generated(database.generated, models.generated):
            yield Question("generated", key, models.name, models.generated.sql.text, declared)
        return
    if database.default is None or models.default is None or models.default.sql is None:
        return
    if rules.compares_default(database, models) and not rules.same_default(database.default, models.default):
        yield Question("default", key, models.name, models.default.sql.text, declared)


def _of_checks(rules: DialectRules, database: TableSnapshot, models: TableSnapshot) -> Iterator[Question]:
    for position, check in enumerate(models.checks):
        if any(_is_namesake(each, check) and rules.same_check(each, check) for each in database.checks):
            continue
        if any(_is_namesake(each, check) for each in database.checks):
            yield Question("check", models.key, position, check.sql.text)


def _is_namesake(one: Check | Exclude, other: Check | Exclude) -> bool:
    return one.name is None or other.name is None or one.name == other.name


def _of_excludes(database: TableSnapshot, models: TableSnapshot) -> Iterator[Question]:
    for position, exclude in enumerate(models.excludes):
        if any(_is_namesake(each, exclude) for each in database.excludes):
            yield Question("exclude", models.key, position, exclude.sql.text)


def _of_indexes(rules: DialectRules, database: TableSnapshot, models: TableSnapshot) -> Iterator[Question]:
    existing = {index.name: index for index in database.indexes}
    for position, index in enumerate(models.indexes):
        other = existing.get(index.name)
        if other is None or (not _has_expressions(index) and not _has_expressions(other)):
            continue
        if rules.index_changes(other, index):
            yield Question("index", models.key, position, rules.index_definition(index))


def _has_expressions(index: Index) -> bool:
    return index.has_expressions or index.where is not None


def answered(models: Snapshot, answers: Answers) -> Snapshot:
    """Return the models in the server's wording, as far as it gave one."""
    if not answers:
        return models
    rules = rules_for(models.dialect.name)
    tables = dict(models.tables)
    for question, wording in answers.items():
        tables[question.table] = _ANSWERED[question.kind](rules, tables[question.table], question, wording)
    return replace(models, tables=tables)


def _with_column(table: TableSnapshot, column: ColumnSnapshot) -> TableSnapshot:
    return replace(table, columns={**table.columns, column.name: column})


def _type(rules: DialectRules, table: TableSnapshot, question: Question, wording: str) -> TableSnapshot:
    column = table.columns[str(question.place)]
    return _with_column(table, replace(column, type_text=rules.type_text(wording)))


def _default(_: DialectRules, table: TableSnapshot, question: Question, wording: str) -> TableSnapshot:
    column = table.columns[str(question.place)]
    if column.default is None:
        return table
    default = replace(column.default, sql=SqlText(question.sql, canonical=wording))
    return _with_column(table, replace(column, default=default))


def _generated(_: DialectRules, table: TableSnapshot, question: Question, wording: str) -> TableSnapshot:
    column = table.columns[str(question.place)]
    if column.generated is None:
        return table
    generated = replace(column.generated, sql=SqlText(question.sql, canonical=wording))
    return _with_column(table, replace(column, generated=generated))


def _check(_: DialectRules, table: TableSnapshot, question: Question, wording: str) -> TableSnapshot:
    checks = list(table.checks)
    place = int(question.place)
    checks[place] = replace(checks[place], sql=SqlText(question.sql, canonical=wording))
    return replace(table, checks=tuple(checks))


def _exclude(_: DialectRules, table: TableSnapshot, question: Question, wording: str) -> TableSnapshot:
    excludes = list(table.excludes)
    place = int(question.place)
    excludes[place] = replace(excludes[place], sql=SqlText(question.sql, canonical=wording))
    return replace(table, excludes=tuple(excludes))


def _index(rules: DialectRules, table: TableSnapshot, question: Question, wording: str) -> TableSnapshot:
    indexes = list(table.indexes)
    place = int(question.place)
    definition = parse_index(f"CREATE INDEX ON reworded {wording}")
    reworded = Index(
        name=None,
        terms=definition.terms,
        where=SqlText(definition.where) if definition.where else None,
        options=definition.options,
    )
    indexes[place] = replace(indexes[place], canonical=rules.index_definition(reworded))
    return replace(table, indexes=tuple(indexes))


_ANSWERED = {
    "type": _type,
    "default": _default,
    "generated": _generated,
    "check": _check,
    "exclude": _exclude,
    "index": _index,
}
