"""Words that several reports share."""


def counted(number: int, one: str, many: str = "") -> str:
    """Return `number` with the noun `one`, in its plural `many` where there is not one."""
    return f"{number} {one if number == 1 else many or one + 's'}"
