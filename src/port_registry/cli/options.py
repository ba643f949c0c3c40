"""Options that several commands share: each is declared and read in one place."""

import os
import sys
from argparse import ArgumentParser, Namespace

from port_registry.model import Protocol, UsageError
from port_registry.output.locations import DisplayPaths
from port_registry.output.terminal import ColourChoice, Screen, screen_of
from port_registry.project.workspace import Evaluation, Request, current_directory

_PROTOCOLS = {
    "tcp": (Protocol.TCP,),
    "udp": (Protocol.UDP,),
    "both": (Protocol.TCP, Protocol.UDP),
}

_MAX_TIMEOUT = 7 * 24 * 60 * 60


def declare_flag(parser: ArgumentParser, *names: str, about: str) -> None:
    """Declare an option without value, which is off where it is not given."""
    parser.add_argument(*names, action="store_true", help=about)


def declare_registry(parser: ArgumentParser) -> None:
    """Declare the options that choose the project and its registry."""
    parser.add_argument("--registry", metavar="FILE", help="the registry, if it is not to be found")
    parser.add_argument("--attribute", metavar="A.B", help="where in that file the entries are")
    parser.add_argument(
        "--config", metavar="FILE", help="read this instead of the project's port-registry.toml"
    )


def declare_reading(parser: ArgumentParser) -> None:
    """Declare `declare_registry` and `--eval`, for commands that only read."""
    declare_registry(parser)
    declare_flag(parser, "--eval", about="ask nix-instantiate for what the text does not tell")


def request_for(arguments: Namespace) -> Request:
    """Return the request for the project of the current directory and the registry options."""
    return Request(
        start=current_directory(),
        registry=arguments.registry,
        attribute=arguments.attribute,
        config=arguments.config,
        evaluation=Evaluation.NIX if getattr(arguments, "eval", False) else Evaluation.NONE,
    )


def display_paths(root: str) -> DisplayPaths:
    """Return how paths of the project at `root` are shown in the current directory."""
    return DisplayPaths(root, os.path.realpath(os.getcwd()))


def declare_colour(parser: ArgumentParser) -> None:
    """Declare `--color`."""
    choices = [choice.value for choice in ColourChoice]
    parser.add_argument("--color", choices=choices, default=ColourChoice.AUTO.value)


def stdout_screen(arguments: Namespace) -> Screen:
    """Return the screen of standard output, with colours as `--color` says."""
    return screen_of(sys.stdout, ColourChoice(arguments.color))


def stderr_screen(arguments: Namespace) -> Screen:
    """Return the screen of standard error, with colours as `--color` says."""
    return screen_of(sys.stderr, ColourChoice(arguments.color))


def declare_dry_run(parser: ArgumentParser) -> None:
    """Declare `--dry-run`, which is read as `arguments.dry_run`."""
    declare_flag(parser, "--dry-run", about="show what would be changed, and write nothing")


def declare_protocol(parser: ArgumentParser) -> None:
    """Declare `--protocol`."""
    parser.add_argument("--protocol", choices=tuple(_PROTOCOLS), help="what it speaks")


def protocols(arguments: Namespace) -> tuple[Protocol, ...]:
    """Return the protocols that `--protocol` names; none where it is not given."""
    return _PROTOCOLS[arguments.protocol] if arguments.protocol else ()


def parse_timeout(text: str) -> float:
    """Return the seconds that `text` gives; raises `UsageError` where it gives none."""
    whole, _, fraction = text.partition(".")
    digits = f"{whole}{fraction}"
    seconds = float(text) if digits.isascii() and digits.isdigit() else 0.0
    if not 0 < seconds <= _MAX_TIMEOUT:
        raise UsageError(
            f"invalid timeout `{text}`: expected more than 0 and at most {_MAX_TIMEOUT} seconds",
            hint="`--timeout 30`, `--timeout 0.5`",
        )
    return seconds
