"""How well it is known that Azure does what is expected, with the source."""

from dataclasses import dataclass
from enum import StrEnum

_LEARN = "https://learn.microsoft.com/azure/application-gateway"


class Grade(StrEnum):
    """The three grades of knowledge about the real gateway."""

    LIVE = "L"
    DOCUMENTED = "D"
    INFERRED = "N"
    OWNER = "-"

    @property
    def description(self) -> str:
        return {
            Grade.LIVE: "seen on a live gateway and published",
            Grade.DOCUMENTED: "documented by Microsoft",
            Grade.INFERRED: "inferred from nginx, which live gateways answer like",
            Grade.OWNER: "what you expect (--expect)",
        }[self]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A grade with its source."""

    grade: Grade
    citation: str


LIVE_TESTS = Evidence(
    Grade.LIVE,
    "https://github.com/ronaldbosma/mtls-with-apim-and-agw (tests/IntegrationTests/Scenario2Tests.cs, Standard_v2)",
)
LIVE_HEADER = Evidence(
    Grade.LIVE, "https://github.com/JanneMattila/azure-application-gateway-demos (appgw-and-mtls/README.md)"
)
RESPONSE_CODES = Evidence(Grade.DOCUMENTED, f"{_LEARN}/http-response-codes")
TROUBLESHOOTING = Evidence(Grade.DOCUMENTED, f"{_LEARN}/mutual-authentication-troubleshooting")
OVERVIEW = Evidence(Grade.DOCUMENTED, f"{_LEARN}/mutual-authentication-overview")
TLS_POLICY = Evidence(Grade.DOCUMENTED, f"{_LEARN}/application-gateway-ssl-policy-overview")
TLS_RETIREMENT = Evidence(Grade.DOCUMENTED, f"{_LEARN}/application-gateway-tls-version-retirement")
END_TO_END = Evidence(Grade.DOCUMENTED, f"{_LEARN}/ssl-overview")
BACKEND_HEALTH = Evidence(Grade.DOCUMENTED, f"{_LEARN}/application-gateway-backend-health-troubleshooting")
NGINX = Evidence(Grade.INFERRED, "nginx, ngx_http_ssl_module")
PATHS = Evidence(Grade.DOCUMENTED, f"{_LEARN}/url-route-overview")
REDIRECTS = Evidence(Grade.DOCUMENTED, f"{_LEARN}/redirect-overview")
OWNER = Evidence(Grade.OWNER, "--expect")
