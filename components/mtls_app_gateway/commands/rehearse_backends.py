"""What a rehearsal expects where the backend shows a certificate that the gateway should not accept."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..rehearsal.backend_certificates import BackendCertificate
from ..verify.judge import evidence
from ..verify.judge.expectation import Expectation
from ..verify.judge.expected import Admitted, BackendReachedBy, BackendRefused, HeadersForwarded, NotKnown
from ..verify.promise.promise import Promise
from ..verify.promise.promised_routes import PromisedRoute

_WHY = {
    BackendCertificate.OTHER_CA: "is of a CA that is not trusted",
    BackendCertificate.WRONG_NAME: "is for another name",
    BackendCertificate.EXPIRED: "has expired",
}
_NAME_ALONE = "a name that is verified without the chain; nginx verifies neither"


def with_backend_certificate(
    rows: Iterable[Expectation], promise: Promise, certificate: BackendCertificate
) -> Iterator[Expectation]:
    """The rows of a rehearsal whose backends show this certificate."""
    for row in rows:
        route = promise.route_for(row.question.path)
        if route.transport != "https" or route.is_redirect or certificate is BackendCertificate.VALID:
            yield row
        elif certificate is BackendCertificate.WRONG_NAME and route.verifies_name and not route.verifies_chain:
            is_of_backend = isinstance(row.expected, BackendReachedBy)
            yield replace(row, expected=NotKnown(_NAME_ALONE)) if is_of_backend else row
        elif not _is_refused(route, certificate):
            yield row
        elif isinstance(row.expected, Admitted | BackendReachedBy):
            expected = BackendRefused(_WHY[certificate])
            yield replace(row, expected=expected, evidence=evidence.BACKEND_HEALTH)
        elif not isinstance(row.expected, HeadersForwarded):
            yield row


def _is_refused(route: PromisedRoute, certificate: BackendCertificate) -> bool:
    return route.verifies_name if certificate is BackendCertificate.WRONG_NAME else route.verifies_chain
