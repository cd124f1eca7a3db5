"""ARM's rules about a gateway: its SKU, TLS policies, profiles, listeners, routing and references."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from ..document.arm_types import Shape, object_type
from ..document.azure import Generation, tls_policy
from ..document.azure_limits import excesses
from ..document.references import TARGETS
from .arm_rules import ArmRule, Request


def references_below(value: Any, shape: Shape, path: str = "") -> Iterator[tuple[str, str]]:
    """Every reference below a value: the path of its holder, such as `properties.sslProfiles[0]...`, and its id."""
    if shape.items is not None and isinstance(value, list):
        for index, item in enumerate(value):
            yield from references_below(item, shape.items, f"{path}[{index}]")
    if shape.of is None or not isinstance(value, Mapping):
        return
    if shape.of == "SubResource":
        yield path, str(value.get("id"))
        return
    for name, known in object_type(shape.of).properties.items():
        if name in value:
            yield from references_below(value[name], known.shape, f"{path}.{name}".lstrip("."))


def _references(request: Request) -> Iterator[tuple[str, str]]:
    properties = object_type(str(request.put.document["type"])).properties["properties"]
    yield from references_below(request.properties, properties.shape, "properties")


def _ids_are_absolute(request: Request) -> Iterator[str]:
    for path, identity in _references(request):
        if not identity.lower().startswith("/subscriptions/"):
            yield (
                f"Property id '{identity}' at path '{path}.id' is invalid. Expect fully qualified resource Id that "
                "start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'."
            )


def _references_resolve(request: Request) -> Iterator[str]:
    own = f"{request.put.id}/".lower()
    for path, identity in _references(request):
        lower = identity.lower()
        if lower.startswith(own):
            collection, _, name = lower.removeprefix(own).partition("/")
            exact = next((known for known in request.properties if known.lower() == collection), "")
            found = any(known.lower() == name for known, _ in request.parts(exact))
        else:
            found = "/providers/microsoft.network/" not in lower or request.other({"id": identity}) is not None
        if not found and lower.startswith("/subscriptions/"):
            yield (
                f"Resource {identity} referenced by resource {request.put.id} at {path} was not found. Please make "
                "sure that the referenced resource exists, and that both resources are in the same region."
            )


def _references_fit(request: Request) -> Iterator[str]:
    own = f"{request.put.id}/".lower()
    for path, identity in _references(request):
        name = path.rsplit(".", maxsplit=1)[-1].split("[")[0]
        expected, collection = TARGETS.get(name), identity.lower().removeprefix(own).split("/")[0]
        if identity.lower().startswith(own) and expected and expected.lower() != collection:
            yield f"Resource {identity} at {path} is not one of {expected}."


def _names_are_unique(request: Request) -> Iterator[str]:
    for value in request.properties.values():
        if isinstance(value, list):
            names = Counter(str(part["name"]).lower() for part in value if isinstance(part, Mapping) and "name" in part)
            for name in (name for name, count in names.items() if count > 1):
                yield f"Resource {request.put.id} has two child resources with the same name ({name})."


def _profile_authenticates_or_has_a_policy(request: Request) -> Iterator[str]:
    for name, profile in request.parts("sslProfiles"):
        mode = (profile.get("clientAuthConfiguration") or {}).get("verifyClientAuthMode")
        if mode != "Passthrough" and not profile.get("trustedClientCertificates") and not profile.get("sslPolicy"):
            gateway = request.put.document["name"]
            yield f"SslProfile {gateway}/{name} must specify either SslPolicy or TrustedClientCertificates."


def _policies(request: Request) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if request.properties.get("sslPolicy"):
        yield "sslPolicy", request.properties["sslPolicy"]
    for name, profile in request.parts("sslProfiles"):
        if profile.get("sslPolicy"):
            yield f"sslPolicy of SSL profile {name}", profile["sslPolicy"]


def _policies_match(request: Request) -> Iterator[str]:
    policies = [policy for _, policy in _policies(request)]
    if not request.properties.get("sslPolicy"):
        policies.append({})  # Azure's default.
    old = {tls_policy(policy).generation is Generation.OLD for policy in policies}
    if len(old) > 1:
        yield "The newer and older SSL policies can't be used together for SSLPolicy and listener-specific SSLProfile."


def _policy_has_a_type(request: Request) -> Iterator[str]:
    for where, policy in _policies(request):
        if policy and not policy.get("policyType"):
            yield f"The {where} must specify a policyType."


def _policy_fits_its_type(request: Request) -> Iterator[str]:
    for where, policy in _policies(request):
        extra = [name for name in ("minProtocolVersion", "cipherSuites") if policy.get(name)]
        if policy.get("policyType") == "Predefined" and extra:
            yield f"{' and '.join(extra)} of the {where} cannot be set for the policy type Predefined."


def _policy_is_not_retired(request: Request) -> Iterator[str]:
    for where, policy in _policies(request):
        if tls_policy(policy).retired_versions:
            yield f"The {where} uses a deprecated TLS version."


def _rules_have_priorities(request: Request) -> Iterator[str]:
    rules = list(request.parts("requestRoutingRules"))
    if any("priority" in rule for _, rule in rules):
        return
    for name, _ in rules:
        yield f"Priority for the request routing rule {request.put.id}/requestRoutingRules/{name} cannot be empty."


def _all_rules_have_priorities(request: Request) -> Iterator[str]:
    have_one = ["priority" in rule for _, rule in request.parts("requestRoutingRules")]
    if any(have_one) and not all(have_one):
        yield "Either all or no rule should have the priority specified."


def _priorities_are_unique(request: Request) -> Iterator[str]:
    priorities = [rule["priority"] for _, rule in request.parts("requestRoutingRules") if "priority" in rule]
    for priority, count in Counter(priorities).items():
        if count > 1:
            yield f"Priority must be unique across all the request routing rules: {count} have {priority}."


def _listeners_have_one_rule(request: Request) -> Iterator[str]:
    used = Counter(str((rule.get("httpListener") or {}).get("id")) for _, rule in request.parts("requestRoutingRules"))
    for identity, count in used.items():
        if count > 1:
            yield f"Listener {identity} is used by {count} request routing rules; it can have one."


def _hosts(listener: Mapping[str, Any]) -> set[str]:
    named = [listener.get("hostName"), *(listener.get("hostNames") or ())]
    return {str(host).lower() for host in named if host} or {""}


def _listeners_do_not_clash(request: Request) -> Iterator[str]:
    listeners = [listener for _, listener in request.parts("httpListeners")]
    for one, other in combinations(listeners, 2):
        same_endpoint = all(
            (one.get(part) or {}).get("id") == (other.get(part) or {}).get("id")
            for part in ("frontendPort", "frontendIPConfiguration")
        )
        if same_endpoint and _hosts(one) & _hosts(other):
            listeners_of = f"Two Http Listeners of Application Gateway {request.put.id}"
            yield f"{listeners_of} are using the same Frontend Port {(one.get('frontendPort') or {}).get('id')}."


def _sku(request: Request, part: str) -> str:
    return str((request.properties.get("sku") or {}).get(part, ""))


def _rewrites_do_something(request: Request) -> Iterator[str]:
    for _, rewrite in request.parts("rewriteRuleSets"):
        if any(not rule.get("actionSet") for rule in rewrite.get("rewriteRules") or ()):
            yield "ActionSet is a required field in a RewriteRule."


def _waf_is_configured(request: Request) -> Iterator[str]:
    configured = request.properties.get("firewallPolicy") or request.properties.get(
        "webApplicationFirewallConfiguration"
    )
    if _sku(request, "tier") == "WAF_v2" and not configured:
        yield f"Application Gateway {request.put.id} has the SKU tier WAF_v2 and no web application firewall."


def _waf_has_its_sku(request: Request) -> Iterator[str]:
    if request.properties.get("firewallPolicy") and _sku(request, "tier") != "WAF_v2":
        yield "A firewall policy can be associated with the SKU WAF_v2 only."


def _sku_is_not_retired(request: Request) -> Iterator[str]:
    if _sku(request, "tier") in ("Standard", "WAF"):
        yield f"The SKU tier {_sku(request, 'tier')} is Application Gateway V1, which was retired on 28 April 2026."


def _sku_can_authenticate(request: Request) -> Iterator[str]:
    if _sku(request, "tier") == "Basic" and any(
        profile.get("clientAuthConfiguration") or profile.get("trustedClientCertificates")
        for _, profile in request.parts("sslProfiles")
    ):
        yield "The SKU Basic has no mutual authentication."


def _size_is_given(request: Request) -> Iterator[str]:
    if not _sku(request, "capacity") and not request.properties.get("autoscaleConfiguration"):
        yield "Either sku.capacity or autoscaleConfiguration must be specified."


def _limits_are_kept(request: Request) -> Iterator[str]:
    for collection, count, limit in excesses(request.put.document):
        yield f"Application Gateway {request.put.id} has {count} {collection}; it can have {limit}."


_LEARN = "Microsoft Learn, application-gateway"

GATEWAY_RULES = (
    ArmRule(
        "ids-are-absolute",
        "LinkedInvalidPropertyId",
        "github.com/ernestio/ernest/issues/498",
        _ids_are_absolute,
    ),
    ArmRule(
        "references-resolve",
        "InvalidResourceReference",
        "github.com/Azure/terraform-provider-azapi/issues/200",
        _references_resolve,
    ),
    ArmRule("references-fit", None, "Azure REST API 2025-03-01, applicationGateways", _references_fit),
    ArmRule(
        "names-are-unique",
        "DuplicateResourceName",
        "github.com/Azure/application-gateway-kubernetes-ingress/pull/214",
        _names_are_unique,
    ),
    ArmRule(
        "profile-authenticates-or-has-a-policy",
        None,
        "learn.microsoft.com/answers/questions/5828693",
        _profile_authenticates_or_has_a_policy,
    ),
    ArmRule(
        "policies-match",
        "ApplicationGatewaySslPolicyMisMatch",
        "github.com/hashicorp/terraform-provider-azurerm/pull/23398",
        _policies_match,
    ),
    ArmRule(
        "policy-has-a-type",
        "ApplicationGatewaySslPolicyPropertyPolicyTypeRequired",
        "github.com/Azure/PSRule.Rules.Azure/issues/2063",
        _policy_has_a_type,
    ),
    ArmRule(
        "policy-fits-its-type",
        "ApplicationGatewaySslPolicyPropertyNotSupportedForPolicyType",
        "github.com/Azure/PSRule.Rules.Azure/issues/2063",
        _policy_fits_its_type,
    ),
    ArmRule(
        "policy-is-not-retired",
        "ApplicationGatewayDeprecatedTlsVersionUsedInSslPolicy",
        "github.com/Azure/terraform-azurerm-avm-res-network-applicationgateway/issues/173",
        _policy_is_not_retired,
    ),
    ArmRule(
        "rules-have-priorities",
        "ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty",
        "github.com/aztfm/terraform-azurerm-application-gateway/issues/10",
        _rules_have_priorities,
    ),
    ArmRule(
        "all-rules-have-priorities",
        "ApplicationGatewayRequestRoutingRulePartialPriorityDefined",
        "github.com/MicrosoftDocs/azure-docs/issues/105222",
        _all_rules_have_priorities,
    ),
    ArmRule(
        "priorities-are-unique",
        None,
        "github.com/Azure/application-gateway-kubernetes-ingress/issues/1487",
        _priorities_are_unique,
    ),
    ArmRule("listeners-have-one-rule", None, f"{_LEARN}/configuration-request-routing-rules", _listeners_have_one_rule),
    ArmRule(
        "listeners-do-not-clash",
        "ApplicationGatewayHttpListenersUsingSameFrontendPort",
        "github.com/Azure/application-gateway-kubernetes-ingress/pull/692",
        _listeners_do_not_clash,
    ),
    ArmRule(
        "rewrites-do-something",
        "ApplicationGatewayRewriteRuleSetActionSetInRewriteRuleCannotBeEmpty",
        "github.com/Azure/azure-cli/issues/17373",
        _rewrites_do_something,
    ),
    ArmRule(
        "waf-is-configured",
        "ApplicationGatewayFirewallNotConfiguredForSelectedSku",
        "github.com/Azure/AKS-Construction/issues/678",
        _waf_is_configured,
    ),
    ArmRule("waf-has-its-sku", None, f"{_LEARN}/overview-v2", _waf_has_its_sku),
    ArmRule("sku-is-not-retired", None, f"{_LEARN}/retirement-faq", _sku_is_not_retired),
    ArmRule("sku-can-authenticate", None, f"{_LEARN}/overview-v2", _sku_can_authenticate),
    ArmRule(
        "limits-are-kept",
        None,
        "Microsoft Learn, azure-resource-manager/management/azure-subscription-service-limits",
        _limits_are_kept,
    ),
    ArmRule("size-is-given", None, f"{_LEARN}/application-gateway-autoscaling-zone-redundant", _size_is_given),
)
