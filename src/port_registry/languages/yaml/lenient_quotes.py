r"""The escape `\'` in double-quoted text, which yaml.v3 accepts and libyaml refuses."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml

_MAX_TEXTS = 50
"""The number of double-quoted texts in which the escape is replaced."""
_PLACEHOLDERS = (("P", "\u2029"), ("L", "\u2028"), ("_", "\xa0"))
"""Rare escapes, with the characters that they mean."""


class LenientQuotes:
    """A text for libyaml, in which another escape may replace that one."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._remaining = _MAX_TEXTS
        self._placeholder: tuple[str, str] | None = None

    def allow(self, error: "yaml.YAMLError") -> bool:
        """Replace the escape that made libyaml fail; return whether to try again."""
        import yaml

        if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
            return False
        at = error.problem_mark.index + (1 if self.text.startswith("\ufeff") else 0)
        if self._remaining == 0 or self.text[at : at + 2] != "\\'":
            return False
        self._remaining -= 1
        unused = [
            pair for pair in _PLACEHOLDERS if not any(part in self.text for part in _forms(pair))
        ]
        self._placeholder = self._placeholder or (unused[0] if unused else None)
        if self._placeholder is None:
            return False
        text_match = re.compile(r'(?:[^"\\]|\\.)*', re.DOTALL).match(self.text, at)
        text_end = len(self.text) if text_match is None else text_match.end()
        letter = self._placeholder[0]
        body = re.sub(
            r"\\(.)",
            lambda match: f"\\{letter}" if match[1] == "'" else match[0],
            self.text[at:text_end],
            flags=re.DOTALL,
        )
        self.text = self.text[:at] + body + self.text[text_end:]
        return True

    def restored(self, value: str) -> str:
        """Return a double-quoted value as yaml.v3 reads it."""
        return value if self._placeholder is None else value.replace(self._placeholder[1], "'")


def _forms(pair: tuple[str, str]) -> tuple[str, str]:
    """Return the ways to write a placeholder's character."""
    return f"\\{pair[0]}", pair[1]
