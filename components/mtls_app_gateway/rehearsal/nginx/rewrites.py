"""Rewrite rule sets as nginx configuration: conditions become maps, header actions become headers set by maps.

Every rule sees the request as the client sent it. nginx omits a header with an empty value, and so does Azure: an
empty value deletes.
Source: Microsoft, Rewrite HTTP headers and URL with Application Gateway.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ...document.gateway import Condition, HeaderAction, RewriteRule, RewriteSet, UrlAction
from ...document.re2 import beyond_re2
from .syntax import Directive, block, directive, literal
from .variables import matches_nothing, variable, with_named_groups

_PLACEHOLDER = re.compile(r"\{((?:var|http_req|http_resp)_[A-Za-z0-9_\-]+)\}")
_CAPTURE = re.compile(r"(?P<subject>.+)_(?P<number>\d+)")
_NEVER_REWRITTEN = {"connection", "upgrade", "x-original-host"}
_WRITTEN_BY_NGINX = {"server", "date"}
"""The response headers that nginx writes itself, whatever its configuration says."""
_MATCHED = r"~^1+\z"


@dataclass(slots=True)
class Rewritten:
    """The request to the backend and the response on one route: nginx texts, and the maps that they need."""

    request_headers: dict[str, tuple[str, str]]
    """Name and value by the name in lower case."""
    path: str
    query: str | None = None
    """None while the target is the client's, unchanged."""
    response_headers: dict[str, tuple[str, str]] = field(default_factory=dict)
    maps: list[Directive] = field(default_factory=list)
    not_rehearsed: list[str] = field(default_factory=list)

    @property
    def target(self) -> str:
        """The path and query for the backend."""
        return "$request_uri" if self.query is None else f"{self.path}{self.query}"

    def response_directives(self) -> Iterator[Directive]:
        """Directives that replace the backend's response headers."""
        for name, value in self.response_headers.values():
            yield directive("proxy_hide_header", name)
            yield directive("add_header", name, value, "always")


def rewrite(rule_set: RewriteSet | None, start: Rewritten, *, prefix: str, literals: Mapping[str, str]) -> Rewritten:
    """Apply a rewrite rule set to what would go to the backend without it.

    `prefix` begins the names of the variables made here; `literals` are the server variables with a value of the
    listener.
    """
    if rule_set is not None:
        work = _Rewriting(start, prefix, literals)
        for rule in rule_set.rules:
            work.apply(rule, f"rewrite rule {rule_set.name}/{rule.name}")
    return start


