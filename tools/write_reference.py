"""Writes the reference pages and the keys of Pulumi.yaml from the code that they describe.

python tools/write_reference.py          # writes
python tools/write_reference.py --check  # exits 1 where something is not current
"""

import ast
import sys
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path

import yaml
from mtls_app_gateway.commands.catalogue import catalogue
from mtls_app_gateway.problems import Row
from mtls_app_gateway.settings.settings import GatewaySettings

ROOT = Path(__file__).resolve().parent.parent
ROOM = ROOT / "components/mtls_app_gateway/resources"
ARGUMENTS = (*sorted(ROOM.glob("*_arguments.py")), ROOM / "arguments.py")
KINDS = {"str": "string", "bool": "boolean", "int": "integer"}
EMPTY = {"string": "", "boolean": False, "integer": 0, "array": [], "object": {}}
DEFAULTS = {
    "caExpiryWarningDays": GatewaySettings().ca_expiry_warning_days,
    "strictTransportSecurity": {"maxAge": None},  # Empty, it would have the header sent.
}

SETTINGS_HEAD = """\
<!-- Written by tools/write_reference.py. -->
# Settings

In a stack's config as written here; in Python the same in snake_case (`trusted_ca_chains`). What "may come later" takes
another resource's output.

In a stack's config a chain or a trusted root has `path`, a file or a folder, in place of `data`, and the secrets of a
listener certificate are keys of their own: see [A stack of this project](platform.md#a-stack-of-this-project).
"""
PROBLEMS_HEAD = """\
<!-- Written by tools/write_reference.py. -->
# Problems

Every problem names its rule, where it is broken, what was seen there, and what to do; where Azure has a code for the
same mistake, it is named too. Errors stop the deployment before anything is registered. Some can only be seen later:
the `change-` ones, `provider-missing` and `provider-config-differs` with the component itself, `subscriptions-differ`
before its children, before the gateway or after it, whatever is wrong with another resource's output before the
gateway, `asked-is-not-got` after it.

`mtls-gateway explain CODE` prints one of them, for a code of Azure's too.
"""

Shapes = dict[str, dict[str, tuple[str, str]]]


def documented_shapes() -> Shapes:
    """Each argument shape: its fields, their annotations as written, and their descriptions."""
    shapes = {}
    for node in (each for path in ARGUMENTS for each in ast.parse(path.read_text(encoding="utf-8")).body):
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
    return "string" if inner.endswith("Literal") else KINDS.get(inner, "object")


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
        # Shows drift in every preview, and sends the gateway again after `asked-is-not-got`.
        "options": {"refresh": "always"},
        "config": project_keys(),
    }
    return yaml.safe_dump(project, sort_keys=False, width=120, allow_unicode=True)


def settings_table() -> str:
    """The settings table: every key of every shape, each shape once."""
    rows = ["| setting | type | meaning |", "|---|---|---|"]
    rows += [
        f"| `{path}` | {kind} | {text} |"
        for path, kind, text in _settings(documented_shapes(), "MtlsAppGatewayArgs", "", {})
    ]
    return "\n".join(rows)


def _settings(shapes: Shapes, shape: str, prefix: str, described: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for name, (annotation, text) in shapes[shape].items():
        inner = next((other for other in shapes if other in annotation), None)
        path = f"{prefix}{camel(name)}" + ("[]" if "list[" in annotation and inner else "")
        if inner in described:
            yield path, _kind(annotation, inner), f"{text} Keys as in `{described[inner]}`."
            continue
        yield path, _kind(annotation, inner), text
        if inner is not None:
            described[inner] = path
            yield from _settings(shapes, inner, f"{path}.", described)


def _kind(annotation: str, inner: str | None) -> str:
    if inner is not None:
        return "list of objects" if "list[" in annotation else "object"
    later = ", may come later" if "Input" in annotation else ""
    if "list[" in annotation:
        return f"list of texts{later}"
    if "dict[" in annotation:
        return "object of texts"
    words = {"bool": "boolean", "int": "integer", "str": "text", "Literal": "text"}
    return next(word for name, word in words.items() if annotation.rstrip("]").endswith(name)) + later


def _problem(row: Row) -> str:
    """A row of the catalogue, as a section."""
    azure_code = f". Azure's code: `{row.azure_code}`" if row.azure_code else ""
    return (
        f"### `{row.code}`\n\n**{row.severity}** · {row.demands}\n\n{row.remedy}\n\nSource: {row.source}{azure_code}\n"
    )


def settings_page() -> str:
    """docs/settings.md."""
    return f"{SETTINGS_HEAD}\n{settings_table()}\n"


def problems_page() -> str:
    """docs/problems.md: a section for each code, by subject."""
    sections = (f"## {subject}\n\n" + "\n".join(map(_problem, rows)) for subject, rows in catalogue().items())
    return f"{PROBLEMS_HEAD}\n" + "\n".join(sections)


WRITTEN: dict[str, Callable[[], str]] = {
    "Pulumi.yaml": project_file,
    "docs/settings.md": settings_page,
    "docs/problems.md": problems_page,
}
"""The files that are written as a whole, by their path."""


def main() -> int:
    """Write, or say what is not current."""
    stale = []
    for name, text in WRITTEN.items():
        path = ROOT / name
        if not path.exists() or path.read_text(encoding="utf-8") != text():
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text(), encoding="utf-8")
    for name in stale:
        print(f"{'not current' if '--check' in sys.argv else 'written'}: {name}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
