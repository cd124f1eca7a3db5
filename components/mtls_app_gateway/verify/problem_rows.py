"""The catalogue's rows about what a verification is given."""

from ..problems import Row

CLIENT_CERTIFICATE_UNUSABLE = Row(
    code="client-certificate-unusable",
    demands="A client's certificate and private key are PEM, belong together and can be read.",
    source="OpenSSL, SSL_CTX_use_certificate_chain_file and SSL_CTX_check_private_key",
    remedy="Give a PEM certificate, followed by its intermediates, and the PEM private key that belongs to it.",
)

SERVER_CA_UNREADABLE = Row(
    code="server-ca-unreadable",
    demands="The CAs that the server's certificate is checked with are a PEM file that can be read.",
    source="OpenSSL, SSL_CTX_load_verify_locations",
    remedy="Give a PEM file with the CAs that issued the listener's certificate.",
)
