"""One knock on a gateway: a new connection, one request, and the observation, within one deadline.

No session is resumed, no request retried, nothing judged. Whatever a hostile or broken server does, there is an
observation after `timeout` seconds at the latest, and the memory used is bounded.
"""

import time
from contextlib import suppress

from .http_answer import AnswerReader, BadAnswerError, TooLongError
from .http_request import UnsendableError, request_bytes
from .line import Addresses, EndedError, Line, connect
from .observation import Handshake, KnockFault, Observation, ReachedLayer, Timings, excerpt
from .question import TIMEOUT, Question, Target
from .tls_client import TlsClient, TlsLine


class Knock:
    """A question to be asked once: `load`, then `ask`."""

    def __init__(self, question: Question, target: Target, *, timeout: float = TIMEOUT) -> None:
        self.question = question
        self._target = target
        self._timeout = timeout
        self._tls = TlsClient(question, target) if question.version else None
        self._layer = ReachedLayer.TCP
        self._marks: list[float] = []
        """When the knock began, and when each phase was finished."""

    def load(self) -> None:
        """Read the caller's certificate and key, before any connection is open.

        Raises:
            GatewayError: where they, or the CA file for the server, cannot be used.
        """
        if self._tls:
            self._tls.load()

    def ask(self, addresses: Addresses) -> Observation:
        """Knock, and return the observation."""
        reader = AnswerReader()
        ended: EndedError | None = None
        self._mark()
        try:
            request = self._request()
            with connect(addresses, self._marks[0] + self._timeout) as line:
                self._mark()
                self._converse(line, request, reader)
        except EndedError as error:
            ended = error
        if ended is None or reader.has_headers:
            # After complete headers there is an answer, whatever follows.
            return self._answered(reader, is_cut=ended is not None)
        return self._observed(fault=ended.fault, detail=ended.detail)

    def _request(self) -> bytes:
        try:
            return request_bytes(self.question, self._target)
        except UnsendableError as error:
            raise EndedError(KnockFault.UNSENDABLE, excerpt(str(error))) from None

    def _converse(self, line: Line, request: bytes, reader: AnswerReader) -> None:
        channel: Line | TlsLine = line
        self._layer = ReachedLayer.HTTP
        if self._tls:
            self._layer = ReachedLayer.HANDSHAKE
            channel = self._tls.shake_hands(line)
            self._mark()
            self._layer = ReachedLayer.FIRST_READ
        # A server that refuses may have closed the connection; its answer can still be read.
        with suppress(EndedError):
            channel.send(request)
        self._read(channel, reader)
        self._mark()

    def _read(self, channel: Line | TlsLine, reader: AnswerReader) -> None:
        while not reader.is_complete:
            data = channel.receive()
            if not data:
                reader.end()
                break
            self._layer = ReachedLayer.HTTP
            try:
                reader.feed(data)
            except BadAnswerError as error:
                raise EndedError(KnockFault.INVALID_HTTP, str(error)) from None
            except TooLongError as error:
                raise EndedError(KnockFault.TOO_LONG, str(error)) from None
        if not reader.has_headers:
            raise EndedError(KnockFault.CLOSED, "" if reader.is_empty else "in the middle of its headers")

    def _answered(self, reader: AnswerReader, *, is_cut: bool) -> Observation:
        answer = reader.answer()
        return self._observed(
            status=answer.status,
            phrase=answer.phrase,
            server=_shown(answer.headers.get("server")),
            location=_shown(answer.headers.get("location")),
            forwarded=answer.echoed or (answer.reported if self._target.report_token else None),
            is_cut=answer.is_cut or is_cut,
        )

    def _observed(self, **observed: object) -> Observation:
        return Observation(
            caller=self.question.caller.name,
            asked_version=self.question.version,
            layer=self._layer,
            handshake=self._tls.handshake if self._tls else Handshake(),
            timings=self._timings(),
            **observed,  # type: ignore[arg-type]
        )

    def _mark(self) -> None:
        self._marks.append(time.monotonic())

    def _timings(self) -> Timings:
        took = [after - before for before, after in zip(self._marks, self._marks[1:], strict=False)]
        total = time.monotonic() - self._marks[0]
        if not self._tls:
            took.insert(1, 0.0)
        connecting, handshake, answer, *_ = (*took, None, None, None)
        return Timings(connecting, handshake if self._tls else None, answer, total)


def _shown(header: str | None) -> str | None:
    return None if header is None else excerpt(header)
