"""Listener certificates and CA chains on their way to the gateway: checked now where known, else on arrival."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pulumi

from ..certificates import CaChain, GivenBundle, check_pfx, load_chains
from ..problems import GatewayError, Problem, errors_of
from ..settings.implied import ClientAuthentication
from ..settings.planning import as_enforced
from ..settings.settings import ListenerCertificate
from .placeholders import Taken
from .reporting import run_error, tell


def known_pfx_problems(taken: Taken, at: datetime, sources: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with the PFX certificates whose data and password are known already; `sources` as in a plan."""
    certificates, values = taken.given.get("listenerCertificates"), dict[str, Any](taken.values)
    for position, certificate in enumerate(certificates if isinstance(certificates, list) else ()):
        if not isinstance(certificate, Mapping):
            continue
        pfx, password = (values.get(str(certificate.get(key))) for key in ("pfx", "password"))
        if _is_known(pfx, password):
            where = f"listenerCertificates[{position}].pfx"
            yield from check_pfx(str(pfx), password, where=sources.get(where, where), now=at)


def _is_known(pfx: Any, password: Any) -> bool:
    return isinstance(pfx, str) and (password is None or isinstance(password, str))


@dataclass(frozen=True, slots=True)
class Arrival:
    """What values are judged by when they arrive: the time, the warning time, and who says what is worth saying."""

    at: datetime
    expiry_warning_days: int
    resource: pulumi.Resource

    def judge(self, problems: Iterable[Problem]) -> None:
        """Stop for errors; say the rest at the component."""
        found = tuple(problems)
        with run_error():
            if errors_of(found):
                raise GatewayError(found)
        tell(found, self.resource)


def listener_secrets(
    certificate: ListenerCertificate, where: str, values: Mapping[str, pulumi.Input[str]], arrival: Arrival
) -> dict[str, pulumi.Output[Any]]:
    """`data` and `password` of a PFX certificate as the gateway's inputs: secrets, checked before it is registered."""
    if certificate.pfx is None:
        return {}
    pfx, password = values[certificate.pfx], values.get(certificate.password or "")

    def check(given: list[Any]) -> Any:
        arrival.judge(check_pfx(given[0], given[1], where=where, now=arrival.at))
        return given[0]

    # What is known has been checked already, and opening a PFX is slow on purpose.
    data = pulumi.Output.secret(pfx if _is_known(pfx, password) else pulumi.Output.all(pfx, password).apply(check))
    return {"data": data} if password is None else {"data": data, "password": pulumi.Output.secret(password)}


def chain_later(
    data: pulumi.Input[str], name: str, authentication: ClientAuthentication, arrival: Arrival
) -> pulumi.Output[CaChain]:
    """A chain whose text arrives later, checked then.

    Not checked: whether the chains of its profile admit anybody, which one of them alone cannot tell.
    """

    def check(text: str) -> CaChain:
        loaded = load_chains(
            [GivenBundle(text, f"profile {authentication.name}, {name}", name=name)],
            now=arrival.at,
            expiry_warning_days=arrival.expiry_warning_days,
            verify_issuer_dn=authentication.verifies_issuer_dn,
        )
        arrival.judge(as_enforced(loaded.problems, authentication, everything_known=False))
        return loaded.chains[0]

    return pulumi.Output.from_input(data).apply(check)
