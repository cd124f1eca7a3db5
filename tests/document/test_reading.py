"""Every published form of a gateway reads as the same document."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtls_app_gateway.document.arm_types import GATEWAY_TYPE
from mtls_app_gateway.document.azure import API
from mtls_app_gateway.document.placeholder import Placeholder
from mtls_app_gateway.document.purpose import Purpose
from mtls_app_gateway.document.reading import read, read_all, read_document
from mtls_app_gateway.document.references import check_references, unused_parts
from mtls_app_gateway.document.spelling import flatten
from mtls_app_gateway.problems import GatewayError, Severity

QUICKSTART = Path(__file__).parent.parent / "fixtures" / "quickstart"
GATEWAY = f"/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/edge/providers/{GATEWAY_TYPE}/mtlsAppGw"
ERROR, WARNING = Severity.ERROR, Severity.WARNING


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return dict(json.loads((QUICKSTART / "template.json").read_text()))


@pytest.fixture(scope="module")
def parameters() -> dict[str, Any]:
    return dict(json.loads((QUICKSTART / "parameters.json").read_text()))


@pytest.fixture(scope="module")
def quickstart(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    return read_document(template, parameters)


def resource(**properties: Any) -> dict[str, Any]:
    return {"type": GATEWAY_TYPE, "apiVersion": API.version, "name": "gw", "properties": properties}


def profile(**configuration: Any) -> dict[str, Any]:
    return {"name": "p", "properties": {"clientAuthConfiguration": configuration}}


def rules(data: dict[str, Any], parameters: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    return [(problem.rule, problem.where) for problem in read(data, parameters).problems]


class TestQuickstart:
    """Microsoft's own template, odd casing included."""

    def test_it_is_a_passthrough_gateway(self, quickstart: dict[str, Any]) -> None:
        """
        The mode survives the template's casing, under its exact name.
        """
        (found,) = quickstart["properties"]["sslProfiles"]

        assert found == profile(
            verifyClientCertIssuerDN=False, verifyClientRevocation="None", verifyClientAuthMode="Passthrough"
        ) | {"name": "sslnotrustedcert"}

    def test_its_names_become_exact(self, quickstart: dict[str, Any]) -> None:
        """
        Nothing but exact names is left: the strict flattening takes the whole document.
        """
        inputs = flatten(quickstart)

        assert inputs["frontendPorts"] == [{"name": "port2", "port": 444}]
        assert inputs["httpListeners"][0]["sslProfile"] == {"id": "$self/sslProfiles/sslnotrustedcert"}

    def test_its_parts_refer_to_each_other(self, quickstart: dict[str, Any]) -> None:
        """
        Every reference arrives, and nothing is unused.
        """
        assert check_references(quickstart) == ()
        assert unused_parts(quickstart) == ()

    def test_its_secrets_are_left_out(self, template: dict[str, Any]) -> None:
        """
        PFX and password are never read, so they need no value, and what was left out is told.
        """
        reading = read(template)

        assert reading.document["properties"]["sslCertificates"] == [{"name": "sslCert"}]
        assert [problem.where for problem in reading.problems] == [
            f"resources[2].properties.sslCertificates[0].properties.{name}" for name in ("data", "password")
        ]
        assert {problem.severity for problem in reading.problems} == {Severity.NOTE}

    def test_a_secret_that_is_not_there_is_not_mentioned(self) -> None:
        """
        The nulls that tools write where Azure gives no secret back are no news.
        """
        assert rules(resource(sslCertificates=[{"name": "c", "data": None, "password": None}])) == []

    def test_no_secret_is_kept_or_told(self, template: dict[str, Any]) -> None:
        """
        Not the value of a secret parameter and not one written into the template appears anywhere in what is read.
        """
        given = {"certData": "PFX-VALUE", "certPassword": "PASSWORD-VALUE"}
        written = copy.deepcopy(template)
        bag = written["resources"][2]["properties"]["sslCertificates"][0]["properties"]
        bag.update(data="PFX-VALUE", password="[concat('PASSWORD-VALUE')]")

        for subject in (template, written):
            assert "-VALUE" not in str(read(subject, given))


