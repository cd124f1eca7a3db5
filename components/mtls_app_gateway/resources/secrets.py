"""Listener certificates and CA chains on their way to the gateway: checked now where known, else on arrival."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import pulumi

from ..certificates import CaChain, GivenBundle, check_pfx, load_chains
from ..errors import GatewayError, Problem, errors_of
from ..gateway.settings import ListenerCertificate
from .reporting import run_error
from .slots import Taken


def known_pfx_problems(taken: Taken, at: datetime, sources: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with the PFX certificates whose data and password are known already; `sources` as in a plan."""
    certificates, values = taken.given.get("listenerCertificates"), dict[str, Any](taken.values)
    for position, certificate in enumerate(certificates if isinstance(certificates, list) else ()):
        if not isinstance(certificate, Mapping):
            continue
        pfx, password = (values.get(str(certificate.get(key))) for key in ("pfx", "password"))
        if _is_known(pfx, password):
            where = f"listenerCertificates[{position}].pfx"
            yield from check_pfx(str(pfx), password, where=sources.get(where, where), at=at)


def _is_known(pfx: Any, password: Any) -> bool:
    return isinstance(pfx, str) and (password is None or isinstance(password, str))


def listener_secrets(
    certificate: ListenerCertificate, where: str, values: Mapping[str, pulumi.Input[str]], at: datetime
) -> dict[str, pulumi.Output[Any]]:
    """`data` and `password` of a PFX certificate as the gateway's inputs: secrets, checked before it is registered."""
    if certificate.pfx is None:
        return {}
    pfx, password = values[certificate.pfx], values.get(certificate.password or "")

    def check(given: list[Any]) -> Any:
        with run_error():
            problems = errors_of(check_pfx(given[0], given[1], where=where, at=at))
            if problems:
                raise GatewayError(problems)
        return given[0]

    # What is known has been checked already, and opening a PFX is slow on purpose.
    data = pulumi.Output.secret(pfx if _is_known(pfx, password) else pulumi.Output.all(pfx, password).apply(check))
    return {"data": data} if password is None else {"data": data, "password": pulumi.Output.secret(password)}


def chain_later(data: pulumi.Input[str], name: str, where: str, at: datetime) -> pulumi.Output[CaChain]:
    """A chain whose text arrives later, checked then.

    Not checked: whether the chains of its profile admit anybody, which one of them alone cannot tell.
    """

    def check(text: str) -> CaChain:
        with run_error():
            loaded = load_chains([GivenBundle(text, where, name=name)], at=at)
            if problems := [found for found in errors_of(loaded.problems) if found.rule != "nobody-admitted"]:
                raise GatewayError(problems)
        return loaded.chains[0]

    return pulumi.Output.from_input(data).apply(check)
