"""A gateway on this machine with all that knocking at it takes: authorities that stand in, callers, an OCSP responder.

Everything of it stands in one work directory, where `standing` finds it again from another process.
"""

import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..document.azure_limits import excesses
from ..problems import GatewayError, Problem
from ..processes.lifetime import Lifetime
from .authority import write_credential
from .callers import MintedCaller, Minting, RsaKeys
from .local_gateway import LocalGateway, Raised
from .nginx_process import Nginx
from .ocsp_responder import Answer, OcspResponder
from .rehearsal_ca import StandInAuthorities, mark_of, stand_in_for, stand_in_for_nobody
from .rehearsal_cas import Cast
from .session import STATE, Standing, StandingCaller, StandingListener, keep_authorities, kept_authorities

_SLOW = 0.5
"""Seconds that a slow responder takes, and a silent one until it hangs up."""


class LocalRehearsal(Lifetime):
    """A gateway whose document may change, and its callers. Use as a context, or call `start` and `stop`.

    `backend`, `host:port`, takes the place of the echo backend for every pool.
    """

    def __init__(self, folder: Path, *, backend: str | None = None, nginx: Nginx | None = None) -> None:
        self.folder = folder
        self._responder = OcspResponder((), delay=_SLOW, silence=_SLOW)
        self._gateway = LocalGateway(folder, backend=backend, nginx=nginx)
        self._running = ExitStack()
        self._keys = RsaKeys()
        self._document: Mapping[str, Any] | None = None
        self._shown = 0

    def start(self) -> None:
        """Take the folder for this process, and start the responder.

        Raises:
            GatewayError: where there is no nginx, or the folder is not private, is in use or cannot be written.
        """
        with ExitStack() as starting:
            starting.enter_context(self._responder)
            self._gateway.ocsp_responder = self._responder.url
            starting.enter_context(self._gateway)
            self._forget_earlier()
            starting.callback(self._forget_session)
            self._running = starting.pop_all()

    def show(self, document: Mapping[str, Any]) -> Standing:
        """Raise this gateway, or change to it without dropping a port; returns when it is answering.

        Raises:
            GatewayError: where it cannot be raised. What ran before still runs.
        """
        try:
            return self._show(document)
        except OSError as error:
            fix = "Make room, or take another folder."
            raise GatewayError([Problem("cannot-write", str(self.folder), str(error.strerror), fix)]) from error

    def mend(self) -> bool:
        """Raise the gateway again if it has died; whether it had."""
        if self._document is None or self._gateway.is_running:
            return False
        self.show(self._document)
        return True

    def stop(self) -> None:
        """End it; nothing is left running or listening."""
        self._running.close()

    def _forget_session(self) -> None:
        (self.folder / STATE).unlink(missing_ok=True)

    def _forget_earlier(self) -> None:
        self._forget_session()
        for callers in self.folder.glob("callers-*"):
            shutil.rmtree(callers, ignore_errors=True)

    def _show(self, document: Mapping[str, Any]) -> Standing:
        _refuse_excesses(document)
        now = datetime.now(UTC)
        cast = Cast(document, lambda part: self._authorities(part, now))
        callers = self.folder / f"callers-{self._shown}"
        try:
            told = self._mint(cast, callers)
            raised = self._gateway.show(cast.document)
            standing = self._standing(cast, raised, told)
            standing.write()
        except (GatewayError, OSError):
            shutil.rmtree(callers, ignore_errors=True)
            raise
        shutil.rmtree(self.folder / f"callers-{self._shown - 1}", ignore_errors=True)
        self._shown += 1
        self._document = document
        return standing

    def _authorities(self, part: Mapping[str, Any] | None, now: datetime) -> StandInAuthorities | None:
        """Authorities that stand in for a chain of the document, or for none: the same as the last time."""
        mark = mark_of(part)
        found = kept_authorities(self.folder, mark, at=now)
        if found is None:
            found = stand_in_for(part, at=now) if part else stand_in_for_nobody(at=now)
            if found is not None:
                keep_authorities(self.folder, mark, found)
        return found

    def _mint(self, cast: Cast, folder: Path) -> dict[str, tuple[StandingCaller, ...]]:
        """Mint everybody into a folder, and tell the responder what to say of them."""
        folder.mkdir(mode=0o700)
        minting = Minting(self._responder.url, self._keys)
        told = {}
        for number, (profile, trusted) in enumerate(cast.trusted.items()):
            minted = minting.callers(trusted, asks_ocsp=cast.asks_ocsp(profile))
            told[profile] = tuple(self._caller(each, folder, f"{number}-{at}") for at, each in enumerate(minted))
        known = (authority for each in cast.authorities for authority in each.authorities)
        self._responder.authorities = (*known, *minting.issuers)
        return told

    def _caller(self, minted: MintedCaller, folder: Path, stem: str) -> StandingCaller:
        certificate, key = write_credential(minted.credential, folder, stem)
        # nginx asks this responder about every client, so what one that names none would meet is told to it too.
        self._responder.answer(minted.credential, minted.answer or Answer.NONE)
        return StandingCaller(
            minted.name,
            str(certificate.relative_to(self.folder)),
            str(key.relative_to(self.folder)),
            minted.answer.name.lower() if minted.answer else None,
            minted.by_stand_in,
        )

    def _standing(self, cast: Cast, raised: Raised, callers: Mapping[str, tuple[StandingCaller, ...]]) -> Standing:
        listeners = tuple(
            StandingListener(
                each.name,
                each.host,
                each.local_port,
                each.url,
                each.mode,
                cast.marks[cast.profile_of(each.name)],
                each.unserved,
            )
            for each in raised.listeners
        )
        return Standing(
            self.folder,
            cast.document,
            raised.server_ca.name,
            str(raised.served_by),
            self._responder.url,
            (*cast.notices, *raised.not_rehearsed),
            listeners,
            callers,
            raised.report_token,
        )


def _refuse_excesses(document: Mapping[str, Any]) -> None:
    """A gateway larger than Azure takes is not raised: every caller knocks at every listener, which takes its time."""
    found = [
        Problem("too-many-parts", collection, f"there are {count}", f"A gateway takes at most {limit}.")
        for collection, count, limit in excesses(document)
    ]
    if found:
        raise GatewayError(found)
