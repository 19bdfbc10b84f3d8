"""Which addresses the fetcher may connect to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factdrift.sources.addresses import literal_of, refusal_of


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.31.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.0.8", "198.18.0.1", "203.0.113.5", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "3fff::1", "5f00::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
        "2002:7f00:1::", "2002:a00:1::1", "2001:0:7f00:1::1", "2a00:1450::5efe:7f00:1", "fec0::1", "100::1",
        "", "localhost", "1.2.3", "0x7f.1",
    ],
)  # fmt: skip
def test_inner_and_special_addresses_are_refused(address: str) -> None:
    assert refusal_of(address) is not None


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "172.32.0.1", "100.128.0.1", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_public_addresses_are_allowed(address: str) -> None:
    assert refusal_of(address) is None


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_ipv6_is_judged_as_the_ipv4_address(address: ipaddress.IPv4Address) -> None:
    mapped = f"::ffff:{address}"
    six_to_four = ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))

    assert (refusal_of(mapped) is None) == (refusal_of(str(address)) is None)
    assert (refusal_of(str(six_to_four)) is None) == (refusal_of(str(address)) is None)


@given(st.ip_addresses())
def test_no_loopback_link_local_or_multicast_address_is_allowed(address: ipaddress.IPv4Address) -> None:
    if refusal_of(str(address)) is None and not getattr(address, "ipv4_mapped", None):
        assert not address.is_loopback
        assert not address.is_link_local
        assert not address.is_multicast
        assert not address.is_unspecified


@pytest.mark.parametrize(
    ("host", "literal"), [("example.org", None), ("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("2130706433", None)]
)
def test_a_literal_address_is_told_from_a_name(host: str, literal: str | None) -> None:
    assert literal_of(host) == literal
