"""What the command line can say."""

import argparse
from enum import Enum
from typing import NamedTuple, NoReturn

from port_registry import __version__
from port_registry.engine.suggest import suggest
from port_registry.model.errors import UsageError
from port_registry.report.screen import ColourChoice


class Format(Enum):
    """The forms in which results are printed."""

    TEXT = "text"
    TABLE = "table"
    JSON = "json"


class Mode(Enum):
    """What `check` does about findings."""

    REPORT = "report"
    FIX = "fix"
    DIFF = "diff"


class Target(NamedTuple):
    """Which project, and what is its registry."""

    registry: str | None
    attribute: str | None
    config: str | None
    asks_nix: bool
    """Whether `nix-instantiate` may be asked."""


class CheckOptions(NamedTuple):
    """`port-registry check`."""

    target: Target
    paths: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    mode: Mode
    unsafe: bool
    """Whether fixes that need a person's look are applied too."""
    baseline: str | None
    heeds_baseline: bool
    """Whether a baseline counts that the configuration names."""
    updates_baseline: bool
    caches: bool
    """Whether what Nix files say is kept in the user's cache directory."""
    form: Format
    verbose: bool
    colour: ColourChoice


class ListOptions(NamedTuple):
    """`port-registry list`."""

    target: Target
    form: Format
    colour: ColourChoice


class ExplainOptions(NamedTuple):
    """`port-registry explain`."""

    rule: str | None
    """None for the list of all."""
    colour: ColourChoice


Options = CheckOptions | ListOptions | ExplainOptions

_ABOUT = "One source of truth for the ports of a project, and proof that everything agrees."

_STATUS = """\
exit status:
  0    clean
  1    there are findings
  2    cannot work: usage, configuration, an unreadable registry
  3    a bug in port-registry
  130  interrupted
"""


class HelpAskedError(Exception):
    """The command line asks about the program; the argument is the answer."""


class _Parser(argparse.ArgumentParser):
    """A parser that prints nothing and never exits."""

    def error(self, message: str) -> NoReturn:
        """Raise the message as a `UsageError`."""
        raise UsageError(message, hint=f"`{self.prog} --help` shows what there is")

    def print_help(self, *_: object, **__: object) -> NoReturn:
        """Raise the help as a `HelpAskedError`."""
        raise HelpAskedError(self.format_help())


def parse(arguments: list[str]) -> Options:
    """Return what `arguments` ask for.

    Raises `UsageError` where they make no sense, `HelpAskedError` where they ask for help or
    for the version.
    """
    parser = _Parser(
        prog="port-registry",
        description=_ABOUT,
        epilog=_STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="store_true", help="show the version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    made = {
        name: commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        for name, about in _COMMANDS.items()
    }
    _declare_check(made["check"])
    _declare_explain(made["explain"])
    _declare_list(made["list"])
    if not arguments:
        raise UsageError("no command", hint="`port-registry check` checks the project you are in")
    if not arguments[0].startswith("-") and arguments[0] not in made:
        raise UsageError(f"there is no command `{arguments[0]}`", hint=suggest(arguments[0], made))
    given = parser.parse_args(arguments)
    if given.version:
        raise HelpAskedError(f"port-registry {__version__}\n")
    if given.command == "check":
        return _check_options(given)
    if given.command == "explain":
        return ExplainOptions(given.rule, ColourChoice(given.color))
    return ListOptions(_target(given), Format(given.format), ColourChoice(given.color))


_COMMANDS = {
    "check": "Check that everything in a project agrees with its registry of ports.",
    "explain": "Print the manual of a rule, or the list of all rules.",
    "list": "Show the registry as it was understood.",
}


def _declare_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="report on these files and folders alone"
    )
    _declare_target(parser)
    for option, about in (
        ("--select", "report these rules alone (`all`, `default` and names, with commas)"),
        ("--ignore", "do not report these rules"),
    ):
        parser.add_argument(option, metavar="RULES", action="append", default=[], help=about)
    parser.add_argument("--fix", action="store_true", help="apply the fixes that are safe")
    parser.add_argument(
        "--unsafe-fixes", action="store_true", help="apply those too that need a person's look"
    )
    parser.add_argument(
        "--diff", action="store_true", help="show what would be fixed, and write nothing"
    )
    _declare_baseline(parser)
    parser.add_argument(
        "--no-cache", action="store_true", help="neither use nor write what is kept between runs"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="show what was left alone, too"
    )
    _declare_colour(parser)


def _declare_baseline(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--baseline", metavar="FILE", help="accept the findings that this file names"
    )
    parser.add_argument(
        "--no-baseline", action="store_true", help="accept none, whatever the configuration says"
    )
    parser.add_argument(
        "--update-baseline",
        action="store_true",
        help="drop what was mended from the baseline; where there is none, write today's findings",
    )


def _declare_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", nargs="?", metavar="RULE")
    _declare_colour(parser)


def _declare_list(parser: argparse.ArgumentParser) -> None:
    _declare_target(parser)
    parser.add_argument("--format", choices=("table", "json"), default="table")
    _declare_colour(parser)


def _declare_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--registry", metavar="FILE", help="the registry, if it is not to be found")
    parser.add_argument("--attribute", metavar="A.B", help="where in that file the entries are")
    parser.add_argument(
        "--config", metavar="FILE", help="read this in place of the project's port-registry.toml"
    )
    parser.add_argument(
        "--eval", action="store_true", help="ask nix-instantiate for what the text does not tell"
    )


def _declare_colour(parser: argparse.ArgumentParser) -> None:
    choices = [choice.value for choice in ColourChoice]
    parser.add_argument("--color", choices=choices, default=ColourChoice.AUTO.value)


def _target(given: argparse.Namespace) -> Target:
    return Target(given.registry, given.attribute, given.config, given.eval)


def _check_options(given: argparse.Namespace) -> CheckOptions:
    mode = Mode.REPORT
    if given.diff:
        mode = Mode.DIFF
    elif given.fix or given.unsafe_fixes:
        mode = Mode.FIX
    if mode is Mode.DIFF and given.format == "json":
        raise UsageError("`--diff` and `--format json` exclude each other")
    if given.no_baseline and (given.baseline is not None or given.update_baseline):
        raise UsageError("`--no-baseline` excludes the other options of the baseline")
    if given.update_baseline and (mode is Mode.DIFF or given.paths or given.select or given.ignore):
        raise UsageError(
            "`--update-baseline` takes the whole project and every rule that is on",
            hint="leave out paths, `--select`, `--ignore` and `--diff`",
        )
    return CheckOptions(
        target=_target(given),
        paths=tuple(given.paths),
        select=_words("--select", given.select),
        ignore=_words("--ignore", given.ignore),
        mode=mode,
        unsafe=given.unsafe_fixes,
        baseline=given.baseline,
        heeds_baseline=not given.no_baseline,
        updates_baseline=given.update_baseline,
        caches=not given.no_cache,
        form=Format(given.format),
        verbose=given.verbose,
        colour=ColourChoice(given.color),
    )


def _words(option: str, lists: list[str]) -> tuple[str, ...]:
    words = (word.strip() for words in lists for word in words.split(","))
    found = tuple(word for word in words if word)
    if lists and not found:
        raise UsageError(f"`{option}` names no rule", hint="`port-registry explain` lists them")
    return found
