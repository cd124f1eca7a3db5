"""Text on its way out: whatever it holds, it acts nowhere."""

import json
import time
from html.parser import HTMLParser
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mtls_app_gateway.escaping import html_text, json_text, printable, quoted, without_secrets, xml_text
from mtls_app_gateway.processes.problem_rows import CANNOT_WRITE

ANY_TEXT = st.text(st.characters())
"""Control characters and lone surrogates among them."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("app.example.com", "app.example.com"),
        ("Zürich ü", "Zürich ü"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("\x1b]0;x\x07", r"\x1b]0;x\x07"),
        ("one\r\ntwo", r"one\r\ntwo"),
        ("\ud800", r"\ud800"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\x9b31m", r"\x9b31m"),
    ],
)
def test_a_control_character_is_shown_as_its_escape(text: str, shown: str) -> None:
    """What cannot be printed stands there as an escape; all else stands there as it is."""
    assert shown == printable(text)


@given(ANY_TEXT)
@example("\ud800\x1b\x00\u2028\ufffe")
def test_no_text_acts_on_a_terminal_or_breaks_a_line(text: str) -> None:
    """Every text becomes one line that any UTF-8 stream takes."""
    shown = printable(text)
    assert shown.isprintable()
    shown.encode()


def test_a_long_text_is_cut_short() -> None:
    """A text of the length that is allowed stays whole; a longer one ends with an ellipsis."""
    assert ("abc", "ab…") == (printable("abc", 3), printable("abcd", 3))


@given(ANY_TEXT)
@example("\ud800\x1b\x00\ufffe\uffff<&>\"'")
def test_every_text_can_stand_in_xml(text: str) -> None:
    """A document with any text in it is well-formed, as an attribute and as content."""
    element = Xml.Element("case", name=xml_text(text))
    element.text = xml_text(text)
    Xml.fromstring(Xml.tostring(element, encoding="utf-8"))  # noqa: S314 - our own text


@given(ANY_TEXT)
@example('"><script>alert(1)</script>\x1b\ud800')
def test_every_text_can_stand_in_html(text: str) -> None:
    """Any text is content in a page, never a tag, and the page can be written as UTF-8."""
    found: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append(tag)  # type: ignore[method-assign] # noqa: ARG005 - its name
    parser.feed(f"<p>{html_text(text)}</p>")
    assert ["p"] == found
    html_text(text).encode()


@given(ANY_TEXT)
@example("\ud83d\ude00 \ud800")
def test_every_text_can_stand_in_json(text: str) -> None:
    """JSON is ASCII that a strict reader takes: no lone surrogate stands in it, escaped or not."""
    shown = json_text({text: [text]})
    assert shown.isascii()
    json.dumps(json.loads(shown), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("https://u:SECRET@h/", "SECRET"),
        ("u:SECRET@h", "SECRET"),
        ("https://u:SE/CR?ET@h/", "SE/CR?ET"),
        ("https://:SECRET@h", "SECRET"),
        ("key aB3dEf6hIj9kLmN0pQrStUv2xYz4AbCd here", "aB3dEf6hIj9k"),
        ("QWxhZGRpbjpvcGVuIHNlc2FtZTEyMzQ1Njc4OTA=", "QWxhZGRpbjp"),
    ],
)
def test_a_secret_is_left_out(text: str, secret: str) -> None:
    """What stands before the @ of an address, and a long token, is not shown, not even cut short."""
    assert secret not in without_secrets(text)
    assert all(secret[:3] not in quoted(text, length) for length in range(1, 61))
    assert secret not in str(CANNOT_WRITE.problem("where", f"{text!r} is wrong", "Write another."))


@pytest.mark.parametrize(
    "text",
    [
        "app.example.com:443",
        "AppGwSslPolicy20220101S",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/Group1/providers/Microsoft.Network/x",
        "SHA-256 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
        "someone@example.com",
        "listeners[0].hostNames[1]",
    ],
)
def test_what_is_no_secret_is_shown(text: str) -> None:
    """Names, ids and fingerprints stay whole."""
    assert text == without_secrets(text)


@pytest.mark.parametrize("text", ["a" * 3_000_000, "a:" * 1_000_000, "@" * 1_000_000, ":@" * 500_000, "'" * 1_000_000])
def test_a_long_text_is_looked_through_once(text: str) -> None:
    """To leave secrets out takes time in proportion to the text, whatever it holds."""
    started = time.process_time()
    without_secrets(text)
    assert time.process_time() - started < 2


def test_a_problem_is_one_line() -> None:
    """A control character in what a problem tells is shown as its escape."""
    problem = CANNOT_WRITE.problem("where\x1b[31m", "saw\r\nok: all is well", "Write another.", azure_code="Code\x00")
    assert r"cannot-write: where\x1b[31m: saw\r\nok: all is well. Write another. [Code\x00]" == str(problem)
