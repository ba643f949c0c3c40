"""Which files are environment files, and which of them people copy."""

import posixpath
import re

from port_registry.facts.words import word_list, word_set

_NOT_TEXT = word_list("paths", "not-env-files")
"""What the names of other files end in that begin with `.env.`."""

_TEMPLATES = word_set("paths", "env-templates")
"""Words in the names of files that people copy."""


def is_candidate(path: str) -> bool:
    """Return whether a file's name is one that environment files have."""
    name = posixpath.basename(path).lower()
    is_env = name == ".env" or name.startswith(".env.") or name.endswith(".env")
    return is_env and not name.endswith(_NOT_TEXT)


def is_template(path: str) -> bool:
    """Return whether a file is only what people copy: `.env.example`."""
    return not _TEMPLATES.isdisjoint(re.split(r"[._-]", posixpath.basename(path).lower()))
