"""The shapes of the arguments of a route, for programs in every Pulumi language."""

from typing import NotRequired, TypedDict

import pulumi

from ..settings.enums import RedirectTypeLiteral


class RedirectArgs(TypedDict):
    """Another place that clients are sent to: a listener of this gateway, or a URL. No backend gets the request."""

    listener: NotRequired[str]
    """The name of the listener that clients are sent to."""
    url: NotRequired[pulumi.Input[str]]
    """The URL that clients are sent to, in place of a listener: https://www.example.com/."""
    type: NotRequired[RedirectTypeLiteral]
    """Permanent (301), Found (302), SeeOther (303) or Temporary (307). Default: Permanent."""
    include_path: NotRequired[bool]
    """Whether the path of the request is kept. Default: true."""
    include_query_string: NotRequired[bool]
    """Whether the query of the request is kept. Default: true."""


class PathRuleArgs(TypedDict):
    """Some paths of a route: their own backend or redirect, or their own WAF policy."""

    name: str
    """The path rule's name, once in its route."""
    paths: list[str]
    """The paths: /about is that path alone, and /images/* every path that begins with /images/."""
    backend: NotRequired[str]
    """The backend's name; where the route itself leads if neither it nor a redirect is given."""
    redirect: NotRequired[RedirectArgs]
    """Another place that clients are sent to, in place of a backend."""
    rewrites: NotRequired[list[str]]
    """The names of its rewrites; those of the route if not given."""
    waf_policy_id: NotRequired[pulumi.Input[str]]
    """The id of an existing WAF policy for these paths; needs WAF_v2."""


class RouteArgs(TypedDict):
    """The backend or the redirect for the requests of a listener, and those of some of its paths."""

    priority: int
    """The rule's priority, 1 (first) to 20000."""
    name: NotRequired[str]
    """The rule's name. Default: route."""
    listener: NotRequired[str]
    """The listener's name. Default: https."""
    backend: NotRequired[str]
    """The backend's name; backend if neither it nor a redirect is given."""
    redirect: NotRequired[RedirectArgs]
    """Another place that clients are sent to, in place of a backend."""
    rewrites: NotRequired[list[str]]
    """The names of its rewrites, in the order in which they apply. A redirect has none."""
    paths: NotRequired[list[PathRuleArgs]]
    """Paths that lead elsewhere, tried in this order; every other path goes where the route itself leads."""
