"""The same two schemas give the same operations in the same order, whatever Python hashes strings to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint
from sqlalchemy.dialects import postgresql
from async_migrate.diff.compare import diff
from async_migrate.diff.from_metadata import snapshot_of
from async_migrate.render import render

def schema(names, columns):
    metadata = MetaData()
    for name in names:
        Table(
            name,
            metadata,
            Column("id", Integer, primary_key=True),
            *[Column(column, Integer, index=True) for column in columns],
            *[Column(f"to_{other}", ForeignKey(f"{other}.id", name=f"fk_{name}_{other}")) for other in names],
            *[UniqueConstraint(column, name=f"uq_{name}_{column}") for column in columns],
        )
    return snapshot_of(metadata, postgresql.dialect())

before, after = schema("abcdef", ["p", "q", "r"]), schema("defghi", ["q", "r", "s", "t"])
print(render(diff(before, after), dialect=postgresql.dialect()))
"""


def output(seed: int) -> str:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_does_not_depend_on_hashes(seed: int) -> None:
    assert "create_foreign_key" in output(0)
    assert output(seed) == output(0)
