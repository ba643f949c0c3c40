"""JSON in the form that the program prints."""

from collections.abc import Mapping, Sequence

JsonValue = None | str | int | float | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


def json_document(value: JsonValue) -> str:
    """Return `value` as the JSON of a whole output."""
    import json

    return json.dumps(value, indent=2) + "\n"
