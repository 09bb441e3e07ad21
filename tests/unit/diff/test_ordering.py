"""In which order tables come and go."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from async_migrate.diff.from_metadata import snapshot_of
from async_migrate.diff.ordering import CreationOrder, creation_order
from async_migrate.diff.snapshot import ForeignKey, TableSnapshot


def table(name: str, *referred: str, use_alter: bool = False, parents: tuple[str, ...] = ()) -> TableSnapshot:
    keys = tuple(
        ForeignKey(
            name=f"{name}_{to}",
            columns=(to,),
            referred=(None, to),
            referred_columns=("id",),
            use_alter=use_alter,
        )
        for to in referred
    )
    inherited = tuple((None, parent) for parent in parents)
    return TableSnapshot(schema=None, name=name, columns={}, foreign_keys=keys, parents=inherited)


def names(order: CreationOrder) -> list[str]:
    return [each.name for each in order.tables]


def put_off(order: CreationOrder) -> list[str]:
    return sorted(str(key.name) for keys in order.put_off.values() for key in keys)


@pytest.mark.parametrize(
    ("tables", "expected", "late"),
    [
        ([table("b"), table("a")], ["a", "b"], []),
        ([table("a", "b"), table("b", "c"), table("c")], ["c", "b", "a"], []),
        ([table("a", "a")], ["a"], []),
        ([table("a", "elsewhere")], ["a"], []),
        ([table("a", "b"), table("b", "a")], ["a", "b"], ["a_b"]),
        ([table("a", "b"), table("b", "c"), table("c", "a")], ["a", "c", "b"], ["a_b"]),
        ([table("a", "b"), table("b", "a"), table("c", "a", "b")], ["a", "b", "c"], ["a_b"]),
        ([table("a", "b", "z"), table("b", "a"), table("z")], ["z", "a", "b"], ["a_b"]),
        ([table("a", "b", use_alter=True), table("b")], ["a", "b"], ["a_b"]),
        ([table("part", parents=("whole",)), table("whole")], ["whole", "part"], []),
    ],
    ids=["name", "chain", "itself", "outside", "two", "three", "below", "above", "use_alter", "partition"],
)
def test_order(tables: list[TableSnapshot], expected: list[str], late: list[str]) -> None:
    for given_order in (tables, tables[::-1]):
        order = creation_order(given_order)
        assert (names(order), put_off(order)) == (expected, late)


def test_where_keys_cannot_be_added_later_they_stay() -> None:
    order = creation_order([table("a", "b"), table("b", "a", use_alter=True)], can_put_off=False)
    assert (sorted(names(order)), put_off(order)) == (["a", "b"], [])


graphs = st.dictionaries(
    st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=4, unique=True), max_size=8
)


@given(graphs)
def test_every_key_finds_its_table_or_is_put_off(graph: dict[str, list[str]]) -> None:
    order = creation_order([table(name, *referred) for name, referred in graph.items()])
    there: set[str] = set()
    for each in order.tables:
        late = order.put_off.get(each.key, ())
        for key in each.foreign_keys:
            target = key.referred[1]
            assert key in late or target not in graph or target in there or target == each.name
        there.add(each.name)
    assert there == set(graph)


@given(graphs)
def test_without_circles_it_is_sqlalchemys_own_order(graph: dict[str, list[str]]) -> None:
    acyclic = {name: [to for to in referred if to < name] for name, referred in graph.items()}
    metadata = sa.MetaData()
    for name, referred in acyclic.items():
        keys = [sa.Column(to, sa.ForeignKey(f"{to}.id")) for to in referred if to in acyclic]
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *keys)
    snapshot = snapshot_of(metadata, postgresql.dialect())
    order = creation_order(snapshot.tables.values())
    assert names(order) == [each.name for each in metadata.sorted_tables]
    assert not order.put_off
