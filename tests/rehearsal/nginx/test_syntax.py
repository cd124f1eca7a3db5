"""The text of a configuration: what is written is what nginx reads."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtls_app_gateway.rehearsal.nginx.syntax import block, build, directive, exactly, literal, quote


def as_nginx_reads(quoted: str) -> str:
    """A token as nginx's own reader takes it (ngx_conf_read_token)."""
    if not quoted.startswith('"'):
        return quoted
    escapes = {"\\\\": "\\", '\\"': '"', "\\t": "\t", "\\r": "\r", "\\n": "\n"}
    return re.sub(r'\\[\\"trn]', lambda match: escapes[match[0]], quoted[1:-1])


@given(st.text())
def test_every_text_survives_quoting(text: str) -> None:
    """
    Any argument is read back as it was, and never ends its own quotes.
    """
    quoted = quote(text)

    assert text == as_nginx_reads(quoted)
    if quoted.startswith('"'):
        assert '"' not in re.sub(r"\\.", "", quoted[1:-1], flags=re.DOTALL)
    else:
        assert quoted
        assert not set(quoted) & set(" \t\r\n;{}\"'\\#")


@given(st.text(st.characters(codec="ascii", exclude_characters="\0")))
def test_an_exact_pattern_matches_its_text_alone(text: str) -> None:
    """
    The pattern of a name matches that name, and no other case or continuation of it.
    """
    pattern = re.compile(exactly(text).removeprefix("~").removesuffix(r"\z") + r"\Z")

    assert pattern.match(text)
    assert not pattern.match(f"{text}x")
    assert text.swapcase() == text or not pattern.match(text.swapcase())


def test_dollar_signs_are_not_variables() -> None:
    """
    A literal text holds no name of a variable but the one that gives the dollar sign back.
    """
    assert "a${dollar}b${dollar}{c}" == literal("a$b${c}")


@pytest.mark.parametrize(
    ("argument", "text"),
    [("on", "on"), ("", '""'), ("a b", '"a b"'), ("$uri", "$uri"), ("${uri}x", '"${uri}x"'), ("^", '"^"')],
)
def test_only_what_needs_quotes_has_them(argument: str, text: str) -> None:
    """
    Plain words and variables stand bare, for people to read.
    """
    assert text == quote(argument)


def test_blocks_are_indented() -> None:
    """
    A tree becomes the text a person would have written.
    """
    tree = [directive("daemon", "off"), block("http", inner=[block("server", inner=[directive("listen", 80)])])]

    assert "daemon off;\nhttp {\n    server {\n        listen 80;\n    }\n}\n" == build(tree)
