"""The arguments that several commands take: each is declared, and read, in one way."""

from argparse import ArgumentParser, Namespace
from typing import NamedTuple

from port_registry.model.port import Protocol
from port_registry.output.terminal import ColourChoice

_PROTOCOLS = {
    "tcp": (Protocol.TCP,),
    "udp": (Protocol.UDP,),
    "both": (Protocol.TCP, Protocol.UDP),
}


class TargetArgument(NamedTuple):
    """Which project, and what is its registry."""

    registry: str | None
    attribute: str | None
    config: str | None
    asks_nix: bool
    """Whether `nix-instantiate` may be asked."""


def declare_registry(parser: ArgumentParser) -> None:
    """Declare what says which project is meant, and what its registry is."""
    parser.add_argument("--registry", metavar="FILE", help="the registry, if it is not to be found")
    parser.add_argument("--attribute", metavar="A.B", help="where in that file the entries are")
    parser.add_argument(
        "--config", metavar="FILE", help="read this in place of the project's port-registry.toml"
    )


def declare_target(parser: ArgumentParser) -> None:
    """Declare the arguments of `declare_registry`, and whether Nix may be asked."""
    declare_registry(parser)
    parser.add_argument(
        "--eval", action="store_true", help="ask nix-instantiate for what the text does not tell"
    )


def target(given: Namespace) -> TargetArgument:
    """Return what was given of what `declare_registry` or `declare_target` declared."""
    asks_nix: bool = getattr(given, "eval", False)
    return TargetArgument(given.registry, given.attribute, given.config, asks_nix)


def declare_colour(parser: ArgumentParser) -> None:
    """Declare `--color`."""
    choices = [choice.value for choice in ColourChoice]
    parser.add_argument("--color", choices=choices, default=ColourChoice.AUTO.value)


def colour(given: Namespace) -> ColourChoice:
    """Return what was given of `--color`."""
    return ColourChoice(given.color)


def declare_dry_run(parser: ArgumentParser) -> None:
    """Declare `--dry-run`, which is read as `given.dry_run`."""
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be changed, and write nothing"
    )


def declare_protocol(parser: ArgumentParser) -> None:
    """Declare `--protocol`."""
    parser.add_argument("--protocol", choices=tuple(_PROTOCOLS), help="what it speaks")


def protocols(given: Namespace) -> tuple[Protocol, ...]:
    """Return what was given of `--protocol`; nothing where it was not."""
    return _PROTOCOLS[given.protocol] if given.protocol else ()
