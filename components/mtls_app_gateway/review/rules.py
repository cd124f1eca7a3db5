"""The table of the rules that a gateway keeps, whoever made it."""

from ..document.gateway import Gateway
from ..problems import Rule
from .backend_roots import BACKEND_ROOT_RULES
from .backends import BACKEND_RULES
from .certificates import CERTIFICATE_RULES
from .client_authentication import CLIENT_AUTHENTICATION_RULES
from .forwarded_identity import FORWARDED_IDENTITY_RULES
from .frontends import FRONTEND_RULES
from .identity_headers import IDENTITY_HEADER_RULES
from .listeners import LISTENER_RULES
from .path_maps import PATH_MAP_RULES
from .redirects import REDIRECT_RULES
from .rewriting import REWRITE_RULES
from .size import SIZE_RULES
from .strict_bypass import STRICT_BYPASS_RULES
from .structure import STRUCTURE_RULES
from .tls_policies import TLS_POLICY_RULES

RULES: tuple[Rule[Gateway], ...] = (
    *CLIENT_AUTHENTICATION_RULES,
    *TLS_POLICY_RULES,
    *STRICT_BYPASS_RULES,
    *IDENTITY_HEADER_RULES,
    *FORWARDED_IDENTITY_RULES,
    *CERTIFICATE_RULES,
    *LISTENER_RULES,
    *FRONTEND_RULES,
    *REDIRECT_RULES,
    *REWRITE_RULES,
    *PATH_MAP_RULES,
    *BACKEND_RULES,
    *BACKEND_ROOT_RULES,
    *SIZE_RULES,
    *STRUCTURE_RULES,
)
