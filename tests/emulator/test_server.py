"""The emulator answers the provider protocol as azure-native and Azure do, and stricter where silence would mislead."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import pytest
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.emulator.kinds import GATEWAY_PACKAGE, KINDS
from mtls_app_gateway.emulator.schema import encoded_parameter
from mtls_app_gateway.emulator.subscription import Subscription, SubscriptionInUseError
from mtls_app_gateway.emulator.wire import UNKNOWN, to_struct
from pulumi.runtime.proto import provider_pb2

from tests.emulator import subscription_fixtures as fixtures
from tests.emulator.conftest import Client, Serve, Served
from tests.emulator.subscription_fixtures import changed

GATEWAY = f"{GATEWAY_PACKAGE}:network:ApplicationGateway"
OLD_GATEWAY = "azure-native:network:ApplicationGateway"
NETWORK = "azure-native:network:VirtualNetwork"
ADDRESS = "azure-native:network:PublicIPAddress"
DOORS = "azure-native:network:NetworkSecurityGroup"
PASSTHROUGH = fixtures.gateway_inputs()
STRICT = fixtures.gateway_inputs("Strict")
MODE = "sslProfiles.clientAuthConfiguration.verifyClientAuthMode"


def refused(call: Any, *arguments: Any) -> str:
    """The message of a refused call."""
    with pytest.raises(grpc.RpcError) as caught:
        call(*arguments)
    return str(caught.value.details())


# Check.


@pytest.mark.parametrize(
    ("reason", "inputs"),
    [
        (
            "sslProfiles[0].client_auth_configuration: ",
            changed(PASSTHROUGH, "sslProfiles.0.client_auth_configuration", {}),
        ),
        (
            "Did you mean 'verifyClientAuthMode'?",
            changed(PASSTHROUGH, "sslProfiles.0.clientAuthConfiguration", {"verify_client_auth_mode": "Passthrough"}),
        ),
        (
            "'passthrough' is not one of 'Strict', 'Passthrough'",
            changed(PASSTHROUGH, "sslProfiles.0.clientAuthConfiguration.verifyClientAuthMode", "passthrough"),
        ),
        (
            "a boolean is expected",
            changed(PASSTHROUGH, "sslProfiles.0.clientAuthConfiguration.verifyClientCertIssuerDN", "true"),
        ),
        ("frontendPorts[0].port: an integer is expected", changed(PASSTHROUGH, "frontendPorts.0.port", "443")),
        (
            "requestRoutingRules[0].priority: 20001 is more than 20000",
            changed(PASSTHROUGH, "requestRoutingRules.0.priority", 20001),
        ),
        (
            "requestRoutingRules[0].priority: 0 is less than 1",
            changed(PASSTHROUGH, "requestRoutingRules.0.priority", 0),
        ),
        ("autoscaleConfiguration.minCapacity", changed(PASSTHROUGH, "autoscaleConfiguration", {"maxCapacity": 3})),
        ("is read-only", changed(PASSTHROUGH, "provisioningState", "Succeeded")),
        ("where Azure takes a list", changed(PASSTHROUGH, "sslProfiles", {"mtls": {}})),
        ("Missing required property 'resourceGroupName'", changed(PASSTHROUGH, "resourceGroupName", None)),
    ],
)
def test_inputs_azure_does_not_know_fail_in_check(provider: Client, reason: str, inputs: dict[str, Any]) -> None:
    """
    A wrong name, form, type, enum value, bound or a missing property is reported at preview.
    """
    _, (text,) = provider.check(GATEWAY, inputs)

    assert reason in text


def test_all_failures_come_at_once_and_show_no_secret(provider: Client) -> None:
    """
    Two faults give two reasons, neither of which repeats the value of a certificate's property.
    """
    inputs = changed(changed(PASSTHROUGH, "sslCertificates.0.data", ["hunter2"]), "frontendPorts.0.port", "443")

    _, reasons = provider.check(GATEWAY, inputs)

    assert len(reasons) == 2
    assert "hunter2" not in str(reasons)


def test_unknown_values_pass_the_check(provider: Client) -> None:
    """
    What is not known at preview passes, in every place.
    """
    inputs = fixtures.gateway_inputs(subnet=UNKNOWN, address=UNKNOWN, frontendPorts=UNKNOWN, tags=UNKNOWN)

    assert ({**inputs, "azureApiVersion": API.version}, []) == provider.check(GATEWAY, inputs)


def test_a_name_and_a_location_are_filled_in(served: Served) -> None:
    """
    A missing name is made from the resource's and kept from then on; a missing location is the provider's.
    """
    client = served.connect()
    client.configure(subscriptionId=fixtures.SUBSCRIPTION, location="northeurope")
    bare = {"resourceGroupName": fixtures.GROUP}

    first, _ = client.check(ADDRESS, bare)
    again, _ = client.check(ADDRESS, bare, olds={**first, "publicIpAddressName": "edge01234567"})

    assert first["publicIpAddressName"].startswith("edge")
    assert len(first["publicIpAddressName"]) == len("edge") + 8
    assert first["location"] == "northeurope"
    assert again["publicIpAddressName"] == "edge01234567"


def test_a_missing_location_is_that_of_the_group(provider: Client) -> None:
    """
    Without a location of its own or the provider's, a resource is where its group is; other groups are in one place.
    """
    provider.create(
        "azure-native:resources:ResourceGroup", {"resourceGroupName": fixtures.GROUP, "location": "North Europe"}
    )

    here, _ = provider.check(ADDRESS, {"resourceGroupName": fixtures.GROUP})
    there, _ = provider.check(ADDRESS, {"resourceGroupName": "another"})

    assert (here["location"], there["location"]) == ("northeurope", "westeurope")


def test_unknown_tokens_are_errors(provider: Client) -> None:
    """
    A type the emulator does not serve is refused, not guessed.
    """
    assert "does not know azure-native:storage:StorageAccount" in refused(
        provider.check, "azure-native:storage:StorageAccount", {}
    )


# Create, update, read, delete.


def test_a_preview_knows_what_was_asked_and_nothing_else(provider: Client) -> None:
    """
    Outputs of a preview are the inputs, unknown where Azure decides, without any PUT-only value.
    """
    _, outputs = provider.create(
        GATEWAY,
        changed(
            PASSTHROUGH, "identity", {"type": "UserAssigned", "userAssignedIdentities": ["/subscriptions/s/identity"]}
        ),
        preview=True,
    )

    (profile,) = outputs["sslProfiles"]
    (certificate,) = outputs["sslCertificates"]
    assert profile["clientAuthConfiguration"]["verifyClientAuthMode"] == "Passthrough"
    assert profile["clientAuthConfiguration"]["verifyClientRevocation"] == UNKNOWN
    assert (UNKNOWN, UNKNOWN) == (outputs["etag"], outputs["operationalState"])
    assert outputs["identity"]["userAssignedIdentities"] == {"/subscriptions/s/identity": UNKNOWN}
    assert not {"data", "password"} & set(certificate)


def test_azure_adds_what_it_adds(provider: Client) -> None:
    """
    The answer has absolute ids, an etag, states, and all three settings of client authentication.
    """
    provider.build()
    identity, outputs = provider.create(GATEWAY, STRICT)

    (profile,) = outputs["sslProfiles"]
    assert identity == fixtures.GATEWAY_ID
    assert (outputs["provisioningState"], outputs["operationalState"]) == ("Succeeded", "Running")
    assert outputs["defaultPredefinedSslPolicy"] == "AppGwSslPolicy20220101"
    assert outputs["azureApiVersion"] == API.version
    assert profile["id"] == f"{fixtures.GATEWAY_ID}/sslProfiles/mtls"
    assert profile["clientAuthConfiguration"] == {
        "verifyClientAuthMode": "Strict",
        "verifyClientCertIssuerDN": False,
        "verifyClientRevocation": "None",
    }
    assert profile["trustedClientCertificates"] == [{"id": f"{fixtures.GATEWAY_ID}/trustedClientCertificates/partners"}]
    assert outputs["trustedClientCertificates"][0]["clientCertIssuerDN"] == "CN=Example Partners Root"
    assert "\n" not in outputs["trustedClientCertificates"][0]["validatedCertData"]
    assert outputs["sslCertificates"][0]["publicCertData"]


def test_secrets_are_kept_as_digests_and_never_answered(provider: Client, served: Served) -> None:
    """
    Neither an answer nor any file holds a PFX, a password or a provider's secret.
    """
    provider.configure(subscriptionId=fixtures.SUBSCRIPTION, clientSecret="hunter2")
    provider.build()
    identity, created = provider.create(GATEWAY, PASSTHROUGH)
    updated = provider.update(GATEWAY, identity, PASSTHROUGH)
    _, outputs, inputs = provider.read(GATEWAY, identity)

    for text in (created, updated, outputs, inputs, served.everything_written()):
        assert fixtures.PFX not in json.dumps(text)
        assert fixtures.PASSWORD not in json.dumps(text)
        assert "hunter2" not in json.dumps(text)
    assert {"listener/data", "listener/password"} == set(digests(served.folder))


def digests(folder: Path) -> dict[str, str]:
    """What stands for the secrets of the one gateway of a subscription."""
    kept = [json.loads(path.read_text()) for path in (folder / "resources").iterdir()]
    (found,) = [each["digests"] for each in kept if each["document"]["type"].endswith("/applicationGateways")]
    return dict(found)


def test_a_digest_is_useless_without_the_salt_of_its_folder(tmp_path: Path) -> None:
    """
    The same secret has another digest in another subscription, and in none is it a plain hash that can be looked up.
    """
    with Subscription(tmp_path / "first") as first, Subscription(tmp_path / "second") as second:
        found = {each.digest(fixtures.PASSWORD) for each in (first, second)}
    with Subscription(tmp_path / "first") as again:
        assert again.digest(fixtures.PASSWORD) in found

    assert 2 == len(found)
    secret = fixtures.PASSWORD.encode()
    assert not found & {hashlib.new(name, secret).hexdigest() for name in ("sha256", "sha512", "md5")}
    assert not found & {hmac.new(b"", secret, "sha256").hexdigest()}


def test_no_name_from_outside_is_part_of_a_path(tmp_path: Path) -> None:
    """
    Whatever an id says, its file is a direct child of the folder; a file of an older form is taken over.
    """
    identities = ["/a/../../../up", "/subscriptions/s/../..", "/", "x\0y", f"/{'n' * 5000}"]
    with Subscription(tmp_path / "azure") as stored:
        for identity in identities:
            stored.store(identity, {"type": "t"}, {})
    (older,) = list((tmp_path / "azure" / "resources").iterdir())[:1]
    older.rename(older.with_name("virtualNetworks-net-0123456789ab.json"))

    with Subscription(tmp_path / "azure") as again:
        assert set(identities) == {each.id for each in again}
        assert {"azure"} == {path.name for path in tmp_path.iterdir()}
        for identity in identities:
            again.remove(identity)
    assert [] == list((tmp_path / "azure" / "resources").iterdir())


def test_a_refresh_without_changes_changes_nothing(provider: Client) -> None:
    """
    Reading a resource with its inputs gives the same inputs and the same outputs.
    """
    provider.build()
    identity, outputs = provider.create(GATEWAY, STRICT)

    assert provider.read(GATEWAY, identity, STRICT, outputs) == (identity, outputs, STRICT)


def test_a_refresh_carries_foreign_changes_into_the_inputs(provider: Client) -> None:
    """
    A change made in Azure shows in the inputs, beside PUT-only values that stay.
    """
    provider.build()
    identity, outputs = provider.create(GATEWAY, STRICT)
    provider.update(GATEWAY, identity, changed(STRICT, "tags", {"by": "hand"}))

    _, _, inputs = provider.read(GATEWAY, identity, STRICT, outputs)

    assert inputs == STRICT | {"tags": {"by": "hand"}}


def test_an_import_reads_inputs_that_would_make_the_same(provider: Client) -> None:
    """
    The inputs of an import are complete but for PUT-only values, with absolute ids, and they pass the check.
    """
    provider.build()
    identity, _ = provider.create(
        GATEWAY,
        changed(STRICT, "identity", {"type": "UserAssigned", "userAssignedIdentities": ["/subscriptions/s/identity"]}),
    )

    _, _, inputs = provider.read(GATEWAY, identity)

    assert provider.check(GATEWAY, inputs)[1] == []
    assert inputs["applicationGatewayName"] == "gw"
    assert inputs["resourceGroupName"] == fixtures.GROUP
    assert inputs["identity"]["userAssignedIdentities"] == ["/subscriptions/s/identity"]
    assert inputs["httpListeners"][0]["sslProfile"]["id"] == f"{fixtures.GATEWAY_ID}/sslProfiles/mtls"
    assert not {"data", "password"} & set(inputs["sslCertificates"][0])
    assert not {"etag", "provisioningState"} & set(inputs)


def test_what_exists_is_not_created_again(provider: Client) -> None:
    """
    A create on an id that is taken is refused, as azure-native refuses it, whatever the case of the id.
    """
    provider.build()
    again = fixtures.address_inputs(publicIpAddressName="ADDRESS")

    assert "cannot create already existing resource" in refused(provider.create, ADDRESS, again)


def test_a_resource_that_is_gone_reads_as_gone(provider: Client) -> None:
    """
    Reading what was deleted gives no id, and deleting it again is no error.
    """
    identity, _ = provider.create(ADDRESS, fixtures.address_inputs())
    provider.delete(ADDRESS, identity)
    provider.delete(ADDRESS, identity)

    assert provider.read(ADDRESS, identity) == ("", {}, {})


@pytest.mark.parametrize("identity", ["", "/", "/subscriptions", f"/subscriptions/{fixtures.SUBSCRIPTION}"])
def test_what_is_no_resource_is_not_deleted(provider: Client, identity: str) -> None:
    """
    An id that leads to nothing, or that all others begin with, deletes nothing.
    """
    address, _ = provider.create(ADDRESS, fixtures.address_inputs())

    provider.delete(ADDRESS, identity)

    assert address == provider.read(ADDRESS, address)[0]


def test_azures_refusals_reach_the_engine_with_their_codes(provider: Client) -> None:
    """
    A refused create leaves nothing behind and gives every reason.
    """
    provider.build()
    broken = changed(
        changed(PASSTHROUGH, "sslCertificates.0.password", "wrong1"), "requestRoutingRules.0.priority", None
    )

    text = refused(provider.create, GATEWAY, broken)

    assert 'Code="ApplicationGatewaySslCertificateInvalidData"' in text
    assert 'Code="ApplicationGatewayRequestRoutingRulePriorityCannotBeEmpty"' in text
    assert provider.read(GATEWAY, fixtures.GATEWAY_ID)[0] == ""


def test_what_is_in_use_is_not_deleted(provider: Client) -> None:
    """
    A public address cannot go before the gateway that has it.
    """
    ids = provider.build()
    identity, _ = provider.create(GATEWAY, PASSTHROUGH)

    assert "PublicIPAddressCannotBeDeleted" in refused(provider.delete, ADDRESS, ids[ADDRESS])
    provider.delete(GATEWAY, identity)
    provider.delete(ADDRESS, ids[ADDRESS])


def test_an_address_is_a_documentation_address_with_a_name(provider: Client) -> None:
    """
    Static addresses differ from each other, stay over an update, and a label becomes a name under Azure's domain.
    """
    labelled = fixtures.address_inputs(dnsSettings={"domainNameLabel": "edge"})
    identity, first = provider.create(ADDRESS, labelled)
    _, second = provider.create(ADDRESS, fixtures.address_inputs(publicIpAddressName="other"))
    updated = provider.update(ADDRESS, identity, changed(labelled, "tags", {"a": "b"}))

    assert first["ipAddress"].startswith("203.0.113.")
    assert first["ipAddress"] != second["ipAddress"]
    assert updated["ipAddress"] == first["ipAddress"]
    assert first["dnsSettings"]["fqdn"] == "edge.westeurope.cloudapp.azure.com"


def test_a_group_takes_its_resources_with_it(provider: Client) -> None:
    """
    Deleting a resource group deletes what is in it and nothing in a group with a longer name.
    """
    group, _ = provider.create(
        "azure-native:resources:ResourceGroup", {"resourceGroupName": fixtures.GROUP, "location": "westeurope"}
    )
    inside, _ = provider.create(ADDRESS, fixtures.address_inputs())
    beside, _ = provider.create(ADDRESS, fixtures.address_inputs(resourceGroupName=f"{fixtures.GROUP}-2"))
    provider.delete("azure-native:resources:ResourceGroup", group)

    assert (provider.read(ADDRESS, inside)[0], provider.read(ADDRESS, beside)[0]) == ("", beside)


# Properties that get lost.


def test_the_default_api_version_drops_the_mode(provider: Client) -> None:
    """
    azure-native's default module silently drops a gateway's mode: Azure makes it Strict, and no output shows it.
    """
    provider.build()
    _, reasons = provider.check(OLD_GATEWAY, STRICT)
    _, outputs = provider.create(
        OLD_GATEWAY, changed(STRICT, "sslProfiles.0.clientAuthConfiguration.verifyClientAuthMode", "Passthrough")
    )

    assert reasons == []
    assert "verifyClientAuthMode" not in outputs["sslProfiles"][0]["clientAuthConfiguration"]
    _, seen_now, _ = provider.read(GATEWAY, fixtures.GATEWAY_ID)
    assert seen_now["sslProfiles"][0]["clientAuthConfiguration"]["verifyClientAuthMode"] == "Strict"


def test_without_a_chain_the_dropped_mode_is_refused(provider: Client) -> None:
    """
    A Passthrough profile that loses its mode and has neither chain nor policy is refused in Azure's words.
    """
    provider.build()

    assert "must specify either SslPolicy or TrustedClientCertificates" in refused(
        provider.create, OLD_GATEWAY, PASSTHROUGH
    )


def test_a_property_can_be_dropped_on_demand(serve: Serve) -> None:
    """
    A dropped property neither arrives nor comes back, in create, update and read; a preview does not know it yet.
    """
    client = serve(drop=(MODE,)).connect()
    client.configure(subscriptionId=fixtures.SUBSCRIPTION)
    client.build()
    _, previewed = client.create(GATEWAY, STRICT, preview=True)
    identity, created = client.create(GATEWAY, STRICT)
    updated = client.update(GATEWAY, identity, STRICT)
    _, read, _ = client.read(GATEWAY, identity)

    assert previewed["sslProfiles"][0]["clientAuthConfiguration"]["verifyClientAuthMode"] == "Strict"
    for outputs in (created, updated, read):
        assert "verifyClientAuthMode" not in outputs["sslProfiles"][0]["clientAuthConfiguration"]


# Diff.


def _kinds_of(answer: provider_pb2.DiffResponse) -> dict[str, str]:
    return {path: provider_pb2.PropertyDiff.Kind.Name(found.kind) for path, found in answer.detailedDiff.items()}


def test_equal_inputs_do_not_differ(provider: Client) -> None:
    """
    The same inputs, and a location spelt differently, are no change.
    """
    answer = provider.diff(GATEWAY, PASSTHROUGH, changed(PASSTHROUGH, "location", "West Europe"))

    assert answer.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_a_mode_changes_in_place(provider: Client) -> None:
    """
    A new mode is one updated property, named by its path.
    """
    path = "sslProfiles[0].clientAuthConfiguration.verifyClientAuthMode"
    answer = provider.diff(
        GATEWAY,
        PASSTHROUGH,
        changed(PASSTHROUGH, "sslProfiles.0.clientAuthConfiguration.verifyClientAuthMode", "Strict"),
    )

    assert _kinds_of(answer) == {path: "UPDATE"}
    assert (list(answer.diffs), list(answer.replaces)) == (["sslProfiles"], [])


def test_lists_are_compared_by_index(provider: Client) -> None:
    """
    An item put in front makes every later one a change, as azure-native shows it.
    """
    pools = [{"name": "new"}, *PASSTHROUGH["backendAddressPools"]]
    answer = provider.diff(GATEWAY, PASSTHROUGH, changed(PASSTHROUGH, "backendAddressPools", pools))

    assert _kinds_of(answer) == {
        "backendAddressPools[0].name": "UPDATE",
        "backendAddressPools[0].backendAddresses": "DELETE",
        "backendAddressPools[1]": "ADD",
    }


@pytest.mark.parametrize("path", ["resourceGroupName", "applicationGatewayName"])
def test_a_path_cannot_change_in_place(provider: Client, path: str) -> None:
    """
    Another group or name means another resource, and the old one goes first.
    """
    answer = provider.diff(GATEWAY, PASSTHROUGH, changed(PASSTHROUGH, path, "elsewhere"))

    assert list(answer.replaces) == [path]
    assert _kinds_of(answer) == {path: "UPDATE_REPLACE"}
    assert answer.deleteBeforeReplace


ADDRESS_INPUTS = fixtures.address_inputs(publicIPAddressVersion="IPv4", publicIPPrefix={"id": "/prefix"})


@pytest.mark.parametrize(
    ("replaces", "token", "inputs", "path"),
    [
        (True, ADDRESS, ADDRESS_INPUTS, "location"),
        (True, ADDRESS, ADDRESS_INPUTS, "publicIPAddressVersion"),
        (True, ADDRESS, ADDRESS_INPUTS, "publicIPPrefix.id"),
        (True, ADDRESS, ADDRESS_INPUTS, "sku.name"),
        (True, NETWORK, fixtures.network_inputs(), "location"),
        (False, DOORS, fixtures.security_group_inputs(), "location"),
        (False, GATEWAY, PASSTHROUGH, "location"),
        (False, GATEWAY, changed(PASSTHROUGH, "zones", ["1"]), "zones.0"),
        (False, GATEWAY, PASSTHROUGH, "sku.name"),
        (False, ADDRESS, ADDRESS_INPUTS, "publicIPAllocationMethod"),
    ],
)
def test_what_azure_native_replaces_is_replaced(
    provider: Client, replaces: bool, token: str, inputs: dict[str, Any], path: str
) -> None:
    """
    Its list of fixed properties has those of an address and the location of a network; all else is an update.
    """
    answer = provider.diff(token, inputs, changed(inputs, path, "elsewhere"))

    (kind,) = _kinds_of(answer).values()
    assert ("UPDATE_REPLACE" if replaces else "UPDATE", replaces) == (kind, bool(answer.replaces))
    assert replaces == answer.deleteBeforeReplace


def test_a_fixed_property_that_disappears_is_an_update(provider: Client) -> None:
    """
    So an adopted address whose SKU is not written is not replaced.
    """
    answer = provider.diff(ADDRESS, ADDRESS_INPUTS, changed(ADDRESS_INPUTS, "sku", None))

    assert ({"sku": "DELETE"}, []) == (_kinds_of(answer), list(answer.replaces))


def test_an_automatic_name_allows_the_new_one_first(provider: Client) -> None:
    """
    A resource that azure-native named itself is replaced by one beside it, which the inputs note; no other is.
    """
    bare = changed(fixtures.address_inputs(), "publicIpAddressName", None)
    made, _ = provider.check(ADDRESS, bare)
    again, _ = provider.check(ADDRESS, bare, olds=made)
    adopted, _ = provider.check(ADDRESS, bare, olds=fixtures.address_inputs())

    assert (True, True, None) == tuple(each.get("__createBeforeDelete") for each in (made, again, adopted))
    assert "2024-05-01" == made["azureApiVersion"]
    assert not provider.diff(ADDRESS, made, changed(made, "location", "northeurope")).deleteBeforeReplace
    assert provider.diff(ADDRESS, adopted, changed(adopted, "location", "northeurope")).deleteBeforeReplace


def test_the_notes_of_the_provider_are_no_change_and_go_nowhere(provider: Client) -> None:
    """
    What the provider writes into the inputs for itself is not compared, not sent, and not answered by Azure.
    """
    bare = changed(fixtures.address_inputs(), "publicIpAddressName", None)
    made, reasons = provider.check(ADDRESS, bare)
    written = {key: value for key, value in made.items() if key not in ("azureApiVersion", "__createBeforeDelete")}

    assert ([], {}) == (reasons, _kinds_of(provider.diff(ADDRESS, written, made)))
    identity, outputs = provider.create(ADDRESS, made)
    assert "__createBeforeDelete" not in outputs
    assert made == provider.read(ADDRESS, identity, made, outputs)[2]


@pytest.mark.parametrize(
    ("name", "mode", "old"),
    [
        ("mine", "PROPOSE", None),
        ("mine", "ENFORCE", None),
        ("before", "ENFORCE", "before"),
        ("before", "DISABLE", "before"),
    ],
)
def test_automatic_names_are_those_of_the_configuration(
    provider: Client, name: str, mode: str, old: str | None
) -> None:
    """
    `pulumi:autonaming` decides about new names; one that is there stays.
    """
    assert provider.stub.Configure(provider_pb2.ConfigureRequest(urn="u")).supports_autonaming_configuration
    inputs = provider.stub.Check(_autonamed(mode, old)).inputs

    assert (name, None) == (inputs["publicIpAddressName"], inputs.fields.get("__createBeforeDelete"))


def test_a_name_is_required_where_none_is_generated(provider: Client) -> None:
    """
    With automatic names off, a resource without a name is an error that says which input is missing.
    """
    text = refused(provider.stub.Check, _autonamed("DISABLE", None))

    assert "automatic naming is disabled and publicIpAddressName is missing" in text


def _autonamed(mode: str, old: str | None) -> provider_pb2.CheckRequest:
    kinds = provider_pb2.CheckRequest.AutonamingOptions
    options = kinds(proposed_name="mine", mode=kinds.Mode.Value(mode))
    olds = {"publicIpAddressName": old} if old else {}
    bare = to_struct(changed(fixtures.address_inputs(), "publicIpAddressName", None))
    return provider_pb2.CheckRequest(type=ADDRESS, name="edge", news=bare, olds=to_struct(olds), autonaming=options)


def test_a_network_answers_with_all_its_subnets(provider: Client) -> None:
    """
    One that was made on its own is among the outputs, once, and never becomes an input of the network.
    """
    subnet = "azure-native:network:Subnet"
    provider.build()
    network_id = fixtures.SUBNET_ID.partition("/subnets/")[0]
    inputs = fixtures.network_inputs()
    created = provider.read(NETWORK, network_id)[1]
    where = {"resourceGroupName": fixtures.GROUP, "virtualNetworkName": "net"}
    provider.create(subnet, {**where, "subnetName": "other", "addressPrefix": "10.0.1.0/24"})

    _, outputs, refreshed = provider.read(NETWORK, network_id, inputs, created)
    updated = provider.update(NETWORK, network_id, inputs)

    assert ["gateway"] == [each["name"] for each in created["subnets"]]
    assert ["gateway", "other"] == [each["name"] for each in outputs["subnets"]]
    assert ["gateway", "other"] == [each["name"] for each in updated["subnets"]]
    assert inputs == refreshed
    assert inputs == provider.read(NETWORK, network_id, inputs, updated)[2]


def test_a_moved_gateway_is_refused_half_way(provider: Client) -> None:
    """
    Another location is an update in azure-native's eyes, and ARM refuses it; what was there stays.
    """
    provider.build()
    identity, outputs = provider.create(GATEWAY, PASSTHROUGH)

    text = refused(provider.update, GATEWAY, identity, changed(PASSTHROUGH, "location", "northeurope"))

    assert 'Code="InvalidResourceLocation"' in text
    assert outputs == provider.read(GATEWAY, identity)[1]
    provider.update(GATEWAY, identity, changed(PASSTHROUGH, "location", "West Europe"))


def test_a_value_nobody_knows_yet_is_a_change(provider: Client) -> None:
    """
    An input that turns unknown in a preview is reported as changed.
    """
    answer = provider.diff(GATEWAY, PASSTHROUGH, changed(PASSTHROUGH, "tags", UNKNOWN))

    assert _kinds_of(answer) == {"tags": "ADD"}


# Providers and the subscription.


def test_each_connection_is_a_provider_of_its_own(served: Served) -> None:
    """
    Two providers on one port keep their subscriptions apart, and the journal names the provider.
    """
    one, other = served.connect(), served.connect()
    one.configure(subscriptionId="one")
    other.configure(subscriptionId="other")

    ids = [client.create(ADDRESS, fixtures.address_inputs())[0] for client in (one, other)]

    assert [identity.split("/")[2] for identity in ids] == ["one", "other"]
    created = [entry for entry in served.journal() if entry["method"] == "Create"]
    assert [entry["provider"]["settings"]["subscriptionId"] for entry in created] == ["one", "other"]


def test_a_provider_must_be_configured(served: Served) -> None:
    """
    A request to a provider that was never configured is an error.
    """
    assert "before it was configured" in refused(served.connect().create, ADDRESS, fixtures.address_inputs())


def test_the_subscription_outlives_its_server(serve: Serve) -> None:
    """
    What one emulator made, the next one on the same folder knows.
    """
    client = serve().connect()
    client.configure(subscriptionId=fixtures.SUBSCRIPTION)
    identity, outputs = client.create(ADDRESS, fixtures.address_inputs())

    client = serve().connect()
    client.configure(subscriptionId=fixtures.SUBSCRIPTION)

    assert client.read(ADDRESS, identity, fixtures.address_inputs(), outputs)[1] == outputs


def test_a_folder_has_one_server(served: Served) -> None:
    """
    A second emulator on the same folder is refused.
    """
    with (
        pytest.raises(SubscriptionInUseError, match="served by another emulator"),
        Subscription(served.folder),
    ):
        pass


def test_a_torn_write_leaves_the_old_resource(tmp_path: Path) -> None:
    """
    A draft that was never finished is not read as a resource.
    """
    with Subscription(tmp_path / "s") as stored:
        stored.store("/subscriptions/s/a/b", {"type": "t"}, {})
    (tmp_path / "s" / "resources" / ".b-x.json.draft").write_text('{"id": "/subs')

    with Subscription(tmp_path / "s") as again:
        assert ["/subscriptions/s/a/b"] == [found.id for found in again]


def test_many_at_once_do_not_disturb_each_other(provider: Client, served: Served) -> None:
    """
    Sixteen creates in parallel make sixteen resources with sixteen addresses.
    """
    inputs = [fixtures.address_inputs(publicIpAddressName=f"a{at}") for at in range(16)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda given: provider.create(ADDRESS, given), inputs))

    assert len({outputs["ipAddress"] for _, outputs in made}) == 16
    assert len(list((served.folder / "resources").glob("*.json"))) == 16


def test_a_host_is_told_of_its_gateways(serve: Serve) -> None:
    """
    The host sees each gateway as Azure answers it, without secrets, and when it goes.
    """
    calls: list[tuple[str, Any]] = []

    class Host:
        def apply(self, document: Mapping[str, Any]) -> None:
            calls.append(("apply", document))

        def remove(self, identity: str) -> None:
            calls.append(("remove", identity))

    client = serve(host=Host()).connect()
    client.configure(subscriptionId=fixtures.SUBSCRIPTION)
    client.build()
    identity, _ = client.create(GATEWAY, PASSTHROUGH)
    client.update(GATEWAY, identity, PASSTHROUGH)
    client.delete(GATEWAY, identity)

    assert [what for what, _ in calls] == ["apply", "apply", "remove"]
    assert calls[0][1]["properties"]["sslProfiles"][0]["id"].startswith(identity)
    assert fixtures.PFX not in json.dumps(calls)


# The plugin.


def test_the_package_is_the_one_the_component_asks_for(served: Served) -> None:
    """
    Both forms of the parameter are understood, and another version is refused.
    """
    stub = served.connect().stub
    value = provider_pb2.ParameterizeRequest.ParametersValue(name=GATEWAY_PACKAGE, value=encoded_parameter())
    words = provider_pb2.ParameterizeRequest.ParametersArgs(args=["network", API.version])
    older = provider_pb2.ParameterizeRequest.ParametersArgs(args=["network", "2024-05-01"])

    assert stub.Parameterize(provider_pb2.ParameterizeRequest(value=value)).name == GATEWAY_PACKAGE
    assert stub.Parameterize(provider_pb2.ParameterizeRequest(args=words)).name == GATEWAY_PACKAGE
    assert "v20240501" in refused(stub.Parameterize, provider_pb2.ParameterizeRequest(args=older))
    assert json.loads(base64.b64decode(encoded_parameter())) == {"module": "network", "version": API.module}


def test_the_schema_has_the_properties_of_each_kind(served: Served) -> None:
    """
    The schema of each package names its resources, and the gateway's mode is in one of them only by its parameter.
    """
    stub = served.connect().stub
    base = json.loads(stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    ours = json.loads(stub.GetSchema(provider_pb2.GetSchemaRequest(subpackage_name=GATEWAY_PACKAGE)).schema)

    assert set(base["resources"]) | set(ours["resources"]) == set(KINDS)
    assert "sslProfiles" in ours["resources"][GATEWAY]["inputProperties"]
    assert "entraJWTValidationConfigs" not in base["resources"][OLD_GATEWAY]["inputProperties"]
    assert ours["parameterization"]["baseProvider"]["name"] == "azure-native"


def test_functions_are_not_served(provider: Client) -> None:
    """
    A call of an azure-native function is an error that says so.
    """
    request = provider_pb2.InvokeRequest(tok="azure-native:authorization:getClientConfig", args=to_struct({}))

    assert "serves no functions" in refused(provider.stub.Invoke, request)
