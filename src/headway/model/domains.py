"""Domains: the names of an app's own, and when one needs a certificate."""

import ipaddress
import re

import idna
import msgspec

from headway.clock import SECOND
from headway.errors import Invalid

PER_APP_MAX = 20
LENGTH_MAX = 253
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_DIGITS = re.compile(r"[0-9]+")
RESERVED = ("localhost", "invalid")
"""No domain ends in one of these: they mean another machine to everybody, or none."""

AGAIN_SECONDS, AGAIN_SECONDS_MAX = 600, 86_400
"""The pause after the first failure, which doubles; and the longest."""
DNS_PROBLEM = "acme-dns"
"""The problem of a name that does not lead here yet."""


class Domain(msgspec.Struct, frozen=True):
    """One name of an app's own. Field order is column order."""

    id: int
    app_id: int
    name: str
    """As it is in the DNS: lower case, other scripts in punycode."""
    canonical: bool
    automatic: bool
    """Whether its certificate is to be had from an authority, unless there is one of its own."""
    certifying: int | None
    """The operation that asks for a certificate now: never two at once."""
    failures: int
    """How often in a row that went wrong."""
    failed_at: int | None
    problem: str
    """Why, in a word for machines; and in a sentence."""
    error: str
    created_at: int


def checked_name(name: str, *, reserved: tuple[str, ...]) -> str:
    """The name as it is in the DNS; Invalid where it cannot be a domain, or is one of `reserved` or below it."""
    text = name.strip().removesuffix(".").lower()
    if text.startswith("*"):
        raise Invalid(name="should not be a wildcard: add each name by itself")
    if len(text) > LENGTH_MAX:
        raise Invalid(name=f"should have at most {LENGTH_MAX} characters")
    try:
        text = text if text.isascii() else idna.encode(text, uts46=True).decode()
    except idna.IDNAError as error:
        raise Invalid(name="should be a domain name, like www.example.org") from error
    if not _is_domain(text):
        raise Invalid(name="should be a domain name, like www.example.org")
    if any(text == one or text.endswith(f".{one}") for one in (*RESERVED, *reserved)):
        raise Invalid(name="is the platform's own, or reserved")
    return text


def _is_domain(text: str) -> bool:
    labels = text.split(".")
    if len(text) > LENGTH_MAX or len(labels) < 2 or _DIGITS.fullmatch(labels[-1]):
        return False
    return all(_LABEL.fullmatch(label) for label in labels) and not _is_address(text)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_due(domain: Domain, served: "tuple[int, int] | None", now: int) -> bool:
    """Whether a certificate is to be asked for now: there is none, or two thirds of its life are over.

    `served` is from when until when the present one is good. After a failure there is a pause, longer each time.
    """
    if domain.certifying is not None or not domain.automatic:
        return False
    if domain.failed_at is not None and now < domain.failed_at + pause(domain.failures) * SECOND:
        return False
    return served is None or now >= served[0] + (served[1] - served[0]) * 2 // 3


def pause(failures: int) -> int:
    """For how many seconds an authority is left alone after so many failures in a row."""
    return (
        min(AGAIN_SECONDS << max(failures - 1, 0), AGAIN_SECONDS_MAX) if failures < 30 else AGAIN_SECONDS_MAX
    )
