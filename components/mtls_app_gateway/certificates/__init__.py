"""Reads CA bundles into the chains that a gateway trusts, and checks the rules that each chain must keep.

Pure: takes bytes and text, returns values and problems.
"""

from .as_given import ChainAsGiven, read_chain
from .certificate import Certificate
from .chain import CaChain
from .chain_rules import NO_AUTHORITY
from .client import ClientVerdict, Outcome, Step, verify_client
from .entry_rules import NO_CLIENT_ADMITTED, check_chain_counts, check_entries
from .examination import Circumstances, Examination, GivenBundle, examine
from .forms import holds_private_key
from .loading import CheckedBundle, LoadedChains, load_chains
from .pfx import check_pfx
from .trusted_root import RootCertificate, load_root

__all__ = [
    "NO_AUTHORITY",
    "NO_CLIENT_ADMITTED",
    "CaChain",
    "Certificate",
    "ChainAsGiven",
    "CheckedBundle",
    "Circumstances",
    "ClientVerdict",
    "Examination",
    "GivenBundle",
    "LoadedChains",
    "Outcome",
    "RootCertificate",
    "Step",
    "check_chain_counts",
    "check_entries",
    "check_pfx",
    "examine",
    "holds_private_key",
    "load_chains",
    "load_root",
    "read_chain",
    "verify_client",
]
