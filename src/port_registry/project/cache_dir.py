"""Where the user's cache is."""

import os
import sys


def cache_home() -> str | None:
    """Return the folder of this program in the user's cache; None where nobody says where.

    It need not be there yet.
    """
    above = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(above):
        above = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
        above = os.path.expanduser(above)
    return os.path.join(above, "port-registry") if os.path.isabs(above) else None
