"""Parses one HTTP/1.x answer with h11, within bounds that a hostile server cannot exceed.

Pure: the caller feeds it bytes until `is_complete`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import h11

from .observation import ForwardedRequest, Phrase, excerpt
from .question import REPORT_HEADER

MAX_HEADER_BYTES = 65_536
MAX_BODY_BYTES = 262_144
"""An echo of 32 KB of headers fits several times over."""

_STATUS_LINE = b"HTTP/1."


class BadAnswerError(Exception):
    """The bytes are not an HTTP answer."""


class TooLongError(Exception):
    """The headers are too long."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An HTTP answer as far as it was read."""

    status: int
    headers: Mapping[str, str]
    """By their names in lower case."""
    body: bytes
    is_cut: bool

    @property
    def phrase(self) -> Phrase | None:
        """The phrase of a gateway's own 400 page, if this is one."""
        if self.status != 400:
            return None
        text = self.body.decode("utf-8", "replace")
        return next((phrase for phrase in Phrase if phrase in text), None)

    @property
    def echoed(self) -> ForwardedRequest | None:
        """The request that an echo backend reports; None where this is no echo."""
        try:
            data: Any = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(data, dict) or not isinstance(data.get("headers"), dict):
            return None
        headers = {str(name).lower(): _text(value) for name, value in data["headers"].items()}
        return ForwardedRequest(headers, _string(data.get("pool")), _transport(data.get("transport")))

    @property
    def reported(self) -> ForwardedRequest | None:
        """The headers that a rehearsal's nginx reports to have sent to the backend; None where it reports none."""
        marker = REPORT_HEADER.lower()
        if marker not in self.headers:
            return None
        prefix = f"{marker}-"
        sent = {name.removeprefix(prefix): value for name, value in self.headers.items() if name.startswith(prefix)}
        return ForwardedRequest(sent)


class AnswerReader:
    """Reads the answer to a GET as its bytes come. Interim answers (1xx) are skipped."""

    def __init__(self) -> None:
        self._parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEADER_BYTES)
        # The parser has to know what is answered: an answer to HEAD would have no body.
        self._parser.send(h11.Request(method="GET", target="/", headers=[("Host", "-"), ("Connection", "close")]))
        self._parser.send(h11.EndOfMessage())
        self._start = b""
        self._response: h11.Response | None = None
        self._body = bytearray()
        self._is_cut = False
        self.is_complete = False
        """Whether the rest of the answer does not matter."""

    @property
    def is_empty(self) -> bool:
        return not self._start

    @property
    def has_headers(self) -> bool:
        """Whether the headers are complete, so that there is an answer."""
        return self._response is not None

    def feed(self, data: bytes) -> None:
        """Read more bytes.

        Raises:
            BadAnswerError: this is not HTTP.
            TooLongError: the headers are too long.
        """
        if not data or self.is_complete:
            return
        self._look_at_the_start(data)
        self._take(data)

    def end(self) -> None:
        """Read the end of the connection.

        Raises:
            BadAnswerError: the bytes are not HTTP.
        """
        if self._response is not None and not self.is_complete:
            self._take(b"")

    def answer(self) -> HttpAnswer:
        """The answer; only once there are headers."""
        if self._response is None:
            raise ValueError("the headers have not ended")
        headers = {name.decode("ascii"): value.decode("latin-1") for name, value in self._response.headers}
        return HttpAnswer(self._response.status_code, headers, bytes(self._body[:MAX_BODY_BYTES]), self._is_cut)

    def _look_at_the_start(self, data: bytes) -> None:
        """Fail early: the parser would wait for the end of a line that is not HTTP."""
        if len(self._start) < len(_STATUS_LINE):
            self._start += data[:16]
            if not _STATUS_LINE.startswith(self._start[: len(_STATUS_LINE)]):
                raise BadAnswerError(f"it begins with {self._start[:16]!r}")

    def _take(self, data: bytes) -> None:
        try:
            self._parser.receive_data(data)
            while not self.is_complete:
                event = self._parser.next_event()
                if event is h11.NEED_DATA:
                    return
                self._notice(event)
        except h11.RemoteProtocolError as error:
            self._give_up(error)

    def _notice(self, event: object) -> None:
        match event:
            case h11.Response():
                self._response = event
            case h11.Data():
                self._body += event.data
                self.is_complete = self._is_cut = len(self._body) >= MAX_BODY_BYTES
            case h11.EndOfMessage():
                self.is_complete = True

    def _give_up(self, error: h11.RemoteProtocolError) -> None:
        """An answer with complete headers counts, whatever happens to its body."""
        if self._response is not None:
            self.is_complete = self._is_cut = True
        elif error.error_status_hint == 431:
            raise TooLongError(f"more than {MAX_HEADER_BYTES // 1024} KB of headers") from error
        else:
            raise BadAnswerError(excerpt(str(error))) from error


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _transport(value: object) -> str | None:
    return value if isinstance(value, str) and value in {"http", "https"} else None
