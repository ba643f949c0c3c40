"""Names of users."""

from functools import cache


@cache
def user_name(uid: int) -> str:
    """Return the name of the user `uid`; the number where there is none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
