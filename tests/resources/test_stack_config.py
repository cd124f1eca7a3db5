"""
A stack's config becomes the component's arguments, or all its mistakes are told at once.

What the engine does with a refusal is proved in `tests/engine/test_bad_config.py`, over the same table.
"""

import base64
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml
from mtls_app_gateway.rehearsal.authority import Authority
from mtls_app_gateway.resources.component import MtlsAppGateway
from mtls_app_gateway.resources.stack_config import KEYS, StackArguments, read_stack_config
from mtls_app_gateway.settings.settings import GatewaySettings
from mtls_app_gateway.settings.shapes import Model
from pulumi.runtime import config as runtime_config
from pydantic import BaseModel

from .bad_config import BAD, CHAINS, DEVICES, GOOD, LEVELS, PARTNERS, PASSWORD, Bad, Files, errors_in, mint, text

PROJECT = Path(__file__).parents[2] / "Pulumi.yaml"
Set = Callable[..., None]


@pytest.fixture(scope="session")
def files() -> Files:
    """CA files good and bad."""
    return mint()


@pytest.fixture(scope="session")
def written(files: Files, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The CA files on disk, once."""
    folder = tmp_path_factory.mktemp("written")
    files.write(folder)
    return folder


@pytest.fixture
def project(written: Path, tmp_path: Path) -> Path:
    """A project's folder with the CA files in it."""
    (tmp_path / "ca").symlink_to(written / "ca")
    return tmp_path


@pytest.fixture
def set_config(files: Files) -> Set:
    """Set the config as the engine hands it over: the good one, with keys changed; None takes one away."""

    def set_(changes: Mapping[str, Any] | None = None, *, in_plain_text: tuple[str, ...] = (), **secrets: Any) -> None:
        plain = {key: text(value) for key, value in {**GOOD, **(changes or {})}.items() if value is not None}
        named = {key.replace("_", "-"): value for key, value in secrets.items()}
        secret = {key: value for key, value in {**files.secrets, **named}.items() if value is not None}
        prefix = f"{pulumi.get_project()}:"
        runtime_config.set_all_config(
            {prefix + key: value for key, value in (plain | secret).items()},
            [prefix + key for key in secret if key not in in_plain_text],
        )

    return set_


def refusal(folder: Path) -> str:
    """What stops a component of the config."""
    with pytest.raises(pulumi.RunError) as refused:
        MtlsAppGateway("edge", read_stack_config(folder))
    return str(refused.value)


def told(folder: Path) -> list[tuple[str, str]]:
    """The errors that stop a component of the config: rule and place."""
    return errors_in(refusal(folder))


class TestWhatIsRead:
    """The arguments that a good config gives."""

    def test_a_config_becomes_the_arguments(self, set_config: Set, project: Path, files: Files) -> None:
        """
        Texts, numbers, truth values, lists and objects arrive as what they are, and files as what they hold.
        """
        set_config({"http2": True, "capacity": 2, "zones": ["1", "2"], "tags": {"cost_centre": "12"}, "location": "42"})

        partners = {"name": "partners", "data": files.contents["ca/partners.pem"].decode()}
        assert {
            **GOOD,
            "strict": {"trustedCaChains": [partners]},
            "listenerCertificates": [{"pfx": files.pfx, "password": PASSWORD}],
            "http2": True,
            "capacity": 2,
            "zones": ["1", "2"],
            "tags": {"cost_centre": "12"},
            "location": "42",
        } == read_stack_config(project)

    def test_the_projects_defaults_mean_not_given(self, set_config: Set, project: Path) -> None:
        """
        The defaults that Pulumi.yaml gives to every key leave the settings' own defaults standing.
        """
        set_config()
        without = read_stack_config(project)
        declared = yaml.safe_load(PROJECT.read_text())["config"]
        set_config({**{key: entry["default"] for key, entry in declared.items()}, **GOOD})
        with_defaults = read_stack_config(project)

        parsed = [GatewaySettings.model_validate(dict(args)) for args in (without, with_defaults)]
        assert parsed[0] == parsed[1]

    def test_an_empty_strict_transport_security_is_given(self, set_config: Set, project: Path) -> None:
        """
        `strictTransportSecurity: {}` sends the header with its defaults; the default of Pulumi.yaml does not.
        """
        set_config({"strictTransportSecurity": {}})
        given = GatewaySettings.model_validate(dict(read_stack_config(project)))

        assert given.strict_transport_security is not None

    def test_every_setting_is_declared_by_the_project(self) -> None:
        """
        Pulumi.yaml declares the very keys that are read, so that the engine checks their types.
        """
        assert set(KEYS) == set(yaml.safe_load(PROJECT.read_text())["config"])

    def test_texts_are_those_that_the_project_declares_as_such(self, set_config: Set, project: Path) -> None:
        """
        A key that Pulumi.yaml declares as a string is never read as JSON, even where it looks like it.
        """
        declared = yaml.safe_load(PROJECT.read_text())["config"]
        strings = {key: "12" for key, entry in declared.items() if entry["type"] == "string"}
        set_config(strings)

        read = dict(read_stack_config(project))
        assert strings == {key: read[key] for key in strings}

    def test_a_folder_gives_a_chain_for_each_file(self, set_config: Set, project: Path) -> None:
        """
        Each CA file of a folder is a chain of its own; hidden files, other files and folders are none.
        """
        folder = project / "authorities"
        folder.mkdir()
        pems = [Authority.create(f"Example {name}").bundle_pem for name in "ABC"]
        for name, pem in zip("cab", pems, strict=True):
            (folder / f"{name}.pem").write_text(pem)
        (folder / ".DS_Store").write_bytes(b"\x00\x01")
        (folder / "._a.pem").write_bytes(b"\x00\x01")
        (folder / "README.md").write_text("whose these are")
        (folder / "retired.pem").mkdir()
        set_config({"strict": {"trustedCaChains": [{"path": "authorities"}, {"data": "inline"}]}})

        strict: Any = dict(read_stack_config(project))["strict"]
        assert [pems[1], "inline", pems[2], pems[0]] == [chain["data"] for chain in strict["trustedCaChains"]]

    def test_a_chain_knows_the_file_it_came_from(self, set_config: Set, project: Path) -> None:
        """
        Every chain is called by its place in the config and its file, wherever it stands in the arguments.
        """
        (project / "two").mkdir()
        for name in ("a.pem", "b.pem"):
            (project / "two" / name).write_text(name)
        set_config({"strict": {"trustedCaChains": [{"path": "two"}, PARTNERS]}})

        args = read_stack_config(project)
        assert isinstance(args, StackArguments)
        assert {
            f"{CHAINS}[0]": f"{CHAINS}[0].path (two/a.pem)",
            f"{CHAINS}[1]": f"{CHAINS}[1].path (ca/partners.pem)",
            f"{CHAINS}[2]": f"{CHAINS}[0].path (two/b.pem)",
            "listenerCertificates[0].pfx": "listener-pfx",
        } == args.sources

    def test_an_absolute_path_is_read_as_it_stands(self, set_config: Set, project: Path, files: Files) -> None:
        """
        A path may lie outside the project.
        """
        set_config({"strict": {"trustedCaChains": [{"path": str(project / "ca/partners.pem")}]}})

        strict: Any = dict(read_stack_config(Path("/nowhere")))["strict"]
        assert [{"data": files.contents["ca/partners.pem"].decode()}] == strict["trustedCaChains"]

    def test_der_arrives_as_base64(self, set_config: Set, project: Path, files: Files) -> None:
        """
        A file that is not text arrives as base64, which the certificates room reads as any other form.
        """
        der = base64.b64decode("".join(files.contents["ca/devices.pem"].decode().splitlines()[1:-1]))
        (project / "devices.cer").write_bytes(der)
        set_config({"strict": {"trustedCaChains": [{"path": "devices.cer"}]}})

        strict: Any = dict(read_stack_config(project))["strict"]
        assert [{"data": base64.b64encode(der).decode()}] == strict["trustedCaChains"]

    def test_a_profiles_chains_are_read_too(self, set_config: Set, project: Path, files: Files) -> None:
        """
        Paths are read in every profile, the default one and those beside it.
        """
        profile = {"name": "devices", "mode": "Strict", "strict": {"trustedCaChains": [DEVICES]}}
        set_config({"profiles": [profile]})

        profiles: Any = dict(read_stack_config(project))["profiles"]
        data = files.contents["ca/devices.pem"].decode()
        assert [{"name": "devices", "data": data}] == profiles[0]["strict"]["trustedCaChains"]

    def test_a_backends_roots_are_read_too(self, set_config: Set, project: Path, files: Files) -> None:
        """
        A trusted root has a path as a chain has, and one in Key Vault needs none.
        """
        vaulted = {"name": "vaulted", "keyVaultSecretId": "https://contoso.vault.azure.net/secrets/root"}
        set_config({"backends": [{"fqdns": ["app.example.com"], "trustedRoots": [DEVICES, vaulted]}]})

        args = read_stack_config(project)
        assert isinstance(args, StackArguments)
        data = files.contents["ca/devices.pem"].decode()
        assert [{"name": "devices", "data": data}, vaulted] == args["backends"][0]["trustedRoots"]
        where = "backends[0].trustedRoots[0]"
        assert f"{where}.path (ca/devices.pem)" == args.sources[where]

    def test_each_certificate_has_secrets_of_its_own(self, set_config: Set, project: Path) -> None:
        """
        Each listener certificate takes the secrets that bear its name, and one in Key Vault needs none.
        """
        vaulted = {"name": "vaulted", "keyVaultSecretId": "https://contoso.vault.azure.net/secrets/edge"}
        set_config(
            {"listenerCertificates": [{"name": "one"}, {"name": "two"}, vaulted]},
            listener_pfx=None,
            listener_password=None,
            one_pfx="1",
            one_password="p",
            two_pfx="2",
        )

        assert [{"name": "one", "pfx": "1", "password": "p"}, {"name": "two", "pfx": "2"}, vaulted] == dict(
            read_stack_config(project)
        )["listenerCertificates"]


class TestWhatIsRefused:
    """Each mistake alone is told once, in the words of the config."""

    @pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
    def test_each_mistake_is_told_once(self, bad: Bad, set_config: Set, project: Path, files: Files) -> None:
        """
        One mistake gives one message for each place, with its rule and its place, and shows no secret.
        """
        changed = {key.replace("-", "_"): value for key, value in bad.secrets.items()}
        set_config(bad.config, in_plain_text=bad.in_plain_text, **changed)

        said = refusal(project)

        assert list(bad.told) == errors_in(said)
        assert [] == files.shown_in(said)

    def test_the_table_knows_every_level(self) -> None:
        """
        A key that nobody knows is tried at every level that the settings have.
        """
        assert set(_levels(GatewaySettings)) == set(LEVELS)

    def test_a_plain_secret_comes_with_the_command_that_sets_it(self, set_config: Set, project: Path) -> None:
        """
        The remedy for a secret in plain text is the command, for the certificate it belongs to.
        """
        set_config(
            {"listenerCertificates": [{"name": "edge"}]},
            in_plain_text=("edge-pfx",),
            edge_pfx="MIIK",
            listener_pfx=None,
            listener_password=None,
        )

        with pytest.raises(pulumi.RunError, match="pulumi config set --secret edge-pfx"):
            read_stack_config(project)

    @pytest.mark.parametrize("part", ["pfx", "password"])
    def test_secrets_inside_an_object_are_refused(self, part: str, set_config: Set, project: Path) -> None:
        """
        A secret inside listenerCertificates is refused, and nothing that it leads to is told besides.
        """
        set_config({"listenerCertificates": [{part: "hunter2hunter2hunter2"}]})

        assert [("secret-in-plain-text", f"listenerCertificates[0].{part}")] == told(project)

    def test_an_inline_pfx_is_not_also_missing(self, set_config: Set, project: Path) -> None:
        """
        Whoever gave the PFX in the wrong place is not told that there is none.
        """
        inline = {"listenerCertificates": [{"pfx": "MIIK", "password": "x"}]}
        set_config(inline, listener_pfx=None, listener_password=None)

        assert [
            ("secret-in-plain-text", "listenerCertificates[0].pfx"),
            ("secret-in-plain-text", "listenerCertificates[0].password"),
        ] == told(project)

    def test_a_missing_pfx_comes_with_the_commands(self, set_config: Set, project: Path) -> None:
        """
        Without a PFX the message says how to set one, and the password alone is no mistake of its own.
        """
        set_config(listener_pfx=None)

        with pytest.raises(pulumi.RunError, match=r"base64 < listener\.pfx .* pulumi config set --secret listener-pfx"):
            read_stack_config(project)
        assert [("pfx-missing", "listener-pfx")] == told(project)

    def test_a_password_beside_key_vault_is_told(self, set_config: Set, project: Path) -> None:
        """
        A secret that a certificate in Key Vault does not use is told, rather than left unused in silence.
        """
        identity = "/subscriptions/1/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
        vaulted = [{"keyVaultSecretId": "https://contoso.vault.azure.net/secrets/edge"}]
        set_config({"listenerCertificates": vaulted, "identityId": identity})

        assert [("certificate-source", "listenerCertificates[0]")] == told(project)

    @pytest.mark.parametrize("key", ["mode", "strict", "backends", "listenerCertificates", "resourceGroupName"])
    def test_a_setting_stored_as_a_secret_is_told_alone(self, key: str, set_config: Set, project: Path) -> None:
        """
        A setting stored as a secret is refused without its value, and not told to be missing too.
        """
        set_config({key: None}, **{key: text(GOOD.get(key, [{"pfx": "MIIK"}]))})

        assert [("secret-not-expected", key)] == told(project)

    def test_the_secrets_of_certificates_stored_as_a_secret_are_not_unknown(
        self, set_config: Set, project: Path
    ) -> None:
        """
        Where the certificates' names cannot be read, no secret of theirs is called unknown.
        """
        set_config(
            listener_pfx=None, listener_password=None, listenerCertificates='[{"name": "edge"}]', edge_pfx="MIIK"
        )

        assert [("secret-not-expected", "listenerCertificates")] == told(project)

    @pytest.mark.parametrize("certificates", [["listener"], {"name": "listener"}, "listener"])
    def test_certificates_of_no_shape_are_told_alone(self, certificates: Any, set_config: Set, project: Path) -> None:
        """
        Where the certificates cannot be read, their secrets are not called unknown.
        """
        set_config({"listenerCertificates": certificates})

        ((rule, where),) = told(project)
        assert ("wrong-value", "listenerCertificates") == (rule, where.split("[")[0])

    def test_a_secret_of_no_certificate_is_an_unknown_key(self, set_config: Set, project: Path) -> None:
        """
        A misspelt secret is told, with the one that was meant.
        """
        set_config(lstener_pfx="MIIK")

        with pytest.raises(pulumi.RunError, match=r"unknown-key: lstener-pfx: no such key\. Did you mean listener-pfx"):
            read_stack_config(project)

    @pytest.mark.parametrize(
        ("chain", "rule", "where"),
        [
            ({"name": "x"}, "chain-source", "[0]"),
            ({"path": "ca/partners.pem", "data": "x"}, "chain-source", "[0]"),
            ({"path": ""}, "file-missing", "[0].path"),
            ({"path": 5}, "file-missing", "[0].path"),
            ({"path": "nowhere.pem"}, "file-missing", "[0].path"),
            ({"path": "void"}, "file-missing", "[0].path"),
            ({"path": "nested"}, "file-missing", "[0].path"),
            ({"path": "zero\0byte"}, "file-missing", "[0].path"),
            ({"data": ""}, "bundle-empty", "[0]"),
            ("ca/partners.pem", "wrong-value", "[0]"),
        ],
    )
    def test_a_chain_that_cannot_be_read_is_told_alone(
        self, chain: Any, rule: str, where: str, set_config: Set, project: Path
    ) -> None:
        """
        A chain that cannot be read is told once, and Strict is not said to have no chain at all.
        """
        (project / "void").mkdir()
        (project / "nested" / "folder").mkdir(parents=True)
        set_config({"strict": {"trustedCaChains": [chain]}})

        assert [(rule, CHAINS + where)] == told(project)

    @pytest.mark.parametrize("entry", [None, "sub/", "notes.txt", "sub.pem/"])
    def test_a_folder_without_ca_files_is_told(self, entry: str | None, set_config: Set, project: Path) -> None:
        """
        A folder that gives no chain is told by what it lacks, whatever else is in it.
        """
        folder = project / "authorities"
        (folder / entry if entry and entry.endswith("/") else folder).mkdir(parents=True)
        if entry == "notes.txt":
            (folder / entry).write_text("none here")
        set_config({"strict": {"trustedCaChains": [{"path": "authorities"}]}})

        said = refusal(project)

        assert "no certificate file in the folder authorities (.cer, .crt, .der, .p7b, .p7c, .p7s, .pem)" in said
        assert "Is a directory" not in said

    def test_a_file_of_a_folder_is_told_by_its_own_name(self, set_config: Set, project: Path) -> None:
        """
        Where one file of a folder leads nowhere, the message names the file, not the folder.
        """
        (project / "authorities").mkdir()
        (project / "authorities" / "gone.pem").symlink_to("nowhere.pem")
        set_config({"strict": {"trustedCaChains": [{"path": "authorities"}]}})

        assert f"authorities/gone.pem, from {project}: No such file or directory" in refusal(project)

    def test_an_endless_file_is_not_read_to_its_end(self, set_config: Set, project: Path) -> None:
        """
        No more is read of a file than a bundle may have.
        """
        with (project / "large.pem").open("wb") as file:
            file.truncate(1_000_000_000)
        set_config({"strict": {"trustedCaChains": [{"path": "large.pem"}]}})

        assert [("bundle-too-large", f"{CHAINS}[0].path (large.pem)")] == told(project)

    def test_a_device_is_no_file(self, set_config: Set, project: Path) -> None:
        """
        A device is refused unread, by its kind.
        """
        set_config({"strict": {"trustedCaChains": [{"path": "/dev/zero"}]}})

        assert "it is a device, not a regular file" in refusal(project)

    def test_places_are_those_of_the_config(self, set_config: Set, project: Path) -> None:
        """
        A folder before it and an unreadable file before it do not move the place of a later mistake.
        """
        (project / "two").mkdir()
        for name in "ab":
            (project / "two" / f"{name}.pem").write_text(Authority.create(f"Example {name}").bundle_pem)
        chains = [{"path": "nowhere"}, {"path": "two"}, {**DEVICES, "split": "yes"}, {**PARTNERS, "nmae": "x"}]
        set_config({"strict": {"trustedCaChains": chains}})

        assert [
            ("file-missing", f"{CHAINS}[0].path"),
            ("unknown-key", f"{CHAINS}[3].nmae"),
            ("wrong-value", f"{CHAINS}[2].split"),
        ] == told(project)

    def test_a_key_in_another_spelling_is_told(self, set_config: Set, project: Path) -> None:
        """
        Config files are written in camelCase; a key in snake_case is told with what was meant, and alone.
        """
        set_config({"strict": {"trusted_ca_chains": [PARTNERS]}})

        with pytest.raises(pulumi.RunError, match=r"strict\.trusted_ca_chains: no such key\. Did you mean trustedCaCh"):
            read_stack_config(project)
        assert [("unknown-key", "strict.trusted_ca_chains")] == told(project)

    def test_a_text_that_looks_like_a_placeholder_is_judged_as_a_text(self, set_config: Set, project: Path) -> None:
        """
        It is not taken for one of the component's own placeholders, which are judged later.
        """
        set_config({"backends": [{"fqdns": ["$input/backends[0].fqdns"]}]})

        assert ["backend-address"] == [rule for rule, _ in told(project)]

    def test_all_mistakes_are_told_together(self, set_config: Set, project: Path) -> None:
        """
        What is wrong with keys, secrets, files, certificates and settings is told in one go.
        """
        set_config(
            {
                "moed": "Strict",
                "strict": {"trustedCaChains": [{"path": "nowhere"}, {"path": "ca/leaf.pem"}], "revocation": "CRL"},
                "network": {"subnetPrefix": "10.9.0.0/24"},
                "backends": None,
            },
            in_plain_text=("listener-password",),
        )

        assert {
            ("unknown-key", "moed"),
            ("secret-in-plain-text", "listener-password"),
            ("file-missing", f"{CHAINS}[0].path"),
            ("no-authority", f"{CHAINS}[1].path (ca/leaf.pem)"),
            ("revocation-unknown", "strict.revocation"),
            ("prefix-outside", "network.subnetPrefix"),
            ("backend-missing", "backends"),
        } == set(told(project))


def _levels(model: type[Model], path: str = "") -> Iterator[str]:
    """The places of a model and of every model within it."""
    yield path
    for field in model.model_fields.values():
        inner = _model_in(field.annotation)
        if inner is not None:
            is_list = "tuple[" in str(field.annotation)
            yield from _levels(inner, f"{path}.{field.alias}".lstrip(".") + ("[0]" if is_list else ""))


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _model_in(part))), None)
