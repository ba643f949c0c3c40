"""Choice of the registry among a project's files."""

from collections.abc import Iterable

from port_registry.model import NamedTuple

_STEM = "ports"

_FORMATS = ("nix", "toml", "json")
"""Suffixes of registries, in order of preference."""

_FOLDERS = ("lib", "", "nix", "modules")
"""The folders to search first, in this order."""

_TREES = ("modules/", "")
"""The folders to search next, at any depth, for a Nix registry."""


WELL_KNOWN = tuple(
    f"{folder}/{_STEM}.{suffix}".lstrip("/") for suffix in _FORMATS for folder in _FOLDERS
)
"""The usual paths of a registry, in order of preference."""


class Located(NamedTuple):
    """The registry and the other candidates."""

    chosen: str
    others: tuple[str, ...]
    """The candidates that were not chosen, in order of preference."""


def choose(paths: Iterable[str]) -> Located | None:
    """Return the registry among a project's files, or None without a candidate.

    `paths` are relative to the project's root, with forward slashes. A Nix registry is
    preferred to a TOML or JSON one, one in `lib`, the root, `nix` or `modules` (in this
    order) to a deeper one, and of those one below `modules` to any other. TOML and JSON
    files are candidates only in the four folders: elsewhere such a name means little.
    """
    ranked = sorted((rank, path) for path in paths if (rank := _rank(path)) is not None)
    if not ranked:
        return None
    (_, chosen), *others = ranked
    return Located(chosen, tuple(path for _, path in others))


def _rank(path: str) -> tuple[int, int, int] | None:
    """Return the rank of `path`, the lowest is best; None where it is not a candidate."""
    folder, _, file = path.rpartition("/")
    stem, _, suffix = file.rpartition(".")
    if stem != _STEM or suffix not in _FORMATS:
        return None
    format_rank = _FORMATS.index(suffix)
    if folder in _FOLDERS:
        return format_rank, _FOLDERS.index(folder), 0
    if suffix != "nix":
        return None
    tree_rank = next(index for index, tree in enumerate(_TREES) if path.startswith(tree))
    return format_rank, len(_FOLDERS) + tree_rank, path.count("/")
