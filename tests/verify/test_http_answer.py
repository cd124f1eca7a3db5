"""An HTTP answer read from bytes, however they are cut."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtls_app_gateway.verify.knock.http_answer import (
    MAX_HEADER_BYTES,
    AnswerReader,
    BadAnswerError,
    HttpAnswer,
    TooLongError,
)
from mtls_app_gateway.verify.knock.observation import ForwardedRequest, Phrase

ECHO = json.dumps({"headers": {"X-A": "1", "X-B": ["2", "3"]}, "pool": "app", "transport": "https", "more": 1}).encode()
WITH_LENGTH = b"HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: %d\r\n\r\n" % len(ECHO) + ECHO
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(ECHO), ECHO)
UNTIL_THE_END = b"HTTP/1.0 200 OK\r\n\r\n" + ECHO


def read(*pieces: bytes) -> HttpAnswer:
    reader = AnswerReader()
    for piece in pieces:
        reader.feed(piece)
    return reader.answer()


@pytest.mark.parametrize("answer", [WITH_LENGTH, CHUNKED, UNTIL_THE_END])
def test_an_echo_is_read(answer: bytes) -> None:
    """
    However its length is reported, an echo is read with its headers in lower case, several values joined.
    """
    assert ForwardedRequest({"x-a": "1", "x-b": "2, 3"}, "app", "https") == read(answer).echoed


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
    assert read(b"HTTP/1.1 200 OK\r\n\r\n" + body).echoed is None


def test_no_answer_before_the_headers_end() -> None:
    """
    To ask for an answer that is not there is a mistake of the caller's.
    """
    with pytest.raises(ValueError, match="not ended"):
        read(b"HTTP/1.1 200 OK\r\n")


def test_a_pool_that_is_no_text() -> None:
    """
    Facts of the wrong type are left out, and a transport that is none.
    """
    odd = b'HTTP/1.1 200 OK\r\n\r\n{"headers": {}, "transport": "\\u001b]0;x\\u0007"}'
    assert ForwardedRequest({}, None, None) == read(odd).echoed
    assert ForwardedRequest({}, None, None) == read(odd.replace(b'"\\u001b]0;x\\u0007"', b"[]")).echoed
    assert ForwardedRequest({}, None, None) == read(b'HTTP/1.1 200 OK\r\n\r\n{"headers": {}, "pool": 1}').echoed


def test_a_chunk_whose_length_does_not_end() -> None:
    """
    A body that cannot be taken apart is no body; the status counts all the same.
    """
    answer = read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 70_000)

    assert (200, b"") == (answer.status, answer.body)


CHUNKED_START = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("chunks", [b"-5\r\nabc\r\n", b"5\r\nabcdefgh\r\n0\r\n\r\n", b"zz\r\n", b"f" * 21 + b"\r\n"])
def test_chunks_that_are_none(chunks: bytes) -> None:
    """
    A chunk of a negative length, or of another than it says, ends the reading; the status counts, the body is cut.
    """
    answer = read(CHUNKED_START + chunks)

    assert (200, True, None) == (answer.status, answer.is_cut, answer.echoed)


def test_the_end_of_chunks_is_parsed() -> None:
    """
    What looks like the end of the chunks inside of one is none, and what follows the end is not waited for.
    """
    inside = b'{"headers": {}, "pool": "0\\r\\n\\r\\n"}0\r\n\r\n'
    reader = AnswerReader()
    reader.feed(CHUNKED_START + b"%x\r\n%s" % (len(inside), inside))
    before = reader.is_complete
    reader.feed(b"\r\n0\r\nX-Trailer: 1\r\n\r\n")

    assert (False, True) == (before, reader.is_complete)
    assert (inside, False) == (reader.answer().body, reader.answer().is_cut)


def test_an_early_end() -> None:
    """
    A body that ends before its length is cut; one without a length ends with the connection, and is whole.
    """
    for start, is_cut in ((WITH_LENGTH[:-1], True), (CHUNKED[:-5], True), (UNTIL_THE_END, False)):
        reader = AnswerReader()
        reader.feed(start)
        reader.end()

        assert (True, is_cut) == (reader.is_complete, reader.answer().is_cut)


def test_interim_answers_are_none() -> None:
    """
    A 1xx answer announces another one, however many come; a change of protocol that nobody asked for is no answer.
    """
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"

    assert ForwardedRequest({"x-a": "1", "x-b": "2, 3"}, "app", "https") == read(interim * 50 + WITH_LENGTH).echoed
    assert not read_on(interim).has_headers
    with pytest.raises(BadAnswerError):
        read(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")


def read_on(data: bytes) -> AnswerReader:
    reader = AnswerReader()
    reader.feed(data)
    return reader


def test_folded_and_repeated_headers() -> None:
    """
    A header on two lines (RFC 9112 section 5.2) is one value with a blank.
    """
    answer = read(b"HTTP/1.1 302 Found\r\nServer: one\r\n  two\r\nLocation: /a\r\nX: 1\r\nX: 2\r\n\r\n")

    assert ("one two", "/a") == (answer.headers["server"], answer.headers["location"])


def test_headers_of_any_number_up_to_the_bound() -> None:
    """
    Many headers are an answer as long as they are not too much; one byte more than is taken is too long.
    """
    assert 200 == read(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000 + b"\r\n").status
    with pytest.raises(TooLongError, match="64 KB"):
        read(b"HTTP/1.1 200 OK\r\nX: " + b"a" * MAX_HEADER_BYTES)


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: -5",
        b"Content-Length: " + b"9" * 5000,
        b"Content-Length: 1\r\nContent-Length: 2",
        b"X Y: z",
        b": x",
        b"X: \x00",
        b"Transfer-Encoding: gzip",
    ],
)
def test_headers_that_are_none(headers: bytes) -> None:
    """
    Headers that say two things, or nothing, are not HTTP.
    """
    with pytest.raises(BadAnswerError):
        read(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n\r\n")
