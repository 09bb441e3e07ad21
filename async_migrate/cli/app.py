"""The grammar of the command line: every command, option and argument, with its help.

A function here takes what was written and returns what is to be done, as a function of the session; it does
nothing itself. The commands are imported by the functions that return them, so that ``--help`` loads none.

Typer reads the annotations, so they are evaluated here, unlike in the other modules.
"""

from functools import partial
from typing import Annotated

import typer

from async_migrate.cli.parameters import (
    AsJson,
    BranchLabel,
    ExitCode,
    Message,
    RevisionId,
    Sql,
    Tag,
    Verbose,
)
from async_migrate.cli.parsing import Command, CommandParser, GroupParser, finish
from async_migrate.cli.session import GlobalOptions

__all__ = ["application"]

REVISIONS_HELP = """\
A REVISION is an identifier or the beginning of one, "head", "heads", "base", a branch label, "label@head",
a number of revisions from where the database is ("+2", "-1") or from another one ("ae10+1", "head-1")."""

EXIT_CODES = """\
Exit codes: 0 done, 1 there is something to report (check, current --check-heads, --exit-code), 2 wrong usage
or configuration, 3 failed."""

application = typer.Typer(
    cls=GroupParser,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES,
)


def _show_version(asked: bool) -> None:
    if asked:
        from async_migrate.cli.version import installed_version

        finish(f"async-migrate {installed_version()}")