class TestForms:
    """Our own document, ARM's answer, the command line's answer: one document."""

    def test_a_document_reads_as_itself(self, quickstart: dict[str, Any]) -> None:
        """
        The canonical form is read unchanged and without a word.
        """
        reading = read(quickstart)

        assert (reading.document, reading.problems) == (quickstart, ())

    def test_arm_answers_with_the_same_document(self, quickstart: dict[str, Any]) -> None:
        """
        Absolute ids, read-only properties and who-points-here lists of a GET leave no trace.
        """
        answered = as_arm_answers(quickstart)
        reading = read(answered)

        assert (reading.document, reading.problems) == (quickstart, ())

    def test_the_command_line_answers_with_the_same_document(self, quickstart: dict[str, Any]) -> None:
        """
        The flattened form, with nulls and a resource group beside each id, reads as the same document.
        """
        shown = without_bags(as_arm_answers(quickstart))
        reading = read(shown)

        assert "sslProfiles" in shown
        assert (reading.document, reading.problems) == (quickstart, ())

    @given(data=st.data())
    def test_case_does_not_matter(self, quickstart: dict[str, Any], data: st.DataObject) -> None:
        """
        Property names in any case, at any depth, give the same document.
        """

        def scrambled(value: Any) -> Any:
            if isinstance(value, list):
                return [scrambled(each) for each in value]
            if not isinstance(value, dict):
                return value
            changes: list[Callable[[str], str]] = [str.upper, str.lower, str.title, str]
            return {data.draw(st.sampled_from(changes))(key): scrambled(each) for key, each in value.items()}

        assert read_document(scrambled(quickstart)) == quickstart

    def test_values_come_in_their_own_types(self) -> None:
        """
        Numbers and booleans given as text, and enum words in another case, are read as Azure reads them.
        """
        given = resource(
            frontendPorts=[{"name": "f", "properties": {"port": "443"}}],
            enableHttp2="False",
            sslProfiles=[profile(verifyClientAuthMode="PASSTHROUGH")],
            backendHttpSettingsCollection=[{"name": "s", "properties": {"sniName": 7, "port": 80.0}}],
        )

        properties = read_document(given)["properties"]

        assert properties["frontendPorts"][0]["properties"] == {"port": 443}
        assert properties["enableHttp2"] is False
        assert properties["sslProfiles"] == [profile(verifyClientAuthMode="Passthrough")]
        assert properties["backendHttpSettingsCollection"][0]["properties"] == {"sniName": "7", "port": 80}

    def test_what_only_the_deployment_knows_stays_a_placeholder(self) -> None:
        """
        A placeholder is kept as it is, wherever it is, even for a whole list.
        """
        given = resource(
            gatewayIPConfigurations=[{"name": "ip", "properties": {"subnet": {"id": Placeholder("network.subnetId")}}}],
            backendAddressPools=[{"name": "b", "properties": {"backendAddresses": Placeholder("backends")}}],
        )

        assert read_document(given) == given

    def test_maps_keep_their_keys(self) -> None:
        """
        Tags keep their case; an identity's read-only ids go, the identity stays.
        """
        given = resource() | {
            "tags": {"CostCentre": "42"},
            "identity": {
                "type": "userassigned",
                "principalId": None,
                "userAssignedIdentities": {"/Id/Of": {"clientId": "c", "principalId": "p"}},
            },
            "zones": ["1", "2"],
        }

        document = read_document(given)

        assert document["tags"] == {"CostCentre": "42"}
        assert document["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {"/Id/Of": {}}}
        assert document["zones"] == ["1", "2"]

    @pytest.mark.parametrize(
        ("given", "read"), [(["/Id/Of", "/Id/Of"], {"/Id/Of": {}}), ([], {}), ({"/Id/Of": {}}, {"/Id/Of": {}})]
    )
    def test_identities_are_read_from_pulumis_list_too(self, given: Any, read: dict[str, Any]) -> None:
        """
        Pulumi's inputs hold a list of ids where ARM has a map.
        """
        document = read_document(resource() | {"identity": {"type": "UserAssigned", "userAssignedIdentities": given}})

        assert document["identity"] == {"type": "UserAssigned", "userAssignedIdentities": read}

    def test_a_list_of_anything_else_is_no_list_of_identities(self) -> None:
        """
        What is no id has the wrong form.
        """
        (problem,) = read(resource() | {"identity": {"userAssignedIdentities": [["/Id/Of"]]}}).problems

        assert ("wrong-form", "identity.userAssignedIdentities") == (problem.rule, problem.where)

    def test_another_gateways_id_is_not_ours(self) -> None:
        """
        A reference to a part of a different gateway stays as it is, for the check of references to name.
        """
        elsewhere = GATEWAY.replace("mtlsAppGw", "other") + "/sslProfiles/p"
        given = resource(
            sslProfiles=[profile()], httpListeners=[{"name": "l", "properties": {"sslProfile": {"id": elsewhere}}}]
        )

        document = read_document(given)

        assert document["properties"]["httpListeners"][0]["properties"]["sslProfile"] == {"id": elsewhere}
        assert [problem.rule for problem in check_references(document)] == ["dangling-reference"]


class TestProblems:
    """What cannot be read is told, all of it, and where."""

    def test_everything_is_told_at_once(self) -> None:
        """
        Three mistakes in three places are three problems, raised together.
        """
        given = resource(
            frontendPorts=[{"name": "f", "properties": {"port": "https"}}], sslProfiles="partners", enableHttp2="maybe"
        )

        with pytest.raises(GatewayError) as caught:
            read_document(given)

        assert [(problem.rule, problem.where) for problem in caught.value.problems] == [
            ("wrong-form", "properties.frontendPorts[0].properties.port"),
            ("wrong-form", "properties.sslProfiles"),
            ("wrong-form", "properties.enableHttp2"),
        ]

    @pytest.mark.parametrize(
        ("name", "written", "rehearsed", "read_only", "fix"),
        [
            ("enableHttp3", ERROR, ERROR, WARNING, "Did you mean 'enableHttp2'?"),
            ("quantumSafe", ERROR, WARNING, WARNING, "Take it out, or name the property that was meant."),
            ("sslPolicies", ERROR, ERROR, WARNING, "Did you mean 'sslPolicy'?"),
            ("sslProfile", ERROR, ERROR, ERROR, "Did you mean 'sslProfiles'?"),
            ("verifyClientCertMode", ERROR, ERROR, ERROR, "Take it out, or name the property that was meant."),
            (
                "VERIFYClientAuthMode",
                ERROR,
                ERROR,
                ERROR,
                "Move 'verifyClientAuthMode' to the object that it belongs to.",
            ),
        ],
    )
    def test_an_unknown_name_is_as_serious_as_what_it_leaves_out(
        self, name: str, written: Severity, rehearsed: Severity, read_only: Severity, fix: str
    ) -> None:
        """
        A template has no unknown name, a rehearsal no misspelt one; what is deployed may have newer ones, but none that
        is close to a name of client authentication.
        """
        found = [
            read(resource(**{name: True}), purpose=purpose).problems
            for purpose in (Purpose.WRITE, Purpose.REHEARSE, Purpose.READ)
        ]

        assert [
            [("unknown-property", f"properties.{name}", severity, fix)] for severity in (written, rehearsed, read_only)
        ] == [[(each.rule, each.where, each.severity, each.fix) for each in problems] for problems in found]

    def test_many_and_long_names_are_bounded_work(self) -> None:
        """
        Of a thousand unknown names a hundred get a hint, and a long one none; a name of client authentication is found
        among them all the same.
        """
        many = {f"enableHttp2{number}": True for number in range(1000)}
        problems = read(
            resource(**{"x" * 10**6: 1}, **many, verifyClientCertMode="Strict"), purpose=Purpose.READ
        ).problems

        assert 99 == sum(problem.fix.startswith("Did you mean") for problem in problems)
        assert ["properties.verifyClientCertMode"] == [
            problem.where for problem in problems if problem.severity is ERROR
        ]

    def test_a_misspelt_mode_is_an_error_for_every_purpose(self) -> None:
        """
        Azure would drop the name and take the profile for Strict: it is named with its path and the likely meaning.
        """
        for purpose in Purpose:
            reading = read(resource(sslProfiles=[profile(verifyClientCertMode="Passthrough")]), purpose=purpose)

            (problem,) = reading.problems
            assert ("unknown-property", Severity.ERROR) == (problem.rule, problem.severity)
            assert problem.where == "properties.sslProfiles[0].properties.clientAuthConfiguration.verifyClientCertMode"
            assert "Did you mean 'verifyClientAuthMode'?" == problem.fix

    def test_a_name_may_stand_beside_the_document(self) -> None:
        """
        The body of a PUT request takes its name from outside, and with it its own ids; a document keeps its own name.
        """
        given = resource(
            httpListeners=[{"name": "https", "properties": {"sslProfile": {"id": f"{GATEWAY}/sslProfiles/p"}}}],
            sslProfiles=[profile()],
        )
        del given["name"]

        document = read(given, name="mtlsAppGw").document
        assert "mtlsAppGw" == document["name"]
        assert {"id": "$self/sslProfiles/p"} == document["properties"]["httpListeners"][0]["properties"]["sslProfile"]
        assert () == read(document, name="MTLSAPPGW").problems
        assert ["other-name"] == [problem.rule for problem in read(document, name="edge").problems]
        assert ["missing-name"] == [problem.rule for problem in read(given).problems]

    def test_one_name_in_two_spellings_is_refused(self) -> None:
        """
        Two spellings of one property in one object leave open which is meant, so neither is taken in silence.
        """
        given = resource(frontendPorts=[{"name": "f", "properties": {"port": 1, "Port": 2}}])

        assert rules(given) == [("given-twice", "properties.frontendPorts[0].properties.Port")]

    @pytest.mark.parametrize("version", ["2024-05-01", "2025-01-01", "2023-11-01-preview"])
    def test_a_mode_that_azure_would_drop_is_refused(self, version: str) -> None:
        """
        A mode at an API version that does not know modes is an error, never a Passthrough gateway.
        """
        given = resource(sslProfiles=[profile(verifyClientAuthMode="Passthrough")]) | {"apiVersion": version}

        assert rules(given) == [("api-version-too-old", "apiVersion")]

    def test_an_old_version_without_a_mode_is_read(self) -> None:
        """
        A gateway of an older version that says no mode is read without a word, and so is one of a newer version.
        """
        assert rules(resource(sslProfiles=[profile()]) | {"apiVersion": "2024-05-01"}) == []
        newer = resource(sslProfiles=[profile(verifyClientAuthMode="Strict")]) | {"apiVersion": "2025-07-01"}
        assert rules(newer) == []

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"type": "Microsoft.Network/virtualNetworks", "name": "v"},
            {"resources": []},
            {"resources": "none"},
            {"hello": "world"},
            [],
            "x",
        ],
    )
    def test_what_is_no_gateway_is_said_to_be_none(self, data: Any) -> None:
        """
        Anything else than a gateway gives one clear problem.
        """
        assert [problem.rule for problem in read(data).problems] == ["no-gateway"]

    def test_of_two_gateways_none_is_chosen(self) -> None:
        """
        A template with two gateways is refused by the places of both.
        """
        assert rules({"resources": {"a": resource(), "b": resource()}}) == [("several-gateways", "resources")]

    def test_a_gateway_has_a_name(self) -> None:
        """
        A gateway without a name is refused.
        """
        assert rules({"type": GATEWAY_TYPE, "properties": {}}) == [("missing-name", "name")]

    def test_what_is_not_understood_is_named_with_its_place(self) -> None:
        """
        An unknown function, a loop and a condition are each told with the path where they stand.
        """
        gateway = resource(
            enableHttp2="[equals(1, 2)]",
            copy=[{"name": "frontendPorts", "count": 3}],
        ) | {"condition": "[parameters('wanted')]"}

        assert rules({"resources": [gateway]}) == [
            ("not-understood", "resources[0].condition"),
            ("not-understood", "resources[0].properties.enableHttp2"),
            ("not-understood", "resources[0].properties.copy"),
        ]

    def test_a_value_that_looks_like_an_expression_is_kept(self) -> None:
        """
        What an expression gives is a value: a pattern in brackets is not evaluated a second time.
        """
        rewrite = [{"name": "r", "conditions": [{"variable": "var_host", "pattern": "[abc]"}]}]
        gateway = resource(rewriteRuleSets=[{"name": "s", "properties": {"rewriteRules": "[parameters('rules')]"}}])

        document = read_document({"resources": [gateway]}, {"rules": {"value": rewrite}})

        assert document["properties"]["rewriteRuleSets"][0]["properties"]["rewriteRules"] == rewrite


