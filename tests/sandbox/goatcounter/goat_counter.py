"""The sandbox's GoatCounter, as tests see it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.sandbox.goatcounter.app import Application
from tests.sandbox.goatcounter.csv_export import COLUMNS, build_row, select_hits
from tests.sandbox.goatcounter.exports import NextExport
from tests.sandbox.goatcounter.limits import DEFAULT_LIMITS, Limit, RateLimiter
from tests.sandbox.goatcounter.state import ALL_SITES, ServerState, Site, Token, User
from tests.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tests.sandbox.goatcounter.exports import Export
    from tests.sandbox.goatcounter.hits import Hit
    from tests.sandbox.goatcounter.state import Generation

FULL_PERMISSIONS = 76
"""What a tap needs: exports, sites and statistics."""

BUILD = "c957f51c60d2_2026-08-21T10:31:05Z"
"""The version that an official build of the newer server names."""


class GoatCounter(Sandbox):
    """A GoatCounter server of one generation."""

    def __init__(
        self,
        generation: Generation,
        *,
        limits: Mapping[str, Limit] = DEFAULT_LIMITS,
        version: str | None = None,
        **settings: Any,
    ) -> None:
        """Make an empty server.

        Args:
            generation: Which server to play.
            limits: Rate limits that differ from the default, as requests per seconds by group.
            version: What ``/status`` says; None is an official build of the generation.
            settings: As those of `ServerState`.
        """
        version = version or (BUILD if generation.is_newer else generation.value)
        self._state = ServerState(
            generation, version, RateLimiter(limits), NextExport(), **settings
        )
        super().__init__(Application(self._state))

    @property
    def generation(self) -> Generation:
        """Which server is played."""
        return self._state.generation

    @property
    @override
    def base_path(self) -> str:
        return self._state.base_path

    def restart(
        self,
        *,
        limits: Mapping[str, Limit] | None = None,
        base_path: str | None = None,
    ) -> None:
        """Do what restarting the server does, possibly with other settings."""
        with self._state.lock:
            self._state.limiter.clear()
            if limits is not None:
                self._state.limiter = RateLimiter(limits)
            if base_path is not None:
                self._state.base_path = base_path

    def add_site(
        self,
        cname: str = "127.0.0.1",
        parent: int | None = None,
        collect: int = 510,
        code: str | None = None,
        *,
        collect_regions: str = "US,RU,CN",
    ) -> Site:
        """Add a site.

        Args:
            cname: Its host.
            parent: Id of the account's main site; None makes it one itself.
            collect: What it keeps of hits; 510 is everything, 190 a new site's default.
            code: Its code; None makes one up.
            collect_regions: Countries whose regions are kept.
        """
        with self._state.lock:
            now = self._state.now()
            site = Site(
                id=len(self._state.sites) + 1,
                cname=cname,
                code=code or f"serve-{hashlib.sha256(cname.encode()).hexdigest()[:13]}",
                parent=parent,
                collect=collect,
                collect_regions=collect_regions,
                created_at=now,
                first_hit_at=now,
            )
            self._state.sites.append(site)
            return site

    def add_token(
        self,
        permissions: int = FULL_PERMISSIONS,
        sites: Sequence[int] = (ALL_SITES,),
        timezone: str = ".UTC",
        name: str = "tap",
        *,
        used: bool = True,
        text: str | None = None,
        account: int = 1,
    ) -> str:
        """Add a token, and a user to own it if there is none who fits.

        Args:
            permissions: Mask of what it may do.
            sites: Ids of the sites it is good for; -1 is all of the account.
            timezone: The owner's, such as ``US.America/New_York``.
            name: What it is called.
            used: Whether it was used within the last day.
            text: The token itself; None makes one up.
            account: Id of the account's main site.

        Returns:
            The token.
        """
        with self._state.lock:
            seed = f"{name} {len(self._state.tokens) + 1}".encode()
            token = Token(
                text=text or hashlib.sha256(seed).hexdigest()[:50],
                name=name,
                permissions=permissions,
                sites=tuple(sites),
                user=self._find_or_add_user(account, timezone),
                last_used_at=self._state.now() if used else None,
            )
            self._state.tokens.append(token)
            return token.text

    def set_timezone(self, token: str, timezone: str) -> None:
        """Move the owner of a token, and with it all tokens of that owner."""
        with self._state.lock:
            self._find_token(token).user.timezone = timezone

    def rest_token(self, token: str, hours: float = 25) -> None:
        """Move the last use of a token back."""
        with self._state.lock:
            self._find_token(token).last_used_at = self._state.now() - timedelta(hours=hours)

    def add_hits(self, site_id: int, hits: Iterable[Hit]) -> None:
        """Store hits at once, under the rules of ``POST /count``.

        The older server has no field for a hit's language, so it goes unnoticed there.

        Raises:
            HitError: One of them would be refused.
        """
        with self._state.lock:
            site, now = self._state.find_site(site_id), self._state.now()
            for hit in hits:
                known = hit if self.generation.is_newer else replace(hit, language="")
                self._state.store.add(site, known, now)

    def expected_hits(self, site_id: int) -> list[dict[str, str]]:
        """Return the rows that a correct CSV export holds, by column."""
        with self._state.lock:
            hits = select_hits(self._state.store.visits[site_id], after=0)
        return [dict(zip(COLUMNS, build_row(hit), strict=True)) for hit in hits]

    @property
    def exports(self) -> list[Export]:
        """All exports made, in order."""
        return self._state.exports

    @property
    def next_export(self) -> NextExport:
        """How the next export is to deviate from a usual one."""
        return self._state.next_export

    def delete_export_files(self) -> None:
        """Remove the files of all exports."""
        with self._state.lock:
            for export in self._state.exports:
                export.file_deleted = True

    def expire_exports(self) -> None:
        """Make all exports two days older, so that their files are gone."""
        with self._state.lock:
            for export in self._state.exports:
                export.created_at -= timedelta(days=2)

    def _find_token(self, text: str) -> Token:
        token = self._state.find_token(text)
        assert token is not None
        return token

    def _find_or_add_user(self, account: int, zone: str) -> User:
        users = self._state.users
        for user in users:
            if (user.account, user.timezone) == (account, zone):
                return user
        email = "admin@example.com" if not users else f"user{len(users) + 1}@example.com"
        user = User(len(users) + 1, account, email, zone, self._state.now())
        users.append(user)
        return user
