"""An HTTP answer read from bytes, however they are cut."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtls_app_gateway.verify.http_answer import Answer, AnswerReader, BadAnswerError, TooLongError
from mtls_app_gateway.verify.observation import Phrase, Received

ECHO = json.dumps({"headers": {"X-A": "1", "X-B": ["2", "3"]}, "pool": "app", "transport": "https", "more": 1}).encode()
WITH_LENGTH = b"HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: %d\r\n\r\n" % len(ECHO) + ECHO
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(ECHO), ECHO)
UNTIL_THE_END = b"HTTP/1.0 200 OK\r\n\r\n" + ECHO


def read(*pieces: bytes) -> Answer:
    reader = AnswerReader()
    for piece in pieces:
        reader.feed(piece)
    return reader.answer()


@pytest.mark.parametrize("answer", [WITH_LENGTH, CHUNKED, UNTIL_THE_END])
def test_an_echo_is_read(answer: bytes) -> None:
    """
    However its length is told, an echo is read with its headers in lower case, several values joined.
    """
    assert Received({"x-a": "1", "x-b": "2, 3"}, "app", "https") == read(answer).received


@given(st.sampled_from([WITH_LENGTH, CHUNKED]), st.lists(st.integers(1, 60)))
def test_the_cuts_do_not_matter(answer: bytes, lengths: list[int]) -> None:
    """
    However the bytes come, the answer is the same, and complete with the last byte and not before.
    """
    reader, rest = AnswerReader(), answer
    for length in lengths:
        if rest:
            assert not reader.is_complete
            reader.feed(rest[:length])
            rest = rest[length:]
    if rest:
        reader.feed(rest)

    assert reader.is_complete
    assert read(answer) == reader.answer()


@given(st.binary(max_size=400))
def test_garbage_never_crashes(garbage: bytes) -> None:
    """
    Anything at all is an answer, is none, or is too long; nothing else happens.
    """
    start = b"HTTP/1.1 200 OK\r\n"
    chunked = start + b"Transfer-Encoding: chunked\r\n\r\n"
    for data in (garbage, start + garbage, start + garbage + b"\r\n\r\n" + garbage, chunked + garbage):
        reader = AnswerReader()
        try:
            reader.feed(data)
        except (BadAnswerError, TooLongError):
            continue
        if reader.has_headers:
            assert isinstance(reader.answer().status, int)


@pytest.mark.parametrize("phrase", Phrase)
def test_the_phrases_of_the_400_page(phrase: Phrase) -> None:
    """
    Each phrase is found on a 400 page, and on no page of another status.
    """
    page = f"<center>{phrase}</center>".encode()

    assert phrase is read(b"HTTP/1.1 400 Bad Request\r\n\r\n" + page).phrase
    assert read(b"HTTP/1.1 200 OK\r\n\r\n" + page).phrase is None
    assert read(b"HTTP/1.1 400 Bad Request\r\n\r\nno").phrase is None


@pytest.mark.parametrize("body", [b"", b"[]", b'{"headers": []}', b"{", b"\xff", b'{"pool": "app"}'])
def test_what_is_no_echo(body: bytes) -> None:
    """
    Only a JSON object with an object of headers is an echo.
    """
    assert read(b"HTTP/1.1 200 OK\r\n\r\n" + body).received is None


def test_no_answer_before_the_headers_end() -> None:
    """
    To ask for an answer that is not there is a mistake of the caller's.
    """
    with pytest.raises(ValueError, match="not ended"):
        read(b"HTTP/1.1 200 OK\r\n")


def test_a_pool_that_is_no_text() -> None:
    """
    Facts of the wrong type are left out.
    """
    assert Received({}, None, None) == read(b'HTTP/1.1 200 OK\r\n\r\n{"headers": {}, "pool": 1}').received


def test_a_chunk_whose_length_does_not_end() -> None:
    """
    A body that cannot be taken apart is no body; the status counts all the same.
    """
    answer = read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 70_000)

    assert (200, b"") == (answer.status, answer.body)