def as_arm_answers(document: dict[str, Any]) -> dict[str, Any]:
    """The document as a GET gives it: absolute ids, read-only properties, and who points at each part."""
    answered: dict[str, Any] = json.loads(json.dumps(document).replace("$self", GATEWAY))
    for collection, entries in answered["properties"].items():
        for entry in entries if isinstance(entries, list) else []:
            entry |= {"id": f"{GATEWAY}/{collection}/{entry['name']}", "etag": 'W/"1"', "type": f"x/{collection}"}
            entry.setdefault("properties", {})["provisioningState"] = "Succeeded"
            entry["properties"]["httpListeners"] = [{"id": f"{GATEWAY}/httpListeners/listener2"}]
    answered["properties"] |= {"operationalState": "Running", "defaultPredefinedSslPolicy": "AppGwSslPolicy20220101"}
    answered["properties"]["sslCertificates"][0]["properties"]["publicCertData"] = "MIIB"
    return answered | {"id": GATEWAY, "etag": 'W/"1"', "resourceGroup": "edge", "kind": None, "sku": None}


def without_bags(value: Any) -> Any:
    """The value with `properties` merged upward, as the command line shows it."""
    if isinstance(value, list):
        return [without_bags(each) for each in value]
    if not isinstance(value, dict):
        return value
    flat = {key: without_bags(each) for key, each in value.items() if key != "properties" and each is not None}
    if "id" in flat:
        flat["resourceGroup"] = "edge"
    return flat | {"probe": None} | without_bags(value.get("properties", {})) if "properties" in value else flat


