"""The gateway as a drawing: chains, profiles, listeners, routes and pools, left to right, as inline SVG. Pure.

Unused parts of the document, such as a staged chain, are drawn with a dashed line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...document.gateway import Gateway, Layer
from ...document.part import Part
from ...escaping import html_text
from ..promise.promise import Promise
from ..promise.promised_routes import PromisedRoute

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _TOP = 200, 46, 30, 14, 34
_COLUMNS = ("trusted chains", "profiles", "listeners", "routes", "backend pools")
_LETTERS = 28
"""The number of letters that always fit into a box."""


@dataclass(frozen=True, slots=True)
class _Box:
    column: int
    key: str
    title: str
    text: str
    kind: str = ""


class _Sketch:
    """Boxes in columns and the lines between them, before they have positions."""

    def __init__(self) -> None:
        self.boxes: dict[tuple[int, str], _Box] = {}
        self.lines: dict[tuple[tuple[int, str], tuple[int, str]], None] = {}

    def box(self, column: int, key: str, title: str, text: str, kind: str = "") -> tuple[int, str]:
        self.boxes.setdefault((column, key), _Box(column, key, title, text, kind))
        return column, key

    def line(self, start: tuple[int, str], end: tuple[int, str]) -> None:
        self.lines[start, end] = None


def draw(promises: Sequence[Promise], gateway: Gateway | None) -> str:
    """The drawing of all listeners that clients can reach."""
    sketch = _Sketch()
    for promise in promises:
        _add_listener(sketch, promise)
    if gateway is not None:
        _add_unused(sketch, gateway)
    return _svg(sketch)


def _add_listener(sketch: _Sketch, promise: Promise) -> None:
    scheme = "HTTPS" if promise.is_tls else "HTTP"
    address = "private " if promise.is_private else ""
    text = f"{scheme} {address}{promise.port} {_hosts(promise)}"
    listener = sketch.box(2, promise.listener, promise.listener, text)
    if name := promise.profile or promise.mode:
        text = promise.mode or "asks for no certificate"
        profile = sketch.box(1, name.casefold(), name, text, (promise.mode or "none").lower())
        sketch.line(profile, listener)
        for chain in promise.chains:
            text = f"{chain.issuer_dn}, until {chain.expires:%Y-%m-%d}"
            sketch.line(sketch.box(0, chain.name.casefold(), chain.name, text), profile)
    for route in promise.routes:
        key = f"{promise.listener}/{route.name}/{route.pattern}"
        drawn = sketch.box(3, key, route.pattern or route.name or route.path, _effect(route, promise.identity_headers))
        sketch.line(listener, drawn)
        if route.pool and not route.is_redirect:
            sketch.line(drawn, sketch.box(4, route.pool.casefold(), route.pool, _reached(route)))


def _add_unused(sketch: _Sketch, gateway: Gateway) -> None:
    unused: tuple[tuple[int, Sequence[Part], str], ...] = (
        (0, gateway.trusted_chains, "staged, not enforced"),
        (1, gateway.profiles, "used by no listener"),
        (2, [each for each in gateway.listeners if each.kind is Layer.HTTP], "used by no rule"),
        (4, gateway.pools, "not reached"),
    )
    for column, parts, text in unused:
        for part in parts:
            sketch.box(column, _key(column, part.name), part.name, text, "unused")


def _key(column: int, name: str) -> str:
    return name if column == 2 else name.casefold()


def _hosts(promise: Promise) -> str:
    return ", ".join(promise.host_names) or "any host"


def _reached(route: PromisedRoute) -> str:
    return f"by {(route.transport or '').upper()}{'' if route.is_verified else ', not fully verified'}"


def _effect(route: PromisedRoute, identity_headers: Sequence[str]) -> str:
    if route.redirect:
        return f"redirects to {route.redirect.to}"
    actions = [action for name in identity_headers if (action := route.action(name))]
    if not identity_headers:
        return "no identity headers"
    if len(actions) < len(identity_headers):
        return "passes headers through"
    return "sets identity headers" if any(action.value for action in actions) else "removes identity headers"


def _svg(sketch: _Sketch) -> str:
    columns = [[box for box in sketch.boxes.values() if box.column == index] for index in range(len(_COLUMNS))]
    rows = max(map(len, columns), default=0) or 1
    height = _TOP + rows * (_HEIGHT + _GAP_Y)
    width = len(_COLUMNS) * (_WIDTH + _GAP_X) - _GAP_X + 2
    places = {(box.column, box.key): place for column in columns for box, place in _placed(column, height)}
    parts = [
        *(_heading(index, title) for index, title in enumerate(_COLUMNS) if columns[index]),
        *(_line(places[start], places[end]) for start, end in sketch.lines),
        *(_drawn(box, places[box.column, box.key]) for box in sketch.boxes.values()),
    ]
    label = "The gateway: trusted chains, profiles, listeners, routes, backend pools"
    return f'<svg class="drawing" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _placed(column: Sequence[_Box], height: int) -> Iterator[tuple[_Box, tuple[int, int]]]:
    """The boxes of a column around the middle of the drawing."""
    used = len(column) * (_HEIGHT + _GAP_Y) - _GAP_Y
    top = _TOP + (height - _TOP - used) // 2
    for index, box in enumerate(column):
        yield box, (1 + box.column * (_WIDTH + _GAP_X), top + index * (_HEIGHT + _GAP_Y))


def _heading(column: int, title: str) -> str:
    x = 1 + column * (_WIDTH + _GAP_X)
    return f'<text class="heading" x="{x}" y="14">{html_text(title)}</text>'


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    x1, y1, x2, y2 = start[0] + _WIDTH, start[1] + _HEIGHT // 2, end[0], end[1] + _HEIGHT // 2
    middle = (x1 + x2) // 2
    return f'<path class="line" d="M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"/>'


def _drawn(box: _Box, place: tuple[int, int]) -> str:
    x, y = place
    return (
        f'<g class="box {html_text(box.kind)}"><title>{html_text(f"{box.title}: {box.text}")}</title>'
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>'
        f'<text class="name" x="{x + 10}" y="{y + 19}">{html_text(_fitted(box.title, _LETTERS - 4))}</text>'
        f'<text x="{x + 10}" y="{y + 36}">{html_text(_fitted(box.text, _LETTERS))}</text></g>'
    )


def _fitted(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1]}…"
