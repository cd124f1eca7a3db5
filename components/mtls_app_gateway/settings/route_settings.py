"""What a person may ask of a route: where the requests of a listener go."""

from typing import Annotated

from pydantic import Field, StrictBool

from .enums import RedirectType
from .shapes import Model, Name, Text, Whole


class Redirect(Model):
    """Another place that clients are sent to: a listener of this gateway, or a URL."""

    listener: str | None = None
    url: Text | None = None
    type: RedirectType = RedirectType.PERMANENT
    include_path: StrictBool = True
    include_query_string: StrictBool = True


class PathRule(Model):
    """The backend or the redirect of some paths of a route, and a WAF policy of their own."""

    name: Name
    paths: tuple[Text, ...]
    backend: str | None = None
    redirect: Redirect | None = None
    rewrites: tuple[str, ...] | None = None
    """None: those of the route."""
    waf_policy_id: Text | None = None


class Route(Model):
    """The backend or the redirect of a listener's requests, and the order in which the gateway tries its rules."""

    name: Name = "route"
    listener: str = "https"
    backend: str | None = None
    redirect: Redirect | None = None
    rewrites: tuple[str, ...] = ()
    paths: tuple[PathRule, ...] = ()
    priority: Annotated[Whole, Field(ge=1, le=20000)]
