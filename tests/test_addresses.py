"""Where a name leads, and who may be sent there."""

import pytest

from headway.addresses import is_plainly_private, is_public, reached


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::808:808", "2002:808:808::"],
)
def test_what_anybody_reaches_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::808:808",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)
def test_what_only_this_machine_or_its_network_reaches_is_not(address: str) -> None:
    assert not is_public(address)
    assert is_plainly_private(address)


@pytest.mark.parametrize("host", ["example.com", "localhost", "8.8.8.8", ""])
def test_a_name_is_not_plainly_private(host: str) -> None:
    assert not is_plainly_private(host)


async def test_a_name_leads_to_an_address_unless_that_is_private() -> None:
    assert await reached("localhost", 80, private=True) in {"127.0.0.1", "::1"}
    assert await reached("localhost", 80, private=False) is None
    with pytest.raises(OSError):
        await reached("no-such-name.invalid", 80, private=True)