@application.callback()
def program(
    context: typer.Context,
    *,
    config: Annotated[
        str | None, typer.Option("--config", "-c", metavar="PATH", help="The configuration file, in TOML.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--name", "-n", metavar="SECTION", help="The section of the configuration to use."),
    ] = None,
    x_arguments: Annotated[
        list[str] | None,
        typer.Option("-x", metavar="NAME=VALUE", help="An argument for revisions and hooks; repeatable."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print errors only, and what --json or --sql ask for.")
    ] = False,
    raise_errors: Annotated[
        bool, typer.Option("--raiseerr", help="Show errors with their traceback.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Migrate the schema of a database, with SQLAlchemy and asyncio."""
    context.obj = GlobalOptions(
        config=config,
        name=name,
        x_arguments=tuple(x_arguments or ()),
        quiet=quiet,
        raise_errors=raise_errors,
    )


# --- starting and writing ----------------------------------------------------------------------------------


@application.command(cls=CommandParser)
def init(
    context: typer.Context,
    directory: Annotated[
        str,
        typer.Argument(
            metavar="DIRECTORY", help="The folder for the revisions; it may exist if it is empty."
        ),
    ],
    *,
    template: Annotated[
        str, typer.Option("--template", "-t", metavar="NAME", help="What to start from; see list-templates.")
    ] = "default",
    package: Annotated[
        bool, typer.Option("--package", help="Make the folder and its versions Python packages.")
    ] = False,
    url: Annotated[
        str | None,
        typer.Option(
            "--url", metavar="URL", help="The database to write into the configuration, or env:NAME."
        ),
    ] = None,
    metadata: Annotated[
        str | None,
        typer.Option(
            "--metadata", metavar="MODULE:NAME", help="The models, such as app.models:Base.metadata."
        ),
    ] = None,
) -> Command:
    """Start a project: write its first files."""
    from async_migrate.cli.commands import writing

    if context.obj.config is not None:
        raise typer.BadParameter(
            "init extends pyproject.toml or writes async_migrate.toml. Leave it out; rename the file later.",
            param_hint="--config",
        )
    return partial(
        writing.init, directory=directory, template=template, package=package, url=url, metadata=metadata
    )


@application.command(cls=CommandParser)
def revision(
    *,
    message: Message = None,
    autogenerate: Annotated[
        bool, typer.Option("--autogenerate", help="Fill it with what makes the database equal to the models.")
    ] = False,
    sql: Annotated[
        bool, typer.Option("--sql", help="Do not connect; without --autogenerate nothing connects anyway.")
    ] = False,
    head: Annotated[
        str, typer.Option("--head", metavar="REVISION", help='What it continues; "base" for a new branch.')
    ] = "head",
    splice: Annotated[
        bool, typer.Option("--splice", help="Allow it to continue a revision that is not a head.")
    ] = False,
    branch_label: BranchLabel = None,
    version_path: Annotated[
        str | None,
        typer.Option(
            "--version-path", metavar="PATH", help="The folder for the file, where there are several."
        ),
    ] = None,
    rev_id: RevisionId = None,
    depends_on: Annotated[
        list[str] | None,
        typer.Option("--depends-on", metavar="REVISION", help="What must be applied before it; repeatable."),
    ] = None,
) -> Command:
    """Write a new revision file."""
    from async_migrate.cli.commands import writing

    if sql and autogenerate:
        raise typer.BadParameter(
            "--autogenerate reads a database, which --sql forbids. Leave out one of them.", param_hint="--sql"
        )
    return partial(
        writing.revision,
        message=message,
        autogenerate=autogenerate,
        head=head,
        splice=splice,
        branch_label=branch_label,
        version_path=version_path,
        rev_id=rev_id,
        depends_on=tuple(depends_on or ()),
    )


@application.command(cls=CommandParser)
def merge(
    revisions: Annotated[
        list[str] | None, typer.Argument(metavar="REVISIONS...", help="What to join; all heads by default.")
    ] = None,
    *,
    message: Message = None,
    branch_label: BranchLabel = None,
    rev_id: RevisionId = None,
    splice: Annotated[
        bool, typer.Option("--splice", help="Allow it to join revisions that are not heads.")
    ] = False,
) -> Command:
    """Write a revision file that joins several revisions."""
    from async_migrate.cli.commands import writing

    return partial(
        writing.merge,
        revisions=tuple(revisions or ("heads",)),
        message=message,
        branch_label=branch_label,
        rev_id=rev_id,
        splice=splice,
    )


@application.command(cls=CommandParser)
def edit(
    revision: Annotated[str, typer.Argument(metavar="REVISION", help="Any identifier of a revision.")],
) -> Command:
    """Open a revision file in your editor."""
    from async_migrate.cli.commands import writing

    return partial(writing.edit, revision=revision)


# --- running -----------------------------------------------------------------------------------------------


@application.command(cls=CommandParser, epilog=REVISIONS_HELP)
def upgrade(
    revision: Annotated[
        str, typer.Argument(metavar="REVISION", help="Where to go; with --sql also FROM:TO.")
    ] = "head",
    *,
    sql: Sql = False,
    tag: Tag = None,
) -> Command:
    """Apply revisions, up to the newest one or another."""
    from async_migrate.cli.commands import running

    return partial(running.upgrade, target=revision, sql=sql, tag=tag)


@application.command(cls=CommandParser, epilog=REVISIONS_HELP)
def downgrade(
    revision: Annotated[
        str,
        typer.Argument(metavar="REVISION", help='Where to go, such as "-1" or "base"; with --sql FROM:TO.'),
    ],
    *,
    sql: Sql = False,
    tag: Tag = None,
) -> Command:
    """Take revisions back, down to an earlier one."""
    from async_migrate.cli.commands import running

    return partial(running.downgrade, target=revision, sql=sql, tag=tag)


@application.command(cls=CommandParser, epilog=REVISIONS_HELP)
def stamp(
    revisions: Annotated[
        list[str], typer.Argument(metavar="REVISIONS...", help='What to record; "base" for nothing.')
    ],
    *,
    sql: Sql = False,
    tag: Tag = None,
    purge: Annotated[
        bool, typer.Option("--purge", help="First forget what is recorded, unknown revisions included.")
    ] = False,
) -> Command:
    """Record revisions as applied, without running them."""
    from async_migrate.cli.commands import running

    return partial(running.stamp, targets=tuple(revisions), sql=sql, purge=purge, tag=tag)


@application.command("ensure-version", cls=CommandParser)
def ensure_version(*, sql: Sql = False) -> Command:
    """Create the version table if there is none."""
    from async_migrate.cli.commands import running

    return partial(running.ensure_version, sql=sql)


# --- reading -----------------------------------------------------------------------------------------------


@application.command(cls=CommandParser)
def status(*, exit_code: ExitCode = False, as_json: AsJson = False) -> Command:
    """Show where a database stands, and what is pending."""
    from async_migrate.cli.commands import reading

    return partial(reading.status, exit_code=exit_code, as_json=as_json)


@application.command(cls=CommandParser, epilog=REVISIONS_HELP)
def plan(
    revision: Annotated[str, typer.Argument(metavar="REVISION", help="Where to go.")] = "head",
    *,
    downgrade: Annotated[
        bool, typer.Option("--downgrade", help="Plan a downgrade instead of an upgrade.")
    ] = False,
    exit_code: ExitCode = False,
    as_json: AsJson = False,
) -> Command:
    """Show what an upgrade would do, without doing it."""
    from async_migrate.cli.commands import reading

    return partial(reading.plan, target=revision, downgrade=downgrade, exit_code=exit_code, as_json=as_json)


@application.command(cls=CommandParser)
def current(
    *,
    check_heads: Annotated[
        bool, typer.Option("--check-heads", "-c", help="Exit with 1 if the database is not at every head.")
    ] = False,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> Command:
    """Show the revisions that a database is at."""
    from async_migrate.cli.commands import reading

    return partial(reading.current, check_heads=check_heads, verbose=verbose, as_json=as_json)


@application.command(cls=CommandParser)
def history(
    *,
    revision_range: Annotated[
        str | None,
        typer.Option(
            "--rev-range", "-r", metavar="[FROM]:[TO]", help='Which part; "current" may be one end.'
        ),
    ] = None,
    verbose: Verbose = False,
    indicate_current: Annotated[
        bool, typer.Option("--indicate-current", "-i", help="Mark the revisions that the database is at.")
    ] = False,
    as_json: AsJson = False,
) -> Command:
    """List the revisions, newest first."""
    from async_migrate.cli.commands import reading

    return partial(
        reading.history,
        revision_range=revision_range,
        indicate_current=indicate_current,
        verbose=verbose,
        as_json=as_json,
    )


@application.command(cls=CommandParser)
def heads(
    *,
    verbose: Verbose = False,
    resolve_dependencies: Annotated[
        bool, typer.Option("--resolve-dependencies", help="Leave out heads that another revision depends on.")
    ] = False,
    as_json: AsJson = False,
) -> Command:
    """List the revisions that no other one continues."""
    from async_migrate.cli.commands import reading

    return partial(reading.heads, resolve_dependencies=resolve_dependencies, verbose=verbose, as_json=as_json)


@application.command(cls=CommandParser)
def branches(*, verbose: Verbose = False, as_json: AsJson = False) -> Command:
    """List the revisions that several others continue."""
    from async_migrate.cli.commands import reading

    return partial(reading.branches, verbose=verbose, as_json=as_json)


@application.command(cls=CommandParser, epilog=REVISIONS_HELP)
def show(
    revision: Annotated[
        str, typer.Argument(metavar="REVISION", help='Any identifier; "current" asks the database.')
    ],
    *,
    as_json: AsJson = False,
) -> Command:
    """Show everything about a revision."""
    from async_migrate.cli.commands import reading

    return partial(reading.show, revision=revision, as_json=as_json)


@application.command(cls=CommandParser)
def check(*, as_json: AsJson = False) -> Command:
    """Show how models and database differ, if they do."""
    from async_migrate.cli.commands import reading

    return partial(reading.check, as_json=as_json)


@application.command("list-templates", cls=CommandParser)
def list_templates(*, as_json: AsJson = False) -> Command:
    """List what init can start a project from."""
    from async_migrate.cli.commands import reading

    return partial(reading.list_templates, as_json=as_json)
