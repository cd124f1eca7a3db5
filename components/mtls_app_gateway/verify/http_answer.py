"""The bytes of one HTTP/1.x answer, read with bounds: what a hostile server sends costs no more than what is kept.

Pure: it is fed, and says when it has enough.
"""

import http.client
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .observation import Phrase, Received, printable

MAX_HEADER_BYTES = 65_536
MAX_BODY_BYTES = 262_144
"""An echo of 32 KB of headers fits several times over."""

_END_OF_HEADERS = b"\r\n\r\n"
_STATUS_LINE = b"HTTP/1."


class BadAnswerError(Exception):
    """What came is not an HTTP answer."""


class TooLongError(Exception):
    """The headers do not end."""


@dataclass(frozen=True, slots=True)
class Answer:
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
    def received(self) -> Received | None:
        """What an echo backend says it received; None where this is no echo."""
        try:
            data: Any = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(data, dict) or not isinstance(data.get("headers"), dict):
            return None
        headers = {str(name).lower(): _text(value) for name, value in data["headers"].items()}
        return Received(headers, _string(data.get("pool")), _string(data.get("transport")))


class AnswerReader:
    """Takes the bytes of one answer as they come."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._response: http.client.HTTPResponse | None = None
        self._body_at = 0

    @property
    def is_empty(self) -> bool:
        return not self._bytes

    @property
    def has_headers(self) -> bool:
        """The headers came to their end: there is an answer."""
        return self._response is not None

    def feed(self, data: bytes) -> None:
        """Take more bytes.

        Raises:
            BadAnswerError: this is not HTTP.
            TooLongError: the headers are longer than anybody's.
        """
        self._bytes += data
        if self._response is None:
            self._look_for_body()

    @property
    def is_complete(self) -> bool:
        """Nothing that matters is still to come."""
        if self._response is None:
            return False
        have, length = len(self._bytes) - self._body_at, self._response.length
        if have >= MAX_BODY_BYTES or (length is not None and have >= length):
            return True
        return bool(self._response.chunked) and self._bytes.endswith(b"0\r\n\r\n")

    def answer(self) -> Answer:
        """What was read; only once there are headers."""
        response = self._response
        if response is None:
            raise ValueError("the headers have not ended")
        given = bytes(self._bytes[self._body_at :])
        is_cut = len(given) >= MAX_BODY_BYTES or (response.length or 0) > len(given)
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, _body(response, given), is_cut)

    def _look_for_body(self) -> None:
        start = bytes(self._bytes[: len(_STATUS_LINE)])
        if not _STATUS_LINE.startswith(start[: len(_STATUS_LINE)]):
            raise BadAnswerError(f"it begins with {bytes(self._bytes[:16])!r}")
        end = self._bytes.find(_END_OF_HEADERS)
        if end < 0:
            if len(self._bytes) > MAX_HEADER_BYTES:
                raise TooLongError(f"more than {MAX_HEADER_BYTES // 1024} KB of headers")
            return
        self._body_at = end + len(_END_OF_HEADERS)
        self._response = _head(bytes(self._bytes[: self._body_at]))


def _head(data: bytes) -> http.client.HTTPResponse:
    response = http.client.HTTPResponse(_Given(data))  # type: ignore[arg-type]
    try:
        response.begin()
    except (http.client.HTTPException, ValueError) as error:
        raise BadAnswerError(printable(str(error).strip()) or type(error).__name__) from error
    return response


def _body(response: http.client.HTTPResponse, given: bytes) -> bytes:
    if not response.chunked:
        return given[:MAX_BODY_BYTES] if response.length is None else given[: min(response.length, MAX_BODY_BYTES)]
    # The parser goes on where its file goes on: with the body in the place of what came before.
    response.fp = io.BufferedReader(io.BytesIO(given))
    try:
        return response.read(MAX_BODY_BYTES)
    except http.client.IncompleteRead as error:
        return error.partial
    except http.client.HTTPException:
        return b""


class _Given:
    """The part of a socket that the library's parser asks for."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None
