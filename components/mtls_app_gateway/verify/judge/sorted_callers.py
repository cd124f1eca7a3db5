"""The callers of a listener sorted by whether they are let in, for the rows that one caller of a kind decides. Pure."""

from collections.abc import Sequence

from ..knock.question import WITHOUT_CERTIFICATE, Caller, Expect
from .admission import AdmissionJudge, LetIn
from .expected import named

OWN_CERTIFICATE = "--client-cert, --client-key"
"""The options that bring a caller with a certificate of the user's own."""


class SortedCallers:
    """Finds the first caller of a kind, and says why there is none."""

    def __init__(self, callers: Sequence[Caller], judge: AdmissionJudge) -> None:
        self._with_certificate = [caller for caller in callers if caller.certificate]
        self._judge = judge

    @property
    def certified(self) -> Caller | None:
        """The first caller with a certificate that is let in."""
        return self._first(LetIn.YES)

    @property
    def refused(self) -> Caller | None:
        """The first caller with a certificate that is refused."""
        return self._first(LetIn.NO)

    def admitted(self, *, over_tls: bool = True) -> Caller | None:
        """The first caller that is let in, without a certificate or, over TLS, with one."""
        if self._judge.lets_in(WITHOUT_CERTIFICATE) is LetIn.YES:
            return WITHOUT_CERTIFICATE
        return self.certified if over_tls else None

    def is_open(self) -> bool:
        """Whether of some caller it is not known if it is let in."""
        everyone = (WITHOUT_CERTIFICATE, *self._with_certificate)
        return any(self._judge.lets_in(caller) is LetIn.NOT_KNOWN for caller in everyone)

    def why_none_certified(self) -> tuple[str, str]:
        """Why no caller has a certificate that is let in, and the options that would bring one."""
        given = [
            caller for caller in self._with_certificate if not caller.is_stranger and caller.expect is not Expect.REFUSE
        ]
        if not given:
            return "it takes a certificate that is let in", OWN_CERTIFICATE
        if unclear := [caller.name for caller in given if self._judge.lets_in(caller) is LetIn.NOT_KNOWN]:
            return f"whether it is let in is not known: {named(unclear)}", ""
        return f"{named([caller.name for caller in given])}: not valid under the promised CAs", ""

    def _first(self, let_in: LetIn) -> Caller | None:
        return next((caller for caller in self._with_certificate if self._judge.lets_in(caller) is let_in), None)
