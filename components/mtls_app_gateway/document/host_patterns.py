"""Host names with the wildcards `*` and `?`, as listeners have them: whether one takes all that another takes."""

from .wildcard import matches


def has_wildcard(name: str) -> bool:
    """Whether a host name stands for many."""
    return "*" in name or "?" in name


def covers(wide: str, narrow: str) -> bool:
    """Whether every host that `narrow` matches is one that `wide` matches, in any case.

    A `*` is taken for any characters, dots among them and none at all, a `?` for any one: whether Azure's stop at a dot
    is not documented, so a name that is covered here may be less than covered there.
    """
    # As text, `narrow` has `*` where its hosts have any number of characters; only a `*` in `wide` takes that.
    return matches(wide, narrow, one=True)
