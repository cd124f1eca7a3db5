"""The one exception of these tools: a message for the person at the keyboard, and no traceback."""


class ToolError(Exception):
    """Something has to be fixed first; the message says what and how."""
