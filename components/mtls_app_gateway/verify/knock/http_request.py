"""Writes the request of a knock with h11: what no request can carry is an error, and never sent in another form.

Pure.
"""

import h11

from .question import SPOOFED, TOKEN_HEADER, Question, Target

_AGENT = "mtls-gateway-verify"


class UnsendableError(Exception):
    """No HTTP request can carry this."""


def request_bytes(question: Question, target: Target) -> bytes:
    """The request of a question.

    Raises:
        UnsendableError: an invalid header name, or a host name that a header cannot hold.
    """
    headers = [
        ("Host", target.authority(plain=question.version is None)),
        ("User-Agent", _AGENT),
        ("Accept", "application/json"),
        ("Connection", "close"),
        *((name, SPOOFED) for name in question.spoofs),
        *([(TOKEN_HEADER, target.report_token)] if target.report_token else []),
    ]
    try:
        request = h11.Request(method="GET", target=question.request_target, headers=headers)
    except (h11.LocalProtocolError, UnicodeEncodeError) as error:
        raise UnsendableError(str(error)) from None
    # A request without a body always has bytes.
    return h11.Connection(h11.CLIENT).send(request) or b""
