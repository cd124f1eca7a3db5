"""A value that is known only later: how it stands in a document until then, as `$input/<path of the setting>`."""

PLACEHOLDER_PREFIX = "$input/"


def is_placeholder(value: object) -> bool:
    """Whether a text stands for a value that is known only later."""
    return isinstance(value, str) and value.startswith(PLACEHOLDER_PREFIX)
