"""Arguments that several commands share: each is declared and read in one place."""

from argparse import ArgumentParser, Namespace
from typing import NamedTuple

from port_registry.model import Protocol, UsageError
from port_registry.output.terminal import ColourChoice

_PROTOCOLS = {
    "tcp": (Protocol.TCP,),
    "udp": (Protocol.UDP,),
    "both": (Protocol.TCP, Protocol.UDP),
}

_MAX_TIMEOUT = 7 * 24 * 60 * 60


class RegistryOptions(NamedTuple):
    """The options that choose the project, its registry, and how to read it."""

    registry: str | None
    attribute: str | None
    config: str | None
    asks_nix: bool
    """Whether `nix-instantiate` may be asked."""


def declare_registry_options(parser: ArgumentParser) -> None:
    """Declare the options that choose the project and its registry."""
    parser.add_argument("--registry", metavar="FILE", help="the registry, if it is not to be found")
    parser.add_argument("--attribute", metavar="A.B", help="where in that file the entries are")
    parser.add_argument(
        "--config", metavar="FILE", help="read this instead of the project's port-registry.toml"
    )


def declare_read_options(parser: ArgumentParser) -> None:
    """Declare `declare_registry_options` and `--eval`, for commands that only read."""
    declare_registry_options(parser)
    parser.add_argument(
        "--eval", action="store_true", help="ask nix-instantiate for what the text does not tell"
    )


def registry_options(arguments: Namespace) -> RegistryOptions:
    """Return the options that `declare_registry_options` or `declare_read_options` declared."""
    asks_nix: bool = getattr(arguments, "eval", False)
    return RegistryOptions(arguments.registry, arguments.attribute, arguments.config, asks_nix)


def declare_colour_option(parser: ArgumentParser) -> None:
    """Declare `--color`."""
    choices = [choice.value for choice in ColourChoice]
    parser.add_argument("--color", choices=choices, default=ColourChoice.AUTO.value)


def colour_choice(arguments: Namespace) -> ColourChoice:
    """Return the value of `--color`."""
    return ColourChoice(arguments.color)


def declare_dry_run_option(parser: ArgumentParser) -> None:
    """Declare `--dry-run`, which is read as `arguments.dry_run`."""
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be changed, and write nothing"
    )


def declare_protocol_option(parser: ArgumentParser) -> None:
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
