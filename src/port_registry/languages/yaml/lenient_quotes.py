r"""`\'` in a double-quoted text, which yaml.v3 takes for a quote and libyaml refuses."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

_MAX_TEXTS = 50
"""In how many double-quoted texts the escape is looked for."""
_STAND_INS = (("P", "\u2029"), ("L", "\u2028"), ("_", "\xa0"))
"""Escapes that hardly any text uses, with what they mean."""


class Quotes:
    """A text for libyaml, in which another escape may stand for that one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._left = _MAX_TEXTS
        self._stand_in: tuple[str, str] | None = None

    def allow(self, error: "yaml.YAMLError") -> bool:
        """Replace the escape that made libyaml fail; tell whether it is worth another try."""
        import yaml

        if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
            return False
        at = error.problem_mark.index + (1 if self.text.startswith("\ufeff") else 0)
        if self._left == 0 or self.text[at : at + 2] != "\\'":
            return False
        self._left -= 1
        free = [pair for pair in _STAND_INS if not any(part in self.text for part in _forms(pair))]
        self._stand_in = self._stand_in or (free[0] if free else None)
        if self._stand_in is None:
            return False
        end = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL).match(self.text, at)
        stop = len(self.text) if end is None else end.end()
        letter = self._stand_in[0]
        body = re.sub(
            r"\\(.)",
            lambda found: f"\\{letter}" if found[1] == "'" else found[0],
            self.text[at:stop],
            flags=re.DOTALL,
        )
        self.text = self.text[:at] + body + self.text[stop:]
        return True

    def restored(self, value: str) -> str:
        """Return a double-quoted value as yaml.v3 reads it."""
        return value if self._stand_in is None else value.replace(self._stand_in[1], "'")


def _forms(pair: tuple[str, str]) -> tuple[str, str]:
    """Return how a stand-in's character can be written."""
    return f"\\{pair[0]}", pair[1]
