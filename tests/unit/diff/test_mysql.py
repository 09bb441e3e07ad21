"""What MySQL and MariaDB say in other words than the models, and what InnoDB adds by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.types import INTEGER

from async_migrate.diff.compare import diff
from async_migrate.diff.dialects import rules_for
from async_migrate.diff.from_metadata import snapshot_of
from async_migrate.diff.snapshot import (
    ColumnSnapshot,
    ForeignKey,
    Index,
    IndexTerm,
    Snapshot,
    TableSnapshot,
    Unique,
)

if TYPE_CHECKING:
    from async_migrate.operations.containers import UpgradeOps

RULES = rules_for("mariadb")
DIALECT = mysql.dialect()


@pytest.mark.parametrize(
    ("compiled", "reported", "same"),
    [
        ("FLOAT(24)", "FLOAT", True),
        ("FLOAT(25)", "DOUBLE", True),
        ("FLOAT(25)", "FLOAT", False),
        ("FLOAT", "DOUBLE", False),
        ("REAL", "DOUBLE", True),
        ("FLOAT(7, 3)", "FLOAT(7, 3)", True),
        ("FLOAT(7, 3)", "FLOAT(7, 4)", False),
    ],
)
def test_floats(compiled: str, reported: str, same: bool) -> None:
    assert RULES.same_type_text(RULES.type_text(compiled), RULES.type_text(reported)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("now()", "current_timestamp()", True),
        ("CURRENT_TIMESTAMP", "current_timestamp()", True),
        ("CURRENT_TIMESTAMP(6)", "current_timestamp(6)", True),
        ("CURRENT_TIMESTAMP(6)", "current_timestamp(3)", False),
        ("now() ON UPDATE now()", "current_timestamp() ON UPDATE current_timestamp()", True),
        ("CURRENT_TIMESTAMP", "current_timestamp() ON UPDATE current_timestamp()", False),
        ("CURRENT_DATE", "curdate()", True),
        ("true", "1", True),
        ("false", "1", False),
        ("'now()'", "'current_timestamp'", False),
        ("'a b'", "'ab'", False),
        ("'A'", "'a'", False),
        ("lower(`name`)", "lcase(name)", True),
        ("uuid()", "uuid", False),
    ],
)
def test_defaults(one: str, other: str, same: bool) -> None:
    assert (RULES.normalized_default(one) == RULES.normalized_default(other)) is same


@pytest.mark.parametrize(
    ("option", "one", "other", "changed"),
    [
        ("length", {"a": 5}, {"a": "5"}, False),
        ("length", {"a": 5}, {"a": 6}, True),
        ("length", {"a": 5, "b": 6}, {"a": 6, "b": 5}, True),
        ("length", {"a": 5, "b": 5}, 5, False),
        ("length", {"a": 5, "b": 6}, 5, True),
        ("length", 5, None, True),
        ("length", None, None, False),
        ("prefix", "FULLTEXT", "fulltext", False),
        ("prefix", "FULLTEXT", None, True),
        ("using", None, "btree", False),
        ("using", "HASH", None, True),
    ],
)
def test_options_of_an_index(option: str, one: object, other: object, changed: bool) -> None:
    assert RULES.option_changed(option, one, other) is changed


# --- indexes below foreign keys -----------------------------------------------------------------------------

KEY = ForeignKey(name="fk", columns=("p",), referred=(None, "parent"), referred_columns=("id",))
MADE_BY_KEY = Index(name="fk", terms=(IndexTerm(text="p", column="p"),))
OWN = Index(name="ix", terms=(IndexTerm(text="p", column="p"), IndexTerm(text="n", column="n")))


def database(
    *indexes: Index, keys: tuple[ForeignKey, ...] = (KEY,), uniques: tuple[Unique, ...] = ()
) -> Snapshot:
    columns = {
        name: ColumnSnapshot(name=name, type=INTEGER(), type_text="INTEGER(11)") for name in ("p", "n")
    }
    child = TableSnapshot(
        schema=None, name="child", columns=columns, foreign_keys=keys, indexes=indexes, uniques=uniques
    )
    return Snapshot(tables={child.key: child}, dialect=DIALECT)


def models(*items: sa.schema.SchemaItem, key: bool = True) -> Snapshot:
    metadata = sa.MetaData()
    reference = [sa.ForeignKeyConstraint(["p"], ["parent.id"], name="fk")] if key else []
    sa.Table("child", metadata, sa.Column("p", sa.Integer), sa.Column("n", sa.Integer), *reference, *items)
    return snapshot_of(metadata, DIALECT)


def lines(operations: UpgradeOps) -> list[str]:
    return [f"{kind} {getattr(item, 'name', item)}" for kind, item, *_ in operations.as_diffs()]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (database(MADE_BY_KEY), models(), []),
        (database(OWN), models(), []),
        (database(OWN, keys=()), models(key=False), ["remove_index ix"]),
        (database(OWN), models(key=False), ["remove_fk fk", "remove_index ix"]),
        (database(MADE_BY_KEY), models(sa.Index("ix", "p")), ["add_index ix"]),
        (database(OWN), models(sa.Index("ix", "p", "n")), []),
        (database(OWN), models(sa.Index("ix", "n")), ["remove_index ix", "add_index ix"]),
    ],
    ids=[
        "the key made it",
        "the key needs it",
        "no key",
        "the key goes first",
        "another is wanted",
        "both have it",
        "both have one of that name",
    ],
)
def test_an_index_that_a_foreign_key_needs(before: Snapshot, after: Snapshot, changes: list[str]) -> None:
    assert lines(diff(before, after)) == changes


def test_a_table_goes_after_the_keys_that_its_indexes_are_below() -> None:
    nothing = snapshot_of(sa.MetaData(), DIALECT)
    operations = diff(database(MADE_BY_KEY, OWN), nothing)
    assert lines(operations) == ["remove_fk fk", "remove_index ix", "remove_table child"]
    table = operations.as_diffs()[-1][1]
    assert table.foreign_key_constraints == set()
    assert lines(diff(database(MADE_BY_KEY), nothing)) == ["remove_table child"]


@pytest.mark.parametrize(
    ("index", "changes"),
    [
        (Index(name="uq", terms=OWN.terms, unique=True), ["remove_table child"]),
        (
            Index(name="uq", terms=OWN.terms, unique=True, options={"length": {"p": 3}}),
            ["remove_index uq", "remove_table child"],
        ),
    ],
    ids=["a constraint", "more than a constraint"],
)
def test_what_is_reported_twice_comes_back_once(index: Index, changes: list[str]) -> None:
    unique = Unique(name="uq", columns=("p", "n"), duplicates_index=True)
    operations = diff(database(index, keys=(), uniques=(unique,)), snapshot_of(sa.MetaData(), DIALECT))
    assert lines(operations) == changes
    table = operations.as_diffs()[-1][1]
    constraints = [each for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    assert len(constraints) + changes.count("remove_index uq") == 1
