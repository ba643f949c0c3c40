"""Location of the user's cache."""

import os
import sys


def cache_home() -> str | None:
    """Return the folder of this program in the user's cache; None without a home folder.

    It may not exist yet.
    """
    caches = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(caches):
        caches = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
        caches = os.path.expanduser(caches)
    return os.path.join(caches, "port-registry") if os.path.isabs(caches) else None
