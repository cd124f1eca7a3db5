"""Changes of a deployed gateway, as a YAML program meets them: the same words, in previews and updates."""

from tests.engine.component_program import Material
from tests.engine.conftest import RunningEmulator

from .configurations import in_yaml
from .conftest import MakeYamlProject
from .test_refusals import smallest
from .yaml_project import edge


def test_changes_are_judged_in_the_plugin(
    material: Material, yaml_project: MakeYamlProject, emulator: RunningEmulator
) -> None:
    """
    A replacement is a warning, what Azure refuses stops the preview with its code, and nothing of Azure is touched.
    """
    project = yaml_project({"edge": edge(in_yaml(smallest(material), ""))})
    project.init()
    project.up()
    before = emulator.resources()

    project.write({"edge": edge(in_yaml(smallest(material, gatewayName="other"), ""))})
    assert "change-may-be-refused: gatewayName" in project.run("preview")

    for changed, code in (
        ({"publicIp": {"name": "pip"}}, "ApplicationGatewayFrontendIpPublicIpAddressCannotBeChanged"),
        ({"zones": ["1", "2"]}, "ResourceAvailabilityZonesCannotBeModified"),
    ):
        project.write({"edge": edge(in_yaml(smallest(material, **changed), ""))})
        said = project.refused("preview")
        assert "change-refused" in said
        assert code in said
        assert "Traceback" not in said
    assert before == emulator.resources()
