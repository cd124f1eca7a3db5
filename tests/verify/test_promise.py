"""What a document promises of a listener."""

import base64
from typing import Any

import pytest
from mtls_app_gateway.document.azure import Mode, TlsVersion, tls_policy
from mtls_app_gateway.document.view import view
from mtls_app_gateway.problems import GatewayError
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.verify.promise.promise import promise_by_hand, promises_of

from tests.rehearsal.documents import basic_rule, chain, document, listener, part, passthrough, strict

from .asking import promise_of

V = TlsVersion
ROOT = Authority.create("Root")
ISSUING = ROOT.intermediate("Issuing")
_ODD_MODES = {"typo": "Passthru", "empty": "", "no-word": True}


def gateway(*profiles: Any, listener_properties: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    name = profiles[0]["name"] if profiles else None
    return document(
        [listener("edge", 443, name, **(listener_properties or {}))],
        sslProfiles=list(profiles),
        trustedClientCertificates=[chain("a", ISSUING.bundle_pem)],
        **changed,
    )


def test_strict() -> None:
    """
    A Strict profile promises its chains and checks.
    """
    promise = promise_of(gateway(strict("clients", "a", issuer_dn=True, ocsp=True)), "edge")

    assert (Mode.STRICT, True, True) == (promise.mode, promise.verify_issuer_dn, promise.verify_revocation)
    assert ["CN=Issuing"] == [each.issuer_dn for each in promise.chains]
    assert () == promise.doubts


def test_passthrough_and_no_profile() -> None:
    """
    Passthrough promises nothing of chains; without a profile no client is asked.
    """
    promise = promise_of(gateway(passthrough()), "edge")

    assert (Mode.PASSTHROUGH, (), ()) == (promise.mode, promise.chains, promise.doubts)
    assert promise_of(gateway(), "edge").mode is None


def test_doubts() -> None:
    """
    Where it is not known what Azure does, the promise has a doubt.
    """
    attached = [{"id": "$self/trustedClientCertificates/a"}]
    lenient = promise_of(gateway(passthrough(trustedClientCertificates=attached)), "edge")
    empty = promise_of(gateway(strict("clients")), "edge")
    unsaid = promise_of(gateway(part("clients", trustedClientCertificates=attached)), "edge")

    assert (Mode.PASSTHROUGH, 1) == (lenient.mode, len(lenient.doubts))
    assert (None, 1) == (empty.mode, len(empty.doubts))
    assert (Mode.STRICT, ("no mode is given; Strict is assumed, as seen on Azure",)) == (unsaid.mode, unsaid.doubts)


def test_an_unknown_mode_promises_nothing() -> None:
    """
    A mode that Azure has not is never taken for another: each is named, also in a profile that is not used.
    """
    odd = [part(name, clientAuthConfiguration={"verifyClientAuthMode": word}) for name, word in _ODD_MODES.items()]

    with pytest.raises(GatewayError) as refused:
        promises_of(view(gateway(strict("clients", "a"), *odd)))

    seen = [(each.rule, each.where) for each in refused.value.problems]
    assert [("mode-unknown", f"sslProfiles/{name}") for name in _ODD_MODES] == [
        (rule, where.partition(".")[0]) for rule, where in seen
    ]
    assert "'Passthru'" in str(refused.value)


def test_a_mode_is_read_in_any_case() -> None:
    """
    Azure reads its words in any case, and so is the mode read.
    """
    lenient = part("clients", clientAuthConfiguration={"verifyClientAuthMode": "PASSTHROUGH"})

    assert Mode.PASSTHROUGH is promise_of(gateway(lenient), "edge").mode


def test_the_issuer_is_taken_from_the_file_as_it_stands() -> None:
    """
    Of two paths of one length Azure takes the first in the file, so the order in the document counts.
    """
    other = ROOT.intermediate("Other")
    for first, second in ((ISSUING, other), (other, ISSUING)):
        text = first.certificate_pem + second.certificate_pem + ROOT.certificate_pem
        data = base64.b64encode(text.encode()).decode()
        changed = gateway(strict("clients", "a", issuer_dn=True))
        changed["properties"]["trustedClientCertificates"] = [part("a", data=data)]
        (found,) = promise_of(changed, "edge").chains

        assert first.certificate.subject.rfc4514_string() == found.issuer_dn


def test_a_chain_without_an_authority_promises_no_trust() -> None:
    """
    Data that holds no CA adds no chain; the listener is Strict all the same.
    """
    changed = gateway(strict("clients", "a"))
    changed["properties"]["trustedClientCertificates"] = [part("a", data="bm90aGluZw==")]

    assert (Mode.STRICT, ()) == ((found := promise_of(changed, "edge")).mode, found.chains)


@pytest.mark.parametrize(
    ("policy", "spoken", "retired"),
    [
        (None, (V.V1_2, V.V1_3), ()),
        ({"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"}, (V.V1_2, V.V1_3), ()),
        ({"policyType": "Predefined", "policyName": "AppGwSslPolicy20170401S"}, (V.V1_2,), ()),
        ({"policyType": "Predefined", "policyName": "AppGwSslPolicy20170401"}, (V.V1_2,), (V.V1_1,)),
        ({"policyType": "Predefined", "policyName": "AppGwSslPolicy20150501"}, (V.V1_2,), (V.V1_0, V.V1_1)),
        ({"policyType": "Custom", "minProtocolVersion": "TLSv1_0"}, (V.V1_2,), (V.V1_0, V.V1_1)),
        ({"policyType": "CustomV2", "minProtocolVersion": "TLSv1_1"}, (V.V1_2, V.V1_3), (V.V1_1,)),
        ({"policyType": "Predefined", "policyName": "of another year"}, (V.V1_2, V.V1_3), ()),
        ({"policyType": "CustomV2", "minProtocolVersion": "TLSv1_3"}, (V.V1_3,), ()),
        ({"policyType": "CustomV2", "minProtocolVersion": "TLSv1_2"}, (V.V1_2, V.V1_3), ()),
        ({"policyType": "Custom", "minProtocolVersion": "TLSv1_2"}, (V.V1_2,), ()),
        ({"policyType": "Custom"}, (V.V1_2,), ()),
        ({"policyType": "Custom", "minProtocolVersion": "TLSv1_3"}, (V.V1_2,), ()),
    ],
)
def test_tls_versions(
    policy: dict[str, str] | None, spoken: tuple[TlsVersion, ...], retired: tuple[TlsVersion, ...]
) -> None:
    """
    Each policy lets callers speak its versions, the oldest first; those that Azure retired are distinguished.
    """
    assert (spoken, retired) == (tls_policy(policy).versions, tls_policy(policy).retired_versions)


def test_the_profiles_policy_goes_before_the_gateways() -> None:
    """
    A listener speaks what its profile says, else what the gateway says.
    """
    only_1_3 = {"policyType": "CustomV2", "minProtocolVersion": "TLSv1_3"}

    assert (V.V1_3,) == promise_of(gateway(passthrough(sslPolicy=only_1_3)), "edge").versions
    assert (V.V1_3,) == promise_of(gateway(passthrough(), sslPolicy=only_1_3), "edge").versions
    assert (V.V1_2, V.V1_3) == promise_of(gateway(passthrough()), "edge").versions


def test_names_ports_and_pages() -> None:
    """
    Host names in both spellings, the port, the protocol and a 400 page of the listener's or the gateway's own.
    """
    page = [{"statusCode": "HttpStatus400", "customErrorPageUrl": "https://example.com/400.htm"}]
    one = promise_of(gateway(passthrough(), listener_properties={"hostName": "a.example.com"}), "edge")
    two = promise_of(
        gateway(passthrough(), listener_properties={"hostNames": ["a.example.com", "*.b.example.com"]}), "edge"
    )

    assert (("a.example.com",), 443, True, False) == (one.host_names, one.port, one.is_tls, one.has_own_400_page)
    assert ("a.example.com", "*.b.example.com") == two.host_names
    assert promise_of(gateway(listener_properties={"customErrorConfigurations": page}), "edge").has_own_400_page
    assert promise_of(gateway(customErrorConfigurations=page), "edge").has_own_400_page
    other = {"customErrorConfigurations": [{**page[0], "statusCode": "HttpStatus502"}]}
    replaced = gateway(listener_properties=other, customErrorConfigurations=page)
    assert not promise_of(replaced, "edge").has_own_400_page
    assert not promise_of(document([listener("edge", 80, protocol="Http")]), "edge").is_tls


def test_only_routed_listeners_promise_anything() -> None:
    """
    Listeners come in the order of their rules' priorities, each once; one that no rule uses does not come.
    """
    listeners = [listener("late", 443), listener("early", 8443), listener("unused", 9443)]
    dangling = part("dangling", priority=5, httpListener={"id": "$self/httpListeners/nobody"})
    rules = [basic_rule("late", 200), basic_rule("early", 100), basic_rule("late", 300), dangling]
    found = promises_of(view(document(listeners, rules=rules)))

    assert ["early", "late"] == [promise.listener for promise in found]
    assert () == promises_of(view({}))


def test_by_hand() -> None:
    """
    What a person says is promised as it was said.
    """
    promise = promise_by_hand(Mode.STRICT, verify_issuer_dn=True, identity_headers=["X-Client-Cert"])

    assert (Mode.STRICT, True, False, ("X-Client-Cert",)) == (
        promise.mode,
        promise.verify_issuer_dn,
        promise.verify_revocation,
        promise.identity_headers,
    )
