"""Wildcard patterns as Azure has them in paths and host names, compared in bounded time. Pure."""

import re


def matches(pattern: str, text: str, *, one: bool = False, ignore_case: bool = True) -> bool:
    """Whether `*` for any characters and, with `one`, `?` for a single one make the pattern the text.

    Case counts only where it is said to: Azure ignores it in host names; Microsoft's pages disagree about paths.

    A `?` does not match a `*`, so that the text may be a pattern itself.

    Piece by piece, each at its first place: a regular expression of many stars would try them all.
    """
    first, *rest = [_piece(piece, one=one, ignore_case=ignore_case) for piece in pattern.split("*")]
    found = first.match(text)
    for piece in rest[:-1]:
        found = piece.search(text, found.end()) if found else None
    if not rest:
        return found is not None and found.end() == len(text)
    if found is None:
        return False
    # All pieces are as long as their texts, so the last one can stand in one place only.
    start = len(text) - len(pattern.rpartition("*")[2])
    return start >= found.end() and rest[-1].match(text, start) is not None


def _piece(piece: str, *, one: bool, ignore_case: bool) -> re.Pattern[str]:
    expression = re.escape(piece)
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else re.NOFLAG)
    return re.compile(expression.replace(r"\?", "[^*]") if one else expression, flags)
