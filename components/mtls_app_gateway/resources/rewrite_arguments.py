"""The shapes of the arguments of rewrites, for programs in every Pulumi language."""

from typing import NotRequired, TypedDict


class RewriteConditionArgs(TypedDict):
    """When a rewrite applies: the variable matches the pattern. Of several conditions each must hold."""

    variable: str
    """What is tested, without braces: var_client_ip, http_req_Host, http_resp_Location."""
    pattern: str
    """The regular expression (RE2) that it must match."""
    ignore_case: NotRequired[bool]
    """Whether the pattern ignores case. Default: false."""
    negate: NotRequired[bool]
    """Whether the variable must not match. Default: false."""


class UrlRewriteArgs(TypedDict):
    """The URL that the backend gets; what is left out stays as it is."""

    path: NotRequired[str]
    """The path; {var_uri_path_1} is the first group of a condition's pattern for var_uri_path."""
    query_string: NotRequired[str]
    """The query, without its question mark."""
    reroute: NotRequired[bool]
    """Whether the path rule is chosen once more, by the new path. Default: false."""


class RewriteArgs(TypedDict):
    """One change of requests and responses, for the routes that name it."""

    name: str
    """The rewrite's name."""
    conditions: NotRequired[list[RewriteConditionArgs]]
    """When it applies; always if not given."""
    request_headers: NotRequired[dict[str, str]]
    """The headers of the request to the backend by name; an empty value deletes. No identity header is among them."""
    response_headers: NotRequired[dict[str, str]]
    """The headers of the response to the client by name; an empty value deletes."""
    url: NotRequired[UrlRewriteArgs]
    """The URL that the backend gets."""


class StrictTransportSecurityArgs(TypedDict):
    """The response header that asks browsers to use HTTPS alone."""

    max_age: NotRequired[int]
    """For how many seconds; 0 ends it. Default: 31536000."""
    include_sub_domains: NotRequired[bool]
    """Whether it is said of every subdomain too. Default: false."""
    preload: NotRequired[bool]
    """Whether browsers may have the host name built in; hard to undo. Default: false."""
