"""In which order tables are created and dropped.

The order is that of ``MetaData.sorted_tables``: a table after those it refers to, otherwise by schema and name. Where
tables refer to each other in a circle, as few foreign keys as a simple rule finds are put off: they are added when
all tables are there, and dropped before the first table goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from async_migrate.diff.snapshot import ForeignKey, TableKey, TableSnapshot

__all__ = ["CreationOrder", "creation_order", "sort_key"]


@dataclass(frozen=True, slots=True)
class CreationOrder:
    """An order of creation; dropped is in the opposite one.

    Attributes:
        tables: The tables, each after those that its own foreign keys need.
        put_off: By table, the foreign keys that cannot be part of its creation.
    """

    tables: tuple[TableSnapshot, ...]
    put_off: Mapping[TableKey, tuple[ForeignKey, ...]]


def sort_key(key: TableKey) -> tuple[str, str]:
    """Return what tables are sorted by: unqualified ones first."""
    return (key[0] or "", key[1])


def creation_order(tables: Iterable[TableSnapshot], *, can_put_off: bool = True) -> CreationOrder:
    """Return the order in which tables can be created.

    Args:
        tables: The tables to create, in any order.
        can_put_off: Whether a foreign key can be added to a table that exists; where it cannot (SQLite), tables may
            refer to what is not there yet.
    """
    todo = {table.key: table for table in sorted(tables, key=lambda table: sort_key(table.key))}
    needs = {key: _needs(table, todo) for key, table in todo.items()}
    put_off: dict[TableKey, tuple[ForeignKey, ...]] = {}
    if can_put_off:
        for key, table in todo.items():
            late = tuple(each for each in table.foreign_keys if each.use_alter)
            if late:
                _put_off(key, late, table, needs, put_off)
    ordered: list[TableSnapshot] = []
    while todo:
        ready = [key for key in todo if not needs[key] & todo.keys()]
        if not ready:
            _break_circle(todo, needs, put_off, record=can_put_off)
        ordered += [todo.pop(key) for key in ready]
    return CreationOrder(tuple(ordered), put_off)


def _needs(table: TableSnapshot, among: Mapping[TableKey, TableSnapshot]) -> set[TableKey]:
    needed = {key.referred for key in table.foreign_keys} | {*table.parents}
    return (needed & among.keys()) - {table.key}


def _put_off(
    key: TableKey,
    late: Sequence[ForeignKey],
    table: TableSnapshot,
    needs: dict[TableKey, set[TableKey]],
    put_off: dict[TableKey, tuple[ForeignKey, ...]],
) -> None:
    put_off[key] = tuple(each for each in table.foreign_keys if each in late or each in put_off.get(key, ()))
    kept = {each.referred for each in table.foreign_keys if each not in put_off[key]}
    needs[key] &= kept | {*table.parents}


def _break_circle(
    todo: Mapping[TableKey, TableSnapshot],
    needs: dict[TableKey, set[TableKey]],
    put_off: dict[TableKey, tuple[ForeignKey, ...]],
    *,
    record: bool,
) -> None:
    """Put off the foreign keys by which one table of a circle needs the others, the table with the fewest."""
    circle = _a_circle(todo, needs)
    key = min(circle, key=lambda each: (len(needs[each] & {*circle}), sort_key(each)))
    missing = needs[key] & {*circle}
    if record:
        table = todo[key]
        late = [each for each in table.foreign_keys if each.referred in missing]
        _put_off(key, late, table, needs, put_off)
    needs[key] -= missing


def _a_circle(
    todo: Mapping[TableKey, TableSnapshot], needs: Mapping[TableKey, set[TableKey]]
) -> list[TableKey]:
    """Walk along needs until a table comes up again; what lies between is a circle."""
    walked: list[TableKey] = []
    key = next(iter(todo))
    while key not in walked:
        walked.append(key)
        key = min(needs[key] & todo.keys(), key=sort_key)
    return walked[walked.index(key) :]
