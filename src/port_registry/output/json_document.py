"""JSON as the program prints it."""

import json
from collections.abc import Mapping, Sequence

JsonValue = None | str | int | float | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


def json_document(value: JsonValue) -> str:
    """Return `value` as the JSON of a whole output."""
    return json.dumps(value, indent=2) + "\n"
