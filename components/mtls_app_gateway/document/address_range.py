"""Address ranges as people write them."""

from ipaddress import IPv4Network, IPv6Network, ip_network

AddressRange = IPv4Network | IPv6Network


def address_range(prefix: str) -> AddressRange | None:
    """The range that a prefix or a single address means; None where it means none, as a service tag does."""
    try:
        return ip_network(prefix)
    except ValueError:
        return None
