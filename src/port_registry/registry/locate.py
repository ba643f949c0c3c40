"""Which of a project's files is its registry."""

from collections.abc import Iterable
from typing import NamedTuple

_STEM = "ports"

_FORMATS = ("nix", "toml", "json")
"""Suffixes of registries, the preferred first."""

_FOLDERS = ("lib", "", "nix", "modules")
"""Where a registry is looked for first, in this order."""

_TREES = ("modules/", "")
"""Below which folders a Nix registry is looked for after that, at any depth."""


WELL_KNOWN = tuple(
    f"{folder}/{_STEM}.{suffix}".lstrip("/") for suffix in _FORMATS for folder in _FOLDERS
)
"""The places where a registry is looked for first, in this order."""


class Located(NamedTuple):
    """The registry, and the files that could have been it."""

    chosen: str
    others: tuple[str, ...]
    """The candidates that were not taken, the better ones first."""


def choose(paths: Iterable[str]) -> Located | None:
    """Choose the registry among a project's files; None where none can be it.

    `paths` are relative to the project's root, with forward slashes. A Nix registry is
    preferred to a TOML or JSON one, one in `lib`, the root, `nix` or `modules` (in this
    order) to a deeper one, and of those one below `modules` to any other. TOML and JSON
    files are taken only from the four folders: elsewhere such a name means little.
    """
    ranked = sorted((rank, path) for path in paths if (rank := _rank(path)) is not None)
    if not ranked:
        return None
    (_, taken), *others = ranked
    return Located(taken, tuple(path for _, path in others))


def _rank(path: str) -> tuple[int, int, int] | None:
    """Return what `path` is sorted by, lowest first; None where it is no candidate."""
    folder, _, file = path.rpartition("/")
    stem, _, suffix = file.rpartition(".")
    if stem != _STEM or suffix not in _FORMATS:
        return None
    form = _FORMATS.index(suffix)
    if folder in _FOLDERS:
        return form, _FOLDERS.index(folder), 0
    if suffix != "nix":
        return None
    tree = next(at for at, start in enumerate(_TREES) if path.startswith(start))
    return form, len(_FOLDERS) + tree, path.count("/")
