"""What rewrites can read and what they cannot, and facts of the client's certificate among it."""

import pytest
from mtls_app_gateway.document.rewrite_facts import (
    CLIENT_VARIABLES,
    SERVER_VARIABLES,
    is_client_fact,
    is_variable,
    request_header,
    variables_in,
    without_capture,
)
from mtls_app_gateway.rehearsal.nginx.variables import variable


def test_a_value_may_read_several() -> None:
    """Each variable in braces is one that the value reads, whatever is around it."""
    assert ["var_client_ip", "http_req_X-A_1", ""] == list(variables_in("a{var_client_ip}, {http_req_X-A_1}{}{"))


@pytest.mark.parametrize("name", ["var_uri_path", "var_cookie_session", "http_req_X-Any_Thing", "http_resp_Server"])
def test_a_variable_is_known(name: str) -> None:
    """A server variable, a cookie, a header of the request or the response."""
    assert is_variable(name)


@pytest.mark.parametrize("name", ["uri_path", "{var_uri_path}", "var_subject_cn", "VAR_uri_path", "http_req_", "var_"])
def test_another_name_is_not(name: str) -> None:
    """Without its kind, with braces, or with a name that there is not."""
    assert not is_variable(name)


def test_a_capture_is_of_a_variable() -> None:
    """The number at the end is that of a group of the pattern."""
    assert "http_req_User-Agent" == without_capture("http_req_User-Agent_12")
    assert "var_uri_path" == without_capture("var_uri_path")


def test_each_fact_of_the_certificate_is_one_as_a_capture_too() -> None:
    """A part of a fact is as good as the fact; the names of other variables are none."""
    for name in CLIENT_VARIABLES:
        assert is_client_fact(f"var_{name}")
        assert is_client_fact(f"var_{name}_2")
    assert not any(is_client_fact(f"var_{name}") for name in SERVER_VARIABLES - CLIENT_VARIABLES)
    assert not is_client_fact("http_req_client_certificate")
    assert not is_client_fact("client_certificate")


def test_a_header_that_ends_in_a_number_may_be_two() -> None:
    """`X-A_1` is a header, and the first group of a condition on `X-A`: it may be either."""
    assert {"x-a_1", "x-a-1", "x-a"} == request_header("http_req_X-A_1")


@pytest.mark.parametrize("spelling", ["http_req_x_client_cert", "HTTP_REQ_X-Client-Cert", " http_req_X-Client-Cert "])
def test_a_header_is_read_in_any_spelling(spelling: str) -> None:
    """Whether Azure takes these for the header is not documented, so they count as it."""
    assert "x-client-cert" in request_header(spelling)
    assert is_client_fact(" VAR_client_certificate ")
    assert frozenset() == request_header("http_resp_X-A")


def test_each_server_variable_can_be_rehearsed() -> None:
    """The rehearsal has a value for every published variable; port and verdict are those of a listener."""
    literals = {"server_port": "443", "client_certificate_verification": "NONE"}

    assert all(variable(f"var_{name}", literals=literals) is not None for name in SERVER_VARIABLES)
