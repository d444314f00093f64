"""Who calls: an account by its token, or a site's public key, or a browser on the site's own domain."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pytest_golive.sandbox.front import Refusal
from pytest_golive.sandbox.selwise.state import PublicKey, Site


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a request comes from; exactly one of the three.

    Attributes:
        account: of the management surface.
        reads_only: whether its token is only for reading.
        key: of the public surface.
        origin: where a browser says that it is.
    """

    account: str | None = None
    reads_only: bool = False
    key: PublicKey | None = None
    origin: str | None = None


def admit_to_site(caller: Caller, site: Site | None, *, writes: bool) -> None:
    """Let an account in to a site of its own.

    Raises:
        Refusal: there is none, it is somebody else's, or the token only reads.
    """
    if site is None:
        raise Refusal(404, "site not found")
    if site.account != caller.account:
        raise Refusal(403, "no access to this site")
    if writes and caller.reads_only:
        raise Refusal(403, "this token may only read")


def admit_to_public(caller: Caller, site: Site | None, *, writes: bool) -> None:
    """Let a key or a browser in to the public surface of a site.

    Raises:
        Refusal: there is no such site, the key is another one's or of too small a scope, the domain is not verified.
    """
    if site is None:
        raise Refusal(404, "site not found")
    if caller.key is None:
        if (urlsplit(caller.origin or "").hostname or "") != site.domain:
            raise Refusal(403, "domain not verified for this site")
        return
    if caller.key.site_id != site.id:
        raise Refusal(403, "invalid public api key")
    scope = "mobile_write" if writes else "mobile_read"
    if scope not in caller.key.scopes:
        raise Refusal(403, f"scope {scope} is required")
