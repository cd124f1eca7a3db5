"""API versions of Azure, and what the engine calls a gateway there."""

from mtls_app_gateway.document.azure import API, AZURE_NATIVE_DEFAULT_API, ApiVersion


def test_a_version_names_the_package_and_the_type_of_the_gateway() -> None:
    """Released names never change, and those of former versions are made in the same way."""
    version = ApiVersion("2025-05-01", former_versions=("2025-03-01", "2025-01-01"))

    assert ("v20250501", "azure-native_network_v20250501") == (version.module, version.package)
    assert "azure-native_network_v20250501:network:ApplicationGateway" == version.token
    assert ("azure-native_network_v20250301", "azure-native_network_v20250101") == version.former_packages
    assert "azure-native_network_v20250301:network:ApplicationGateway" == version.former_tokens[0]


def test_the_default_version_lacks_what_this_project_is_about() -> None:
    """At azure-native's own version the mode is lost without a word."""
    assert "verifyClientAuthMode" in AZURE_NATIVE_DEFAULT_API.absent_properties
    assert not API.absent_properties
