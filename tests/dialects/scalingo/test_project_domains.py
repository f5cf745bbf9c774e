"""Domains in Scalingo's words."""

from typing import Any

import msgspec
import pytest

from headway.dialects.scalingo.project_domains import changes, domain
from headway.dialects.scalingo.wire.domains import DomainChanges
from headway.domain.domains.edit import Changes, Own
from headway.model.certificates import Certificate
from headway.views.domains import Shown
from tests.model.test_certificates import GOOD
from tests.records import AT, a_domain

OWN = Certificate(50, 30, True, GOOD.chain, AT, AT + 1, AT)
ISSUED = msgspec.structs.replace(OWN, own=False)


def told(certificate: Certificate | None = None, *, is_open: bool = True, **record: Any) -> tuple[Any, ...]:
    it = domain(Shown(domain=a_domain(**record), certificate=certificate), is_open=is_open)
    return it.ssl, it.letsencrypt_enabled, it.letsencrypt, it.letsencrypt_status, it.ssl_status


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, (False, True, False, "new", "pending")),
        ({"certifying": 7, "failures": 1}, (False, True, False, "new", "pending")),
        ({"failures": 1, "problem": "acme-caa"}, (False, True, False, "error", "error")),
        ({"failures": 1, "problem": "acme-dns"}, (False, True, False, "pending_dns", "error")),
        ({"certificate": ISSUED}, (True, True, True, "created", "success")),
        ({"certificate": ISSUED, "failures": 3}, (True, True, True, "created", "success")),
        ({"certificate": OWN}, (True, True, False, None, "success")),
        ({"automatic": False}, (False, False, False, None, None)),
        ({"is_open": False}, (False, False, False, None, None)),
        ({"is_open": False, "certificate": OWN}, (True, False, False, None, "success")),
    ],
)
def test_each_state_has_its_words(given: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert told(**given) == expected


def test_of_a_key_nothing_is_told_but_its_kind_and_what_is_missing_is_null() -> None:
    it = domain(Shown(domain=a_domain(), certificate=OWN), is_open=True)
    assert (it.tlscert, it.tlskey) == ("CN=shop.example.org", "ECDSA - 256 bits")
    bare = domain(Shown(domain=a_domain(), certificate=None), is_open=True)
    assert (bare.tlscert, bare.tlskey, bare.validity, bare.acme_dns_error) == (None, None, None, None)


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"canonical": True}, Changes(canonical=True)),
        ({"canonical": False}, Changes(canonical=False)),
        ({"tlscert": "c", "tlskey": "k"}, Changes(own=Own(chain="c", key="k"))),
        ({"tlscert": "", "tlskey": ""}, Changes(own=Own(chain="", key=""))),
        ({"tlscert": None, "tlskey": None}, Changes(own=Own(chain="", key=""))),
        ({"letsencrypt_enabled": False}, Changes(automatic=False)),
        ({"id": "", "canonical": False, "letsencrypt_enabled": False}, Changes(canonical=False)),
        ({"id": "", "canonical": False, "tlscert": "c", "tlskey": "k"}, Changes(own=Own(chain="c", key="k"))),
        ({"id": "", "canonical": True, "letsencrypt_enabled": False}, Changes(canonical=True)),
    ],
)
def test_what_clients_send_is_understood_as_they_mean_it(sent: dict[str, Any], meant: Changes) -> None:
    assert changes(msgspec.convert(sent, DomainChanges)) == meant
