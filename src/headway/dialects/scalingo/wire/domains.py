"""Domains on the wire."""

import msgspec
from msgspec import UNSET, UnsetType


class Domain(msgspec.Struct, kw_only=True):
    """One domain of an app. A date or a text that is not there is null: clients cannot read an empty date."""

    id: str
    app_id: str
    name: str
    tlscert: str | None
    """The subject of the certificate that is served."""
    tlskey: str | None
    """Type and length of its key; never more."""
    ssl: bool
    validity: str | None
    """Until when it is good."""
    canonical: bool
    letsencrypt_enabled: bool
    letsencrypt: bool
    """Whether it came from the authority."""
    letsencrypt_status: str | None
    letsencrypt_error: str | None
    """Why there is none; an addition of ours."""
    ssl_status: str | None
    acme_dns_fqdn: None = None
    acme_dns_value: None = None
    acme_dns_error: None = None


class DomainReply(msgspec.Struct):
    """One domain, under its name."""

    domain: Domain


class DomainsReply(msgspec.Struct):
    """Domains, under their name."""

    domains: list[Domain]


class NewDomain(msgspec.Struct, kw_only=True):
    """What a new one is to be."""

    name: str
    canonical: bool | None = None
    tlscert: str | None = None
    tlskey: str | None = None
    letsencrypt_enabled: bool | None = None


class AddDomain(msgspec.Struct):
    """The same, under its name."""

    domain: NewDomain


class DomainChanges(msgspec.Struct, kw_only=True):
    """What is to change."""

    id: str | UnsetType = UNSET
    """The Go client sends the whole object, and what it says nothing of is empty in it."""
    canonical: bool | UnsetType | None = UNSET
    tlscert: str | UnsetType | None = UNSET
    tlskey: str | UnsetType | None = UNSET
    letsencrypt_enabled: bool | UnsetType | None = UNSET


class ChangeDomain(msgspec.Struct):
    """The same, under its name."""

    domain: DomainChanges
