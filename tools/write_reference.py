"""Write what is told in two places from the one place that knows it: Pulumi.yaml's keys and the README's tables.

python tools/write_reference.py          # writes
python tools/write_reference.py --check  # exits 1 where something is not current
"""

import ast
import sys
from copy import copy
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
ARGUMENTS = ROOT / "components/mtls_app_gateway/resources/arguments.py"
KINDS = {"str": "string", "bool": "boolean", "int": "integer"}
EMPTY = {"string": "", "boolean": False, "integer": 0, "array": [], "object": {}}
DEFAULTS = {"caExpiryWarningDays": 30}


def documented_shapes() -> dict[str, dict[str, tuple[str, str]]]:
    """Each argument shape: its fields, their annotations as written, and their descriptions."""
    shapes = {}
    for node in ast.parse(ARGUMENTS.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            pairs = zip(node.body, node.body[1:], strict=False)
            shapes[node.name] = {
                field.target.id: (ast.unparse(field.annotation), str(ast.literal_eval(text.value)))
                for field, text in pairs
                if isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(text, ast.Expr)
            }
    return shapes


def camel(name: str) -> str:
    """An argument's name as config files spell it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def config_type(annotation: str) -> str:
    """The type of a config key, as Pulumi.yaml names it."""
    inner = annotation.removeprefix("NotRequired[").removesuffix("]") if "NotRequired" in annotation else annotation
    inner = inner.removeprefix("pulumi.Input[").removesuffix("]") if inner.startswith("pulumi.Input") else inner
    if inner.startswith("list["):
        return "array"
    return KINDS.get(inner, "object")


def project_keys() -> dict[str, dict[str, object]]:
    """The `config` section of Pulumi.yaml: every key typed, described, and with a default, so that none is required."""
    keys: dict[str, dict[str, object]] = {}
    for name, (annotation, text) in documented_shapes()["MtlsAppGatewayArgs"].items():
        kind = config_type(annotation)
        keys[camel(name)] = {"type": kind, "description": text, "default": copy(DEFAULTS.get(camel(name), EMPTY[kind]))}
        if kind == "array":
            keys[camel(name)]["items"] = {"type": "string" if "list[str]" in annotation else "object"}
    return keys


def project_file() -> str:
    """Pulumi.yaml."""
    project = {
        "name": "mtls-app-gateway",
        "description": "A mutual-TLS edge, Azure Application Gateway v2, in front of a backend.",
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}},
        "config": project_keys(),
    }
    return yaml.safe_dump(project, sort_keys=False, width=120, allow_unicode=True)


def main() -> int:
    """Write, or say what is not current."""
    stale = []
    for path, text in {ROOT / "Pulumi.yaml": project_file()}.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{'not current' if '--check' in sys.argv else 'written'}: {path.relative_to(ROOT)}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
