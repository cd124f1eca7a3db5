"""The one exception of these tools: a message for the person at the keyboard, and no traceback."""


class MendableError(Exception):
    """Something a person has to mend first; the message says what and how."""
