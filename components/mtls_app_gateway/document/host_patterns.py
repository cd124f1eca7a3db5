"""Host names with the wildcards `*` and `?`, as listeners have them: whether one takes all that another takes."""

import re

_WILDCARD = re.compile(r"[*?]")


def has_wildcard(name: str) -> bool:
    """Whether a host name stands for many."""
    return _WILDCARD.search(name) is not None


def covers(wide: str, narrow: str) -> bool:
    """Whether every host that `narrow` matches is one that `wide` matches, in any case.

    A `*` is taken for any characters, dots among them and none at all, a `?` for any one: whether Azure's stop at a dot
    is not documented, so a name that is covered here may be less than covered there.
    """
    pattern, text = wide.lower(), narrow.lower()
    if not text.endswith(_WILDCARD.split(pattern)[-1]):
        return False
    at_pattern = at_text = after_star = retry = 0
    while at_text < len(text):
        wanted = pattern[at_pattern : at_pattern + 1]
        if wanted == "*":
            at_pattern += 1
            after_star, retry = at_pattern, at_text
        elif wanted == text[at_text] or (wanted == "?" and text[at_text] != "*"):
            at_pattern, at_text = at_pattern + 1, at_text + 1
        elif after_star:
            retry += 1
            at_pattern, at_text = after_star, retry
        else:
            return False
    return not pattern[at_pattern:].strip("*")
