"""A verification as one value, and as data for programs: `report.schema.json` describes it. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..judge.expectation import Expectation
from ..judge.verdict import RowOutcome, Verdict, exit_code
from ..knock.observation import ForwardedRequest, Observation, ServerCertificate
from ..knock.question import Target
from ..promise.promise import Promise
from .shell_lines import shell_lines


@dataclass(frozen=True, slots=True)
class Section:
    """One listener with its target and its verdicts."""

    promise: Promise
    target: Target
    verdicts: tuple[Verdict, ...]

    @property
    def server_certificate(self) -> ServerCertificate | None:
        """The listener's certificate, from the first knock that saw one."""
        observed = (verdict.observation for verdict in self.verdicts)
        return next((one.handshake.certificate for one in observed if one and one.handshake.certificate), None)

    @property
    def ca_names(self) -> tuple[str, ...]:
        """The CAs that the listener names in its handshakes."""
        observed = (verdict.observation for verdict in self.verdicts)
        return next((one.handshake.ca_names for one in observed if one and one.handshake.ca_names), ())

    @property
    def servers(self) -> tuple[str, ...]:
        """The `Server` headers of the answers."""
        observed = (verdict.observation for verdict in self.verdicts)
        return tuple(dict.fromkeys(one.server for one in observed if one and one.server))


@dataclass(frozen=True, slots=True)
class Report:
    """A verification with its time, its source and its outcome."""

    began: datetime
    seconds: float
    tool: str
    source: str
    """Where the promise comes from, for people."""
    sections: tuple[Section, ...]
    served_by: str | None = None
    """The software behind the gateway, where it is known: in a rehearsal, which nginx."""
    not_known: tuple[str, ...] = ()
    """What cannot be known from here, whatever the verdicts."""
    document: Mapping[str, Any] | None = None

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        return tuple(verdict for section in self.sections for verdict in section.verdicts)

    @property
    def counts(self) -> Mapping[RowOutcome, int]:
        return Counter(verdict.outcome for verdict in self.verdicts)

    @property
    def exit_code(self) -> int:
        """The worst exit code of its listeners: one that could not be asked counts, even where others hold."""
        codes = {exit_code(section.verdicts) for section in self.sections}
        return exit_code(()) if not codes else 1 if 1 in codes else max(codes)

    @property
    def summary(self) -> str:
        """The counts in one line."""
        counts = [f"{self.counts[outcome]} {_COUNTED[outcome]}" for outcome in RowOutcome if self.counts.get(outcome)]
        return ", ".join(counts) or "nothing was asked"

    def as_data(self, *, explain: bool = False) -> dict[str, Any]:
        """For programs. With `explain`, each row has the shell lines that repeat it."""
        return {
            "at": self.began.isoformat(),
            "seconds": round(self.seconds, 3),
            "tool": self.tool,
            "source": self.source,
            "servedBy": self.served_by,
            "exitCode": self.exit_code,
            "summary": {outcome.name: self.counts.get(outcome, 0) for outcome in RowOutcome},
            "listeners": [_section(section, explain=explain) for section in self.sections],
            "notKnown": list(self.not_known),
        }


_COUNTED = {
    RowOutcome.HOLDS: "hold",
    RowOutcome.FAILS: "do not hold",
    RowOutcome.UNANSWERED: "could not be asked",
    RowOutcome.NOT_ASKED: "not asked",
    RowOutcome.NOT_JUDGED: "not judged",
}


def _section(section: Section, *, explain: bool) -> dict[str, Any]:
    promise, target = section.promise, section.target
    return {
        "listener": promise.listener,
        "frontend": "Private" if promise.is_private else "Public",
        "host": target.host,
        "port": target.port,
        "connect": "{}:{}".format(*target.endpoint),
        "promise": {
            "mode": promise.mode or "none",
            "profile": promise.profile,
            "tlsVersions": list(promise.versions) if promise.is_tls else [],
            "trustedChains": [
                {"name": chain.name, "issuerDn": chain.issuer_dn, "expires": chain.expires.isoformat()}
                for chain in promise.chains
            ],
            "verifyIssuerDn": promise.verify_issuer_dn,
            "verifyRevocation": promise.verify_revocation,
            "identityHeaders": list(promise.identity_headers),
            "doubts": list(promise.doubts),
        },
        "servers": list(section.servers),
        "serverCertificate": _certificate(section.server_certificate),
        "caNames": list(section.ca_names),
        "rows": [_row(verdict, target, explain=explain) for verdict in section.verdicts],
    }


def _row(verdict: Verdict, target: Target, *, explain: bool) -> dict[str, Any]:
    asked = verdict.asked
    row: dict[str, Any] = {
        "row": verdict.row,
        "about": asked.about,
        "version": asked.version,
        "outcome": verdict.outcome.name,
        "words": verdict.words,
        "expected": None,
        "evidence": None,
        "why": None,
        "met": None,
    }
    if isinstance(asked, Expectation):
        evidence = {"grade": asked.evidence.grade, "citation": asked.evidence.citation}
        row |= {"expected": str(asked.expected), "evidence": evidence, "why": asked.why or None}
        if explain:
            lines = shell_lines(asked.question, target)
            row["byHand"] = {"curl": lines.curl, "openssl": lines.openssl}
    if verdict.observation:
        row["met"] = _met(verdict.observation)
    return row


def _met(observation: Observation) -> dict[str, Any]:
    handshake, timings = observation.handshake, observation.timings
    return {
        "layer": observation.layer,
        "fault": observation.fault,
        "detail": observation.detail or None,
        "status": observation.status,
        "phrase": observation.phrase,
        "server": observation.server,
        "location": observation.location,
        "received": _forwarded(observation.forwarded),
        "isCut": observation.is_cut,
        "protocol": handshake.protocol,
        "cipher": handshake.cipher,
        "isCertificateRequested": handshake.is_certificate_requested,
        "seconds": {
            "connect": _rounded(timings.connect),
            "handshake": _rounded(timings.handshake),
            "answer": _rounded(timings.answer),
            "total": _rounded(timings.total),
        },
    }


def _forwarded(forwarded: ForwardedRequest | None) -> dict[str, Any] | None:
    if forwarded is None:
        return None
    # The names only: a value may be a person's certificate, and reports are kept.
    return {"pool": forwarded.pool, "transport": forwarded.transport, "headerNames": sorted(forwarded.headers)}


def _certificate(certificate: ServerCertificate | None) -> dict[str, Any] | None:
    if certificate is None:
        return None
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "names": list(certificate.names),
        "notBefore": certificate.not_before.isoformat(),
        "notAfter": certificate.not_after.isoformat(),
        "sha256": certificate.sha256,
        "sentAlong": list(certificate.sent_along),
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 6)