class _Rewriting:
    """Applies one rule set to one route."""

    def __init__(self, made: Rewritten, prefix: str, literals: Mapping[str, str]) -> None:
        self.made = made
        self.prefix = prefix
        self.literals = literals
        self.captures: dict[str, str] = {}
        """For the present rule: the prefix of the names of a condition's groups, by the condition's variable."""

    def apply(self, rule: RewriteRule, where: str) -> None:
        self.captures = {}
        gates = [self._condition(condition, where) for condition in rule.conditions]
        if None in gates:
            self.made.not_rehearsed.append(f"{where}: left out, because one of its conditions cannot be rehearsed")
            return
        gate = "".join(str(gate) for gate in gates)
        for action in rule.request_headers:
            self._header(action, gate, self.made.request_headers, "http_req", where)
        for action in rule.response_headers:
            self._header(action, gate, self.made.response_headers, "http_resp", where)
        if rule.url is not None:
            self._url(rule.url, gate, where)

    def _condition(self, condition: Condition, where: str) -> str | None:
        """The text that is 1 when the condition holds; None for a condition that cannot be rehearsed."""
        subject, pattern = condition.variable, condition.pattern
        text = variable(subject, literals=self.literals)
        beyond = beyond_re2(pattern)
        if text is None or beyond is not None:
            saw = (
                f"its pattern has {beyond}, which RE2, and so Azure, does not know"
                if beyond
                else f"no variable {subject!r}"
            )
            self.made.not_rehearsed.append(f"{where}: {saw}")
            return None
        name = self._new_name()
        self.captures[subject] = f"{name}_"
        named = with_named_groups(pattern, f"{name}_")
        sign = "~*" if condition.ignore_case else "~"
        yes, no = ("0", "1") if condition.negate else ("1", "0")
        # nginx matches no pattern against an empty value.
        empty = yes if matches_nothing(pattern) else no
        self._map(text, name, {"default": no, "": empty, f"{sign}{named}": yes})
        return f"${{{name}}}"

    def _header(
        self, action: HeaderAction, gate: str, headers: dict[str, tuple[str, str]], kind: str, where: str
    ) -> None:
        name = action.name
        if name.lower() in _NEVER_REWRITTEN:
            self.made.not_rehearsed.append(f"{where}: {name} cannot be rewritten")
            return
        if kind == "http_resp" and name.lower() in _WRITTEN_BY_NGINX:
            self.made.not_rehearsed.append(f"{where}: the response header {name}; nginx writes its own here")
            return
        if action.has_matcher:
            self.made.not_rehearsed.append(f"{where}: the value matcher of {name}; the header is rewritten without it")
        before = headers.get(name.lower(), (name, variable(f"{kind}_{name}", literals={}) or ""))[1]
        headers[name.lower()] = (name, self._gated(gate, self._text(action.value, where), before))

    def _url(self, action: UrlAction, gate: str, where: str) -> None:
        if action.reroute:
            self.made.not_rehearsed.append(f"{where}: choosing the path rule again by the rewritten path")
        before = "${query_with_mark}" if self.made.query is None else self.made.query
        path, query = action.path, action.query
        if path is not None:
            self.made.path = self._gated(gate, self._path(path, where), self.made.path)
        if query is None:
            self.made.query = before
            return
        marked = self._new_name()
        self._map(self._text(query, where), marked, {"default": f"?{self._text(query, where)}", "": ""})
        self.made.query = self._gated(gate, f"${{{marked}}}", before)

    def _path(self, path: str, where: str) -> str:
        """A path that begins with a slash in any case: otherwise it would become part of the backend's address."""
        text = self._text(path, where)
        if text.startswith(("/", "${request_path}")):
            return text
        self.made.not_rehearsed.append(f"{where}: a path that may lack its first slash; here it gets one")
        name = self._new_name()
        self._map(text, name, {"default": f"/{text}", "~^/": text})
        return f"${{{name}}}"

    def _gated(self, gate: str, text: str, otherwise: str) -> str:
        """The text where the gate is open, else the earlier text."""
        if not gate:
            return text
        name = self._new_name()
        self._map(gate, name, {"default": otherwise, _MATCHED: text})
        return f"${{{name}}}"

    def _text(self, value: str, where: str) -> str:
        """A value with `{var_...}` and similar placeholders, as nginx text."""
        parts = _PLACEHOLDER.split(value)
        return "".join(
            literal(part) if index % 2 == 0 else self._placeholder(part, where) for index, part in enumerate(parts)
        )

    def _placeholder(self, subject: str, where: str) -> str:
        capture = _CAPTURE.fullmatch(subject)
        if capture and capture["subject"] in self.captures:
            return f"${{{self.captures[capture['subject']]}{capture['number']}}}"
        text = variable(subject, literals=self.literals)
        if text is None:
            self.made.not_rehearsed.append(f"{where}: {{{subject}}} is not a server variable; it is empty here")
        return text or ""

    def _map(self, source: str, name: str, cases: Mapping[str, str]) -> None:
        inner = [directive(key, value) for key, value in cases.items()]
        self.made.maps.append(block("map", source, f"${name}", inner=inner))

    def _new_name(self) -> str:
        return f"{self.prefix}_{len(self.made.maps)}"
