"""Domains in Scalingo's words, and changes of them in ours: pure."""

from msgspec import UNSET

from headway import ids
from headway.dialects.scalingo.project import date_or_none
from headway.dialects.scalingo.wire import domains as wire
from headway.domain.domains.add import Wish
from headway.domain.domains.edit import Changes, Own
from headway.model.certificates import key_kind, subject
from headway.model.domains import DNS_PROBLEM, Domain
from headway.views.domains import Shown


def domain(it: Shown, *, is_open: bool) -> wire.Domain:
    """One domain, on a platform that has an authority or not."""
    record, certificate = it.domain, it.certificate
    asks = is_open and record.automatic
    return wire.Domain(
        id=ids.show(record.id),
        app_id=ids.show(record.app_id),
        name=record.name,
        tlscert=None if certificate is None else subject(certificate.chain),
        tlskey=None if certificate is None else key_kind(certificate.chain),
        ssl=certificate is not None,
        validity=date_or_none(None if certificate is None else certificate.not_after),
        canonical=record.canonical,
        letsencrypt_enabled=asks,
        letsencrypt=certificate is not None and not certificate.own,
        letsencrypt_status=_letsencrypt_status(it) if asks else None,
        letsencrypt_error=record.error or None,
        ssl_status="success" if certificate is not None else _ssl_status(record) if asks else None,
    )


def _letsencrypt_status(it: Shown) -> str | None:
    """`created` as long as one is served, whatever became of its renewal; nothing where it is not needed."""
    if it.certificate is not None:
        return None if it.certificate.own else "created"
    if it.domain.certifying is not None or not it.domain.failures:
        return "new"
    return "pending_dns" if it.domain.problem == DNS_PROBLEM else "error"


def _ssl_status(record: Domain) -> str:
    return "error" if record.certifying is None and record.failures else "pending"


def wish(it: wire.NewDomain) -> Wish:
    """What is wanted of a new one."""
    return Wish(
        name=it.name,
        canonical=bool(it.canonical),
        automatic=it.letsencrypt_enabled is not False,
        chain=it.tlscert or "",
        key=it.tlskey or "",
    )


def changes(it: wire.DomainChanges) -> Changes:
    """What is to change. Of a whole object that brings a certificate only that is meant, else only `canonical`."""
    own = None
    if it.tlscert is not UNSET or it.tlskey is not UNSET:
        own = Own(chain=_text(it.tlscert), key=_text(it.tlskey))
    canonical, automatic = _flag(it.canonical), _flag(it.letsencrypt_enabled)
    if it.id is not UNSET:
        canonical, automatic = (canonical or None if own is not None else canonical), None
    return Changes(canonical=canonical, automatic=automatic, own=own)


def _text(given: object) -> str:
    return given if isinstance(given, str) else ""


def _flag(given: object) -> bool | None:
    return given if isinstance(given, bool) else None
