"""What a person may ask of the rewrites: headers of requests and responses, URLs, and the conditions for them."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StrictBool

from .shapes import Model, Name, Text, Whole


class RewriteCondition(Model):
    """When a rewrite applies: the variable matches the pattern, or does not where `negate` says so."""

    variable: Text
    pattern: Text
    ignore_case: StrictBool = False
    negate: StrictBool = False


class UrlRewrite(Model):
    """The URL that the backend gets; what is left out stays as it is."""

    path: Text | None = None
    query_string: str | None = None
    reroute: StrictBool = False


class Rewrite(Model):
    """One change of requests and responses, for the routes that name it. A header without a value is deleted."""

    name: Name
    conditions: tuple[RewriteCondition, ...] = ()
    request_headers: Mapping[str, str] = {}
    response_headers: Mapping[str, str] = {}
    url: UrlRewrite | None = None


class StrictTransportSecurity(Model):
    """The response header that asks browsers to use HTTPS alone (RFC 6797)."""

    max_age: Annotated[Whole, Field(ge=0)] = 31_536_000
    include_sub_domains: StrictBool = False
    preload: StrictBool = False
