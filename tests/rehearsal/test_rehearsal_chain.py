"""Authorities that stand in for those of a document: what they share with them, and what a gateway makes of both."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from mtls_app_gateway.rehearsal.authority import Authority, Credential, Extension, write_credential
from mtls_app_gateway.rehearsal.local_gateway import RunningGateway
from mtls_app_gateway.rehearsal.rehearsal_chain import (
    RehearsalChain,
    default_rehearsal_chain,
    read_rehearsal_chain,
    rehearsal_chain_for,
    with_rehearsal_chains,
)

from .documents import chain, document, listener, passthrough, strict, trusted
from .knocking import ClientFiles, knock

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.create("Partners Root", path_length=2, not_after=NOW + timedelta(days=40))


@pytest.fixture(scope="module")
def issuing(root: Authority) -> Authority:
    usage = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH])
    extensions: list[Extension] = [(usage, False)]
    return root.intermediate("Partners Issuing", path_length=0, extensions=extensions)


def stand_in(authority: Authority) -> RehearsalChain:
    made = rehearsal_chain_for(trusted(chain("partners", authority.bundle_pem)), now=NOW)
    assert made is not None
    return made


def test_names_shape_and_limits_are_the_same(root: Authority, issuing: Authority) -> None:
    """
    Subject, issuer, validity and the limits of each certificate are those of the one it stands in for; its key is not.
    """
    made = stand_in(issuing)

    for mine, real in zip(made.authorities, (issuing, root), strict=True):
        assert (real.certificate.subject, real.certificate.issuer) == (
            mine.certificate.subject,
            mine.certificate.issuer,
        )
        assert real.certificate.not_valid_after_utc == mine.certificate.not_valid_after_utc
        for kind in (x509.BasicConstraints, x509.KeyUsage):
            assert _extension(real, kind) == _extension(mine, kind)
        assert real.certificate.public_key() != mine.certificate.public_key()
    assert _extension(issuing, x509.ExtendedKeyUsage) == _extension(made.issuer, x509.ExtendedKeyUsage)
    assert (made.authorities[0], made.authorities[1]) == (made.issuer, made.root)


def _extension(authority: Authority, kind: type[x509.ExtensionType]) -> object:
    return authority.certificate.extensions.get_extension_for_class(kind).value


def test_they_are_kept_with_their_keys(issuing: Authority) -> None:
    """
    What is read back issues certificates in the same names and with the same keys; anything else is no authority.
    """
    made = stand_in(issuing)

    again = read_rehearsal_chain(made.as_text(), now=NOW)

    assert made.entry == again.entry
    assert [each.certificate for each in made.authorities] == [each.certificate for each in again.authorities]
    assert made.issuer.key_pem == again.issuer.key_pem
    assert made.issuer.issuers == again.issuer.issuers
    for text in ("{}", "[]", '{"entry": null, "issuer": 7, "authorities": []}'):
        with pytest.raises(ValueError, match="the text is not a rehearsal chain"):
            read_rehearsal_chain(text, now=NOW)


def test_an_entry_without_a_chain_has_no_rehearsal_ca() -> None:
    """
    Where there is no certificate of an authority there is nothing to copy.
    """
    assert rehearsal_chain_for(trusted({"name": "empty", "properties": {"data": ""}}), now=NOW) is None


def test_a_missing_root_stays_missing(issuing: Authority) -> None:
    """
    A chain without its root is not made whole by rehearsal CAs: the issuer above is in no bundle.
    """
    alone = rehearsal_chain_for(trusted(chain("partners", _pem(issuing))), now=NOW)

    assert alone is not None
    assert 1 == len(alone.authorities)
    assert alone.issuer.certificate.issuer == issuing.certificate.issuer
    assert alone.issuer.certificate.issuer != alone.issuer.certificate.subject


def test_of_two_cas_of_one_name_the_first_of_the_file_issues(root: Authority) -> None:
    """
    Azure takes the first of two equal paths, and the rehearsal CA that issues has the place of that one.
    """
    first, second = (root.intermediate("Partners Issuing", path_length=length) for length in (0, 1))
    for above, below in ((first, second), (second, first)):
        entry = trusted(chain("partners", _pem(above), _pem(below), root.certificate_pem))

        made = rehearsal_chain_for(entry, now=NOW)

        assert made is not None
        assert made.authorities[0] == made.issuer
        assert _extension(above, x509.BasicConstraints) == _extension(made.issuer, x509.BasicConstraints)


def _pem(credential: Credential) -> str:
    return credential.certificate_pem


def test_they_are_trusted_where_the_real_ones_are(issuing: Authority) -> None:
    """
    Strict profiles get them beside the real chain, Passthrough profiles stay as they are, and so does the document.
    """
    before = gateway(issuing)
    copy = {**before}

    changed = with_rehearsal_chains(before, [stand_in(issuing)])

    names = [entry["name"] for entry in changed["properties"]["trustedClientCertificates"]]
    by_profile = {
        each["name"]: [
            says["id"].rpartition("/")[2] for says in each["properties"].get("trustedClientCertificates", [])
        ]
        for each in changed["properties"]["sslProfiles"]
    }
    assert ["partners", "partners-rehearsal-ca"] == names
    assert {"passthrough": [], "strict": ["partners", "partners-rehearsal-ca"]} == by_profile
    assert copy == before
    assert 1 == len(before["properties"]["trustedClientCertificates"])


def test_a_passthrough_profile_with_chains_gets_none(issuing: Authority) -> None:
    """
    What Azure does with chains in Passthrough is not known, so nothing is added to them, nor to the document.
    """
    attached = {"id": "$self/trustedClientCertificates/partners"}
    before = document(
        [listener("open", 8461, "passthrough")],
        sslProfiles=[passthrough(trustedClientCertificates=[attached])],
        trustedClientCertificates=[chain("partners", issuing.bundle_pem)],
    )

    changed = with_rehearsal_chains(before, [stand_in(issuing)])

    assert before == changed


def gateway(issuing: Authority) -> dict[str, Any]:
    return document(
        [listener("open", 8461, "passthrough"), listener("closed", 8462, "strict")],
        sslProfiles=[passthrough(), strict("strict", "partners", issuer_dn=True)],
        trustedClientCertificates=[chain("partners", issuing.bundle_pem)],
    )


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_both_are_let_in_and_a_third_of_that_name_is_not(
    show: Callable[[dict[str, object]], RunningGateway], issuing: Authority, tmp_path: Path, version: str
) -> None:
    """
    A gateway tells the two authorities of one name apart: each one's clients pass, with and without intermediates.
    """
    made = stand_in(issuing)
    local = show(with_rehearsal_chains(gateway(issuing), [made]))
    forger = stand_in(issuing)

    met = {}
    for name, credential in (
        ("real", issuing.issue()),
        ("rehearsal", made.issuer.issue()),
        ("forged", forger.issuer.issue()),
    ):
        alone = Credential(credential.certificate, credential.private_key, ())
        for sent, shown in (("chain", credential), ("leaf", alone)):
            files = ClientFiles(*write_credential(shown, tmp_path, f"{name}-{sent}"))
            met[name, sent] = knock(local, "closed", files, version=version).status

    assert {200} == {met["real", sent] for sent in ("chain", "leaf")}
    assert {200} == {met["rehearsal", sent] for sent in ("chain", "leaf")}
    assert {400} == {met["forged", sent] for sent in ("chain", "leaf")}


def test_the_default_rehearsal_cas_have_a_root_and_an_issuer() -> None:
    """
    Where a document names no authority, callers come from the default rehearsal CAs.
    """
    made = default_rehearsal_chain(now=NOW)

    assert None is made.entry
    assert made.issuer.certificate.issuer == made.root.certificate.subject
