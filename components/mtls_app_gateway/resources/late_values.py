"""Checks listener certificates and CA chains: now where they are known, else as soon as they are."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pulumi

from ..certificates import CaChain, GivenBundle, check_pfx, load_chains, load_root
from ..document.placeholder import is_placeholder
from ..problems import Problem
from ..settings.backend_settings import TrustedRoot
from ..settings.implied import ClientAuthentication, given_roots
from ..settings.planning import as_enforced
from ..settings.settings import GatewaySettings, ListenerCertificate
from .placeholders import SeparatedArguments
from .reporting import report_problems


def known_pfx_problems(arguments: SeparatedArguments, now: datetime, sources: Mapping[str, str]) -> Iterator[Problem]:
    """Problems of the PFX certificates whose data and password are known already; `sources` as in a plan."""
    certificates, values = arguments.settings.get("listenerCertificates"), dict[str, Any](arguments.values)
    for index, certificate in enumerate(certificates if isinstance(certificates, list) else ()):
        if not isinstance(certificate, Mapping):
            continue
        pfx, password = (values.get(str(certificate.get(key))) for key in ("pfx", "password"))
        if _is_known(pfx, password):
            where = f"listenerCertificates[{index}].pfx"
            yield from check_pfx(str(pfx), password, where=sources.get(where, where), now=now)


def _is_known(pfx: Any, password: Any) -> bool:
    return isinstance(pfx, str) and (password is None or isinstance(password, str))


@dataclass(frozen=True, slots=True)
class LateChecks:
    """What values that are known later are checked with, and the resource at which problems are reported."""

    now: datetime
    expiry_warning_days: int
    resource: pulumi.Resource

    def report(self, problems: Iterable[Problem]) -> None:
        """Log problems at the component; errors end the deployment."""
        report_problems(problems, self.resource)


def listener_secrets(
    certificate: ListenerCertificate, where: str, values: Mapping[str, pulumi.Input[str]], checks: LateChecks
) -> dict[str, pulumi.Output[Any]]:
    """`data` and `password` of a PFX certificate as the gateway's inputs: secrets, checked before it is registered."""
    if certificate.pfx is None:
        return {}
    pfx, password = values[certificate.pfx], values.get(certificate.password or "")

    def check(known: list[Any]) -> Any:
        data, its_password = known
        checks.report(check_pfx(data, its_password, where=where, now=checks.now))
        return data

    # What is known has been checked already, and opening a PFX is slow on purpose.
    data = pulumi.Output.secret(pfx if _is_known(pfx, password) else pulumi.Output.all(pfx, password).apply(check))
    return {"data": data} if password is None else {"data": data, "password": pulumi.Output.secret(password)}


def chain_later(
    data: pulumi.Input[str], name: str, authentication: ClientAuthentication, checks: LateChecks
) -> pulumi.Output[CaChain]:
    """A chain whose text is known later, checked then.

    Not checked: whether the chains of its profile admit any client at all, which one of them alone does not show.
    """

    def check(text: str) -> CaChain:
        loaded = load_chains(
            [GivenBundle(text, f"profile {authentication.name}, {name}", name=name)],
            now=checks.now,
            expiry_warning_days=checks.expiry_warning_days,
            verify_issuer_dn=authentication.verifies_issuer_dn,
        )
        checks.report(as_enforced(loaded.problems, authentication, everything_known=False))
        return loaded.chains[0]

    return pulumi.Output.from_input(data).apply(check)


def roots_later(
    settings: GatewaySettings, values: Mapping[str, pulumi.Input[str]], checks: LateChecks
) -> dict[str, pulumi.Output[str]]:
    """The data of each trusted root whose text is known later, by its placeholder; checked then."""

    def later(where: str, root: TrustedRoot, text: pulumi.Input[str]) -> pulumi.Output[str]:
        def check(known: str) -> str:
            given = GivenBundle(known, where, name=root.name)
            loaded, problems = load_root(given, now=checks.now, expiry_warning_days=checks.expiry_warning_days)
            checks.report(problems)
            return loaded.data if loaded else ""

        return pulumi.Output.from_input(text).apply(check)

    return {
        root.data: later(where, root, values[root.data])
        for where, root in given_roots(settings)
        if root.data is not None and is_placeholder(root.data)
    }
