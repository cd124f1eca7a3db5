"""The catalogue's rows about a gateway that runs on this machine."""

from ..problems import Row

BACKEND_MALFORMED = Row(
    code="backend-malformed",
    demands="The backend of a rehearsal is a port, or a host with a port, after https:// where it speaks HTTPS.",
    source="RFC 3986 section 3.2, host and port",
    remedy="Write PORT or HOST:PORT, as in 8000, 127.0.0.1:8000 or https://127.0.0.1:8443.",
)

CANNOT_CLEAR_AWAY = Row(
    code="cannot-clear-away",
    demands="What an earlier rehearsal left running in the folder can be ended.",
    source="this product's own decision: two gateways in one folder would answer for each other",
    remedy="End the processes that have this folder open, or name another folder.",
)

FILE_EXISTS = Row(
    code="file-exists",
    demands="A certificate that is written replaces no file outside the rehearsal's own folder.",
    source="this product's own decision: the file could be a private key that is in use",
    remedy="Remove it, or choose another --name or folder.",
)

FOLDER_IN_USE = Row(
    code="folder-in-use",
    demands="One rehearsal uses a folder at a time.",
    source="this product's own decision: two gateways in one folder would answer for each other",
    remedy="End the other rehearsal, or name another folder.",
)

NGINX_REFUSED = Row(
    code="nginx-refused",
    demands="The configuration that is made from the gateway is one that nginx accepts.",
    source="nginx, whose reason is shown",
    remedy="See nginx's error log in the rehearsal's folder.",
)

NO_NGINX = Row(
    code="no-nginx",
    demands="There is an nginx that can check client certificates with OCSP.",
    source="https://nginx.org/en/CHANGES: ssl_ocsp since 1.19.0, the error log on the command line since 1.19.5",
    remedy="Install a newer nginx, or `pip install mtls-app-gateway[rehearsal]`.",
)

NO_REHEARSAL = Row(
    code="no-rehearsal",
    demands="A command about a running rehearsal names the folder of one.",
    source="this product's own decision: no other gateway is tried in its place",
    remedy="Start it first: `mtls-gateway rehearse FILE --keep --folder DIR`, or `make up`.",
)

PORT_TAKEN = Row(
    code="port-taken",
    demands="The ports of a rehearsal are free when nginx starts.",
    source="bind(2): EADDRINUSE",
    remedy="Try again; another program has taken the port.",
)

TOO_MANY_PARTS = Row(
    code="too-many-parts",
    demands="A gateway that is rehearsed keeps to Azure's limits of its parts.",
    source="https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits",
    remedy="Remove parts, or use a second gateway.",
)
