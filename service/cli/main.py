"""The command line: thin commands that import what they need only when they run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from feeds.errors import ConfigError, StoreNewer, TidingsError

if TYPE_CHECKING:
    from feeds.config import Config  # pydantic is heavy, and --help needs nothing of it

Command = TypeVar("Command", bound=Callable[..., Any])


class Failure(click.ClickException):
    """An error printed as one line on standard error."""

    def show(self, file: Any = None) -> None:
        from service.cli.messages import print_line

        print_line(f"tidings: {self.message}", err=True)


class ConfigFailure(Failure):
    """The configuration or the store cannot be used: exit code 78, EX_CONFIG of sysexits(3)."""

    exit_code = 78


class Commands(click.Group):
    """Turn our own errors, and those of the operating system, into a `Failure`."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ConfigError, StoreNewer) as error:
            raise ConfigFailure(str(error)) from None
        except TidingsError as error:
            raise Failure(str(error)) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            named = f"{error.filename}: " if error.filename else ""
            raise Failure(f"{named}{error.strerror or error}") from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def _load(file: Path) -> Config:
    from feeds import config

    return config.load(file)


configured: Callable[[Command], Command] = click.option(
    "--config",
    "file",
    type=click.Path(path_type=Path, readable=False),  # the program says better what is wrong with it
    default="config.toml",
    envvar="TIDINGS_CONFIG",
    show_default=True,
    show_envvar=True,
    help="The configuration file; paths in it are relative to it.",
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="tidings", message="%(version)s")
def tidings() -> None:
    """Turn newsroom listings that have no feed into Atom, RSS and JSON feeds.

    \b
    tidings preview sources/news.txt   look at what would be read
    tidings check                      look at the configuration
    tidings serve                      read, publish and serve, until Ctrl-C

    Exit codes: 0 all is well, 1 something failed, 2 the command was mistyped, 78 the configuration cannot
    be used.
    """


@tidings.command()
@configured
@click.option("--host", metavar="ADDRESS", help="Listen here instead of server.host.")
@click.option("--port", type=click.IntRange(1, 65535), metavar="PORT", help="Listen here instead of server.port.")
@click.option("--web-only", is_flag=True, help="Serve only; `tidings refresh --loop` is the other half.")
def serve(file: Path, host: str | None, port: int | None, web_only: bool) -> NoReturn:
    """Serve the feeds, and keep them up to date.

    A parent, the web workers and one refresher. If one of them ends, all end: let what started Tidings
    start it again. SIGTERM and Ctrl-C end it in order. A changed configuration is taken up within seconds,
    or at once on SIGHUP; one that is wrong is refused, and the old one stays.
    """
    from service import logs
    from service.config_reload import Settings
    from service.processes import supervisor

    written = _load(file)
    named = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    config = written.model_copy(update={"server": written.server.model_copy(update=named)})
    settings = Settings(file, written, config)
    logs.configure()
    if not web_only:
        sys.exit(supervisor.serve(settings))
    from service.processes import web_server

    web_server.run(settings)
    sys.exit(0)


@tidings.command()
@configured
@click.option("--source", "names", multiple=True, metavar="NAME", help="Only this source; may be repeated.")
@click.option("--loop", is_flag=True, help="Go on reading, each source on its interval, until a signal.")
@click.option("--dry-run", is_flag=True, help="Say what would be published, and publish nothing.")
def refresh(file: Path, names: tuple[str, ...], loop: bool, dry_run: bool) -> NoReturn:
    """Read the sources now and publish what changed.

    Prints one line a source. Exits with 1 if any of them failed; what was published before stays.
    """
    from service import logs
    from service.cli import commands
    from service.config_reload import Settings

    logs.configure("INFO" if loop else "WARNING")
    if dry_run:
        sys.exit(commands.dry_run(_load(file), names))
    sys.exit(commands.refresh(Settings(file, _load(file)), names, loop=loop))


@tidings.command(short_help="Let one reading of a source pass that was held back.")
@configured
@click.argument("source", metavar="SOURCE")
def accept(file: Path, source: str) -> None:
    """Let the next reading of a held source pass; `tidings status` shows why it is held.

    A running server reads the source within seconds; without one, `tidings refresh` does.
    """
    from service.cli import commands

    commands.accept(_load(file), source)


@tidings.command(short_help="Show what would be read from documents; store nothing.")
@click.argument("places", nargs=-1, required=True, metavar="PATH|URL...")
@click.option("--json", "as_json", is_flag=True, help="For a program: one JSON array, an object a document.")
@click.option("--parser", metavar="NAME", help="Read it with this parser instead of the one that fits.")
@click.option("--language", default="en", show_default=True, metavar="TAG", help="What dates are written in.")
@click.option("--base", metavar="URL", help="The address of a saved page, to resolve its relative links.")
@click.option("--source", metavar="NAME", help="Say what it would change as the next reading of this source.")
@configured
def preview(
    file: Path,
    places: tuple[str, ...],
    as_json: bool,
    parser: str | None,
    language: str,
    base: str | None,
    source: str | None,
) -> NoReturn:
    """Show what would be read from a document, field by field, with the lines; store nothing.

    With --source the configuration says how to read it, and what publishing it would do is told.
    """
    from service.cli import commands, preview

    if source is not None:
        sys.exit(commands.preview_as(_load(file), source, places))
    sys.exit(preview.run(places, as_json=as_json, parser=parser, language=language, base=base))


@tidings.command()
@configured
def check(file: Path) -> NoReturn:
    """Report every problem of the configuration at once."""
    from service.cli import commands

    sys.exit(commands.check(file))


@tidings.command(short_help="Write the whole site as files, for a static host.")
@configured
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def export(file: Path, folder: Path) -> None:
    """Write the whole site as files at the same paths, for a static host or a CDN.

    Every file stands there with .gz and .br where they are smaller, its time is its Last-Modified, and it is
    written only if its bytes changed. Pages end in .html, which the host has to add.
    """
    from service.cli import export

    click.echo(export.run(_load(file), folder))


@tidings.command()
@configured
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
def backup(file: Path, target: Path) -> None:
    """Write a verified copy of an SQLite store, even while it is in use."""
    from service.cli import commands

    commands.backup(_load(file), target)


@tidings.command(short_help="Show how each source stands.")
@configured
@click.option("--json", "as_json", is_flag=True, help="For a program, what /status.json says.")
def status(file: Path, as_json: bool) -> None:
    """Show the state of each source: when it was read, the outcome, when it is due."""
    from service.cli import commands

    commands.status(_load(file), as_json=as_json)


@tidings.command(short_help="Ask the running server whether it is alive.")
@configured
@click.option("--port", type=click.IntRange(1, 65535), metavar="PORT", help="Ask this port, not server.port.")
def health(file: Path, port: int | None) -> NoReturn:
    """Check whether the running server is alive; exit with 0 or 1. For a container's health check."""
    from service.cli import commands

    sys.exit(commands.health(_load(file), port))


@tidings.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version

    click.echo(version("tidings"))


def main() -> NoReturn:
    """Run the command line, under the name `tidings` also for `python -m service`."""
    tidings.main(prog_name="tidings")
