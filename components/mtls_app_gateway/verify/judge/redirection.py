"""Judges whether an answer is the promised redirect: its status, and where it leads. Pure.

The query is not judged: no knock sends one.
"""

import re
from urllib.parse import unquote

from ...document.default_ports import DEFAULT_PORTS
from ...document.host_patterns import covers
from ..knock.observation import Observation, ReachedLayer
from ..knock.question import Question, Target
from ..promise.promised_redirect import PromisedRedirect

_LOCATION = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[^]/]+\]|[^/?#:@]+)(:(?P<port>\d{1,5}))?(?P<path>(/[^?#]*)?)([?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST = 200
"""What an observation keeps of a location; the path of a longer one is not judged."""


def wrong_redirect(redirect: PromisedRedirect, observed: Observation, question: Question, target: Target) -> str | None:
    """What is wrong with an answer that should be this redirect; None where nothing is."""
    if observed.layer is not ReachedLayer.HTTP or observed.fault is not None:
        return "no redirect"
    if observed.forwarded is not None or observed.location is None or not _is_status(redirect, observed.status):
        return "not the promised redirect"
    found = _LOCATION.fullmatch(observed.location)
    if found is None or not _is_place(redirect, found, target):
        return "redirected elsewhere"
    is_path_known = len(observed.location) < _LONGEST
    return "redirected to another path" if is_path_known and not _is_path(redirect, found["path"], question) else None


def _is_status(redirect: PromisedRedirect, status: int | None) -> bool:
    return status is not None and (300 <= status < 400 if redirect.status is None else status == redirect.status)


def _is_place(redirect: PromisedRedirect, found: re.Match[str], target: Target) -> bool:
    """Whether scheme, host and port are those promised; a redirect to a listener may keep the requested host."""
    scheme, host = found["scheme"].lower(), found["host"].strip("[]").lower()
    port = redirect.port if redirect.listener is None else target.listener_ports.get(redirect.listener, redirect.port)
    keeps_host = redirect.listener is not None and host == target.host.lower()
    is_host = keeps_host or any(covers(name, host) for name in redirect.hosts)
    return is_host and (scheme, int(found["port"] or DEFAULT_PORTS[scheme])) == (redirect.scheme, port)


def _is_path(redirect: PromisedRedirect, path: str, question: Question) -> bool:
    requested, led_to = (unquote(each) for each in (question.request_target.partition("?")[0], path or "/"))
    if not redirect.keeps_path:
        return led_to == redirect.path
    # How a path of the URL's own and that of the request are joined is documented nowhere.
    return led_to.startswith(redirect.path.rstrip("/")) and led_to.endswith("" if requested == "/" else requested)
