"""The patterns of RE2, the dialect of the conditions of rewrites: what RE2 refuses in one, read without matching it.

How much memory a pattern may take is not judged.
Sources: https://github.com/google/re2/wiki/Syntax; Microsoft, Rewrite HTTP headers and URL with Application Gateway.
"""

import re

LIST_OF_CHARACTERS = r"\[\^?+\]?+(?:\\.|\[:\^?\w+:\]|[^\]\\])*(?:\]|\\?\Z)"
"""A list of characters; one that is not closed ends with the pattern, so that no pattern is read more than once."""
_QUOTED = r"\\Q(?:(?!\\E).)*(?:\\E|\Z)"
_NO_SIGN = re.compile(rf"{_QUOTED}|\\[^1-9k]|{LIST_OF_CHARACTERS}", re.DOTALL)
"""What has no effect on the pattern's structure: quoted text, an escaped character, a list of characters."""
_NOT_RE2 = (
    (re.compile(r"\(\?<?[=!]"), "a look-around"),
    (re.compile(r"\(\?>"), "an atomic group"),
    (re.compile(r"\(\?\("), "a condition"),
    (re.compile(r"\(\?P[=>]"), "a back-reference"),
    (re.compile(r"\\(?:[1-9](?![0-7])|k[<{'])"), "a back-reference"),
    (re.compile(r"(?:[*+?]|\{\d+(?:,\d*)?\})\+"), "a possessive quantifier"),
)


def beyond_re2(pattern: str) -> str | None:
    """The part of a pattern that RE2, which Azure uses, does not support; None where it supports all.

    Not a parser: nginx itself finds what neither RE2 nor its PCRE2 can read.
    """
    signs = _NO_SIGN.sub("_", pattern)
    return next((name for sign, name in _NOT_RE2 if sign.search(signs)), None)


_NUMBER = r"0[0-7]{0,2}|[1-7][0-7]{1,2}|x[0-9A-Fa-f]{2}|x\{(?:10|0?[0-9A-Fa-f])?[0-9A-Fa-f]{1,4}\}"
_CHARACTER = rf"\\(?:[aftnrv]|{_NUMBER}|\W|_)"
_KIND = r"\\(?:[dDsSwW]|[pP](?:[A-Z]|\{\^?\w+\}))"
_CLASS = r"\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]"
_TOKEN = re.compile(
    rf"(?P<item>{_QUOTED}|{_CHARACTER}|{_KIND}|\\[ABCbz])|(?P<flags>\(\?[imsU]*(?:-[imsU]+)?\))"
    r"|(?P<open>\((?:\?(?:P?<\w+>|[imsU]*(?:-[imsU]+)?:)|(?!\?)))|(?P<close>\))|(?P<either>\|)"
    rf"|(?P<list>\[\^?+\]?+(?:{_CLASS}|{_KIND}|{_CHARACTER}|[^\]\\\[]|\[(?!:\^?\w+:\]))*+\])"
    r"|(?P<repeat>(?:[*+?]|\{(?P<least>\d+)(?:,(?P<most>\d*))?\})\??)|(?P<other>[^\\(\[])",
    re.DOTALL,
)
_MEMBER = re.compile(
    rf"(?P<first>{_CHARACTER}|[^\\])-(?:(?P<kind>{_KIND})|(?P<last>{_CHARACTER}|.))|{_CLASS}|{_KIND}|{_CHARACTER}|.",
    re.DOTALL,
)
_CONTROL = {"\\a": "\a", "\\f": "\f", "\\t": "\t", "\\n": "\n", "\\r": "\r", "\\v": "\v"}
_MOST_REPETITIONS = 1000


def fault(pattern: str) -> str | None:
    """What RE2 refuses in a pattern, in words; None where it accepts the pattern.

    >>> fault("^/api/(.*)$")
    >>> fault("(?=a)")
    'a look-around'
    """
    beyond = beyond_re2(pattern)
    if beyond is not None:
        return beyond
    position, depth, last = 0, 0, ""
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            return _UNREADABLE[pattern[position]]
        kind = "repeat" if token["repeat"] else str(token.lastgroup)
        depth += {"open": 1, "close": -1}.get(kind, 0)
        found = _token_fault(token, kind, last, depth)
        if found is not None:
            return found
        position, last = token.end(), _after_flags(last) if kind == "flags" else kind
    return "a group that is not closed" if depth else None


def _after_flags(last: str) -> str:
    """What a repetition behind `(?i)` repeats: what was before it, as no repetition even if it was one."""
    return "other" if last == "repeat" else last


_UNREADABLE = {
    "\\": "an escape that it does not know",
    "(": "a group that it does not know",
    "[": "a list of characters that is not closed",
}
"""By its first character, what cannot be read."""


def _token_fault(token: re.Match[str], kind: str, last: str, depth: int) -> str | None:
    if depth < 0:
        return "a group that is closed and was not opened"
    if kind == "list":
        return _list_fault(token[0])
    return _repetition_fault(token, last) if kind == "repeat" else None


def _repetition_fault(token: re.Match[str], last: str) -> str | None:
    if last in {"", "open", "either"}:
        return f"nothing that {token[0]} could repeat"
    if last == "repeat":
        return f"a repetition of a repetition, {token[0]}"
    least = int(token["least"] or 0)
    most = int(token["most"] or least)
    return f"a repetition out of range, {token[0]}" if most > _MOST_REPETITIONS or most < least else None


def _list_fault(text: str) -> str | None:
    for member in _MEMBER.finditer(text[1:-1].removeprefix("^")):
        if member["kind"]:
            return f"a range that has no end, {member[0]}"
        if member["first"] and _code(member["first"]) > _code(member["last"]):
            return f"a range that runs backwards, {member[0]}"
    return None


def _code(character: str) -> int:
    """The number of a character, or of an escape that says it by number."""
    digits = character.lstrip("\\x{").rstrip("}")
    if character.startswith("\\x"):
        return int(digits, 16)
    if character.startswith("\\") and digits.isdigit():
        return int(digits, 8)
    return ord(_CONTROL.get(character, character[-1]))
