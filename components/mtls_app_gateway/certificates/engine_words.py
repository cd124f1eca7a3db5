"""OpenSSL's error numbers of path validation: their texts, and their subjects.

The texts are those of OpenSSL 3 (crypto/x509/x509_txt.c), as in nginx and in the gateway's access log after `FAILED:`.
Releases differ in a word or two, so compare numbers.
"""

VALIDITY = frozenset({9, 10, 13, 14})
PURPOSE = frozenset({26})
STRENGTH = frozenset({66, 67, 68})
"""Errors that depend on the security level, not on an RFC."""
NO_ISSUER = frozenset({2, 18, 19, 20, 21, 27})
"""The path ends before a trusted root."""
UNTRUSTED = NO_ISSUER | {7}
"""These, and a signature of another key than the issuer's."""

_WORDS = {
    1: "unspecified certificate verification error",
    2: "unable to get issuer certificate",
    4: "unable to decrypt certificate's signature",
    6: "unable to decode issuer public key",
    7: "certificate signature failure",
    9: "certificate is not yet valid",
    10: "certificate has expired",
    13: "format error in certificate's notBefore field",
    14: "format error in certificate's notAfter field",
    18: "self-signed certificate",
    19: "self-signed certificate in certificate chain",
    20: "unable to get local issuer certificate",
    21: "unable to verify the first certificate",
    22: "certificate chain too long",
    24: "invalid CA certificate",
    25: "path length constraint exceeded",
    26: "unsuitable certificate purpose",
    27: "certificate not trusted",
    28: "certificate rejected",
    29: "subject issuer mismatch",
    30: "authority and subject key identifier mismatch",
    31: "authority and issuer serial number mismatch",
    32: "key usage does not include certificate signing",
    34: "unhandled critical extension",
    37: "invalid non-CA certificate (has CA markings)",
    38: "proxy path length constraint exceeded",
    39: "key usage does not include digital signature",
    40: "proxy certificates not allowed, please set the appropriate flag",
    41: "invalid or inconsistent certificate extension",
    42: "invalid or inconsistent certificate policy extension",
    43: "no explicit policy",
    45: "unsupported extension feature",
    46: "RFC 3779 resource not subset of parent's resources",
    47: "permitted subtree violation",
    48: "excluded subtree violation",
    49: "name constraints minimum and maximum not supported",
    51: "unsupported name constraint type",
    52: "unsupported or invalid name constraint syntax",
    53: "unsupported or invalid name syntax",
    55: "path loop",
    66: "EE certificate key too weak",
    67: "CA certificate key too weak",
    68: "CA signature digest algorithm too weak",
    72: "proxy subject name violation",
    76: "Cannot find certificate signature algorithm",
    77: "subject signature algorithm and issuer public key algorithm mismatch",
    78: "cert info signature and signature algorithm mismatch",
    79: "invalid CA certificate",
    94: "Certificate public key has explicit ECC parameters",
}


def words(number: int) -> str:
    """OpenSSL's text of an error."""
    return _WORDS.get(number, f"OpenSSL's error {number}")
