"""The router's own certificate."""

from pathlib import Path

from cryptography import x509

from headway.clock import SECOND, SystemClock
from headway.routers.fallback import DAYS, fallback, self_signed

NOW = SystemClock().now()
DAY = 86_400 * SECOND


def test_it_is_made_once_and_kept_private(tmp_path: Path) -> None:
    file = tmp_path / "fallback.json"
    assert fallback(file, NOW) == fallback(file, NOW + DAY)
    assert file.stat().st_mode & 0o777 == 0o600


def test_it_is_made_anew_before_it_is_over(tmp_path: Path) -> None:
    file = tmp_path / "fallback.json"
    first = fallback(file, NOW)
    assert fallback(file, NOW + (DAYS - 10) * DAY) != first


def test_its_key_belongs_to_it() -> None:
    made = self_signed("x.example.org", NOW)
    certificate = x509.load_pem_x509_certificate(made.chain.encode())
    certificate.verify_directly_issued_by(certificate)
