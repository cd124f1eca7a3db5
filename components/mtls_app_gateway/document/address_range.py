"""Addresses and address ranges as people write them."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

AddressRange = IPv4Network | IPv6Network


def address_range(prefix: str) -> AddressRange | None:
    """The range that a prefix or a single address means; None where it means none, as a service tag does."""
    try:
        return ip_network(prefix)
    except ValueError:
        return None


def is_address(text: str) -> bool:
    """Whether this is an address of IPv4 or IPv6, and not a name."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
