"""Paths of a project, as text."""


def folder_of(path: str) -> str:
    """Return the folder that holds the file `path`; empty for the project's root."""
    return path.rpartition("/")[0]


def normalised(path: str) -> str | None:
    """Return `path` without `.` and `..`; "." for the root, None for what lies outside."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not kept:
                return None
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    return "/".join(kept) or "."


def may_be_module(path: str) -> bool:
    """Return whether `path` may be a file that Nix reads, or a folder of some."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return dot <= 0 or name[dot:] in _SUFFIXES or "*" in name[dot:]


_SUFFIXES = (".nix", ".json", ".toml")
