"""The commands, and what happens when one fails: a message that names the thing and the way out, and its exit code."""

import importlib
import importlib.util
import os
import signal
import sys
from typing import NoReturn

import click

from factdrift import __version__
from factdrift.errors import FactdriftError
from factdrift.log import setup_logging

# Command -> module that holds it, imported when it is called: `--help` must not wait for Prefect or DuckDB.
_COMMANDS = {
    "demo": ("running", "demo"),
    "run": ("running", "run"),
    "serve": ("running", "serve"),
    "facts": ("asking", "facts"),
    "changes": ("asking", "changes"),
    "why": ("asking", "why"),
    "status": ("asking", "status"),
    "candidates": ("asking", "candidates"),
    "sql": ("querying", "sql"),
    "review": ("reviewing", "review"),
    "check": ("checking", "check"),
    "extract": ("extracting", "extract"),
    "eval": ("evaluating", "evaluate_pages"),
    "verify": ("keeping", "verify"),
    "rebuild": ("keeping", "rebuild"),
    "reread": ("keeping", "reread"),
    "export": ("keeping", "export"),
    "backup": ("keeping", "backup"),
    "restore": ("keeping", "restore"),
    "compact": ("keeping", "compact"),
}
_HELP = {
    "demo": "Run the real thing on recorded news, offline.",
    "run": "Watch the configured topics once.",
    "serve": "Watch on the configured schedule until stopped.",
    "facts": "What stands, on both tracks.",
    "changes": "What changed, newest first, with the sentence.",
    "why": "Every sentence about a fact, and what it did.",
    "status": "Sources, last runs, what was not read.",
    "candidates": "Claims that fit no fact, and the YAML to track them.",
    "sql": "Ask the history in SQL.",
    "review": "What waits for a person; accept, reject, note, undo.",
    "check": "Check config.yaml and the topic files.",
    "extract": "Read pages (JSONL) for claims.",
    "eval": "Score the reader against labelled pages.",
    "verify": "Check every claim, the fold and the hash chain.",
    "rebuild": "Fold all claims into a new file and compare.",
    "reread": "Read the stored articles again with this version.",
    "export": "Write the history to Parquet and CSV.",
    "backup": "Copy the database to a file.",
    "restore": "Put a backup in place of the database.",
    "compact": "Rewrite the file in less space.",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in _COMMANDS if _exists(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS or not _exists(cmd_name):
            return None
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"factdrift.cli.{module}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, _HELP[name]) for name in self.list_commands(ctx)])


def _exists(name: str) -> bool:
    return importlib.util.find_spec(f"factdrift.cli.{_COMMANDS[name][0]}") is not None


def _show_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    """The version, and whether the reader of sentences was compiled where this was built."""
    if asked:
        reader = importlib.util.find_spec("factdrift.facts.extract.reader")
        compiled = reader is not None and not str(reader.origin).endswith(".py")
        click.echo(f"factdrift {__version__} (reader {'compiled' if compiled else 'interpreted'})")
        ctx.exit()


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version."
)
@click.option("--verbose", is_flag=True, help="More events on stderr.")
def cli(verbose: bool) -> None:
    """factdrift tells you when something you believe stops being true, and shows you the sentence that says so.

    Start with `factdrift demo`.
    """
    setup_logging(verbose=verbose)


def main() -> NoReturn:
    """Run the command line; never shows a traceback for an error that was foreseen."""
    try:
        code = cli(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except FactdriftError as exc:
        _fail(str(exc), exc.exit_code)
    except click.UsageError as exc:
        _fail(f"{exc.format_message()}\n  see `factdrift {_path(exc)}--help`", 2)
    except click.ClickException as exc:
        _fail(exc.format_message(), 2)
    except (click.Abort, KeyboardInterrupt):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not break the orderly end
        _fail("stopped; what was saved is whole", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _path(exc: click.UsageError) -> str:
    name = exc.ctx.info_name if exc.ctx and exc.ctx.parent else ""
    return f"{name} " if name else ""


def _fail(text: str, code: int) -> NoReturn:
    click.echo(f"factdrift: {text}", err=True)
    sys.exit(code)
