"""Words to a value: what a command line asks for, or what to answer without running anything.

Parsing prints nothing and exits nowhere: typer is driven with neither its own output nor its ``sys.exit``, so
that a program can call the command line with streams of its own, many times.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

import typer
import typer.core

from async_migrate.cli.session import GlobalOptions, Session
from async_migrate.errors import did_you_mean

__all__ = ["PROGRAM", "Answer", "Command", "CommandParser", "GroupParser", "Request", "finish", "parse"]

PROGRAM = "async-migrate"

Command: TypeAlias = Callable[[Session], Awaitable[int]]
"""What a sub-command does, its own arguments bound; it returns the exit code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command line that makes sense.

    Attributes:
        options: What was said before the name of the command.
        command: What to run.
    """

    options: GlobalOptions
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to say where nothing has to run: help, the version, or what is wrong with the command line.

    Attributes:
        text: What to print: to standard error where the exit code is not 0.
        exit_code: What to return.
    """

    text: str
    exit_code: int


class _FinishedError(Exception):
    """Carries an answer out of the middle of typer."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(text)


# Typer used click, and now has a copy of it inside. In both, this is the base of all errors about wrong usage,
# and typer exports only one that is derived from it.
_UsageError = cast("type[typer.BadParameter]", typer.BadParameter.__mro__[1])


def parse(arguments: Sequence[str], application: typer.Typer) -> Request | Answer:
    """Take a command line apart; an empty one gets the help, and counts as wrong usage."""
    group = typer.main.get_command(application)
    try:
        with group.make_context(PROGRAM, list(arguments) or ["--help"]) as context:
            command = group.invoke(context)
            return Request(options=context.obj, command=command)
    except _FinishedError as finished:
        return Answer(text=finished.text, exit_code=0 if arguments else 2)
    except _UsageError as error:
        return Answer(text=_wrong_usage(error), exit_code=2)


def finish(text: str) -> None:
    """End the parsing with a text to print; for options such as ``--version``."""
    raise _FinishedError(text)


def _wrong_usage(error: typer.BadParameter) -> str:
    words = f"Error: {error.format_message()}"
    if error.ctx is None:
        return words
    return f"{error.ctx.get_usage()}\nTry '{error.ctx.command_path} --help' for help.\n\n{words}"


class _Answering:
    """What the program and its commands have in common: help is an answer, an error knows its command."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Parse the arguments; an option without its value is reported without a context otherwise."""
        try:
            return super().parse_args(ctx, args)  # type: ignore[misc]  # of the typer class behind this one
        except _UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option, its action replaced."""
        option = super().get_help_option(ctx)  # type: ignore[misc]  # as above
        if option is not None:
            option.callback = _answer_help
            option.help = "Show this message."
        return option


def _answer_help(context: typer.Context, _: object, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        finish(context.get_help())


class GroupParser(_Answering, typer.core.TyperGroup):
    """The program itself; a command may be written with underscores, as Alembic spells two of them."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of that name."""
        return super().get_command(ctx, cmd_name.replace("_", "-"))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that the arguments begin with."""
        if self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            ctx.fail(f"There is no command {args[0]!r}.{did_you_mean(args[0], self.commands)}")
        return super().resolve_command(ctx, args)


_COUNT_BACK = re.compile(r"-[0-9]+")


class CommandParser(_Answering, typer.core.TyperCommand):
    """One command; ``-1`` is an argument to it, the revision before, and not an option."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Parse the arguments of the command."""
        if any(_COUNT_BACK.fullmatch(word) for word in args):
            args = _positionals_last(args, taking_value=_options_with_value(self.get_params(ctx)))
        return super().parse_args(ctx, args)


def _options_with_value(parameters: Sequence[Any]) -> frozenset[str]:
    options = [each for each in parameters if each.param_type_name == "option" and not each.is_flag]
    return frozenset(name for option in options for name in option.opts)


def _positionals_last(words: Sequence[str], *, taking_value: frozenset[str]) -> list[str]:
    """Put ``--`` and the positional words behind the options, so that none of them looks like one."""
    options: list[str] = []
    positionals: list[str] = []
    rest: Iterator[str] = iter(words)
    for word in rest:
        if word == "--":
            positionals.extend(rest)
        elif not word.startswith("-") or word == "-" or _COUNT_BACK.fullmatch(word):
            positionals.append(word)
        else:
            options.append(word)
            if word in taking_value:
                options.extend([value for value in [next(rest, None)] if value is not None])
    return [*options, "--", *positionals]
