"""The parameters that commands share, each documented once.

The annotations are read while the program runs, so nothing here is imported for type checking only.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

__all__ = [
    "AsJson",
    "BranchLabel",
    "ExitCode",
    "Message",
    "RevisionId",
    "Sql",
    "Tag",
    "Verbose",
]

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
BranchLabel: TypeAlias = Annotated[
    str | None, typer.Option("--branch-label", metavar="LABEL", help="Give the branch that it begins a name.")
]
ExitCode: TypeAlias = Annotated[
    bool, typer.Option("--exit-code", help="Exit with 1 if there is something to apply.")
]
Message: TypeAlias = Annotated[
    str | None, typer.Option("--message", "-m", metavar="TEXT", help="What the revision is about.")
]
RevisionId: TypeAlias = Annotated[
    str | None, typer.Option("--rev-id", metavar="ID", help="The identifier, instead of a new random one.")
]
Sql: TypeAlias = Annotated[
    bool, typer.Option("--sql", help="Print the SQL instead of connecting to a database.")
]
Tag: TypeAlias = Annotated[
    str | None,
    typer.Option("--tag", metavar="TEXT", help="A word for revisions and hooks, read with context.tag."),
]
Verbose: TypeAlias = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show everything about each revision.")
]