class TestManyGateways:
    """One file of a tenant's gateways."""

    @pytest.mark.parametrize(
        ("data", "places"),
        [
            ([resource(), {"type": "Microsoft.Network/virtualNetworks"}, resource()], ["[0]", "[2]"]),
            ({"data": [resource(), 1]}, ["data[0]"]),
            ({"value": [resource()]}, ["value[0]"]),
            ({"resources": [resource(), resource()]}, ["resources[0]", "resources[1]"]),
            (resource(), [""]),
        ],
    )
    def test_each_is_read_by_its_place(self, data: Any, places: list[str]) -> None:
        """
        A list, an answer with one in it, a template of several, and a gateway alone.
        """
        found = read_all(data)

        assert places == list(found)
        assert all(() == reading.problems for reading in found.values())

    @pytest.mark.parametrize("nothing", [[], {"data": [1]}, {"resources": []}, "text", 1])
    def test_nothing_is_a_problem(self, nothing: Any) -> None:
        """
        A file without a gateway is one reading with an error.
        """
        (reading,) = read_all(nothing).values()

        assert ["no-gateway"] == [problem.rule for problem in reading.problems]

    @pytest.mark.parametrize("around", [lambda deep: [deep], lambda deep: {"resources": [deep]}])
    def test_one_that_is_too_deep_is_a_problem(self, around: Callable[[Any], Any]) -> None:
        """
        However it is given, and beside others that are read.
        """
        deep: Any = "end"
        for _ in range(70):
            deep = [deep]
        (reading,) = read_all(around({**resource(), "tags": deep})).values()

        assert ["no-gateway"] == [problem.rule for problem in reading.problems]
