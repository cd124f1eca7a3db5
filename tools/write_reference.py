"""Write what is told in two places from the one place that knows it: Pulumi.yaml's keys and the README's tables.

python tools/write_reference.py          # writes
python tools/write_reference.py --check  # exits 1 where something is not current
"""

import ast
import sys
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import yaml
from mtls_app_gateway.certificates.rules import RULES as CERTIFICATE_RULES
from mtls_app_gateway.problems import Row
from mtls_app_gateway.review import RULES as REVIEW_RULES
from mtls_app_gateway.settings.acceptances import ROWS as ACCEPTED
from mtls_app_gateway.settings.rules import RULES as SETTINGS_RULES

ROOT = Path(__file__).resolve().parent.parent
ARGUMENTS = ROOT / "components/mtls_app_gateway/resources/arguments.py"
KINDS = {"str": "string", "bool": "boolean", "int": "integer"}
EMPTY = {"string": "", "boolean": False, "integer": 0, "array": [], "object": {}}
DEFAULTS = {"caExpiryWarningDays": 30}

Shapes = dict[str, dict[str, tuple[str, str]]]

SHAPES = {
    "unknown-key": "Every key is one that the settings have.",
    "missing-key": "A part has every key that it needs.",
    "wrong-value": "A value has the type and the form that its key takes.",
    "control-character": "No text but a certificate has control characters or lone surrogates.",
    "unknown-word": "A value is one of the words that its key takes.",
}
ON_THE_WAY = {
    "asked-is-not-got": (
        "What the provider returns is what was asked for: modes, chains and their certificates, listeners and their "
        "profiles, the identity headers' rewrite sets and the rules that use them.",
        "error",
    ),
    "chain-name-clash": ("Two profiles do not give one name to two chains.", "error"),
    "chain-name-missing": ("A chain that arrives later has a name.", "error"),
    "chain-split-later": ("A chain that arrives later is not split.", "error"),
    "chain-source": ("A chain is a path or data.", "error"),
    "chains-staged": ("Chains are enforced in Strict alone; in Passthrough they are uploaded and wait.", "note"),
    "change-in-place": ("An update of the gateway comes when long requests may be cut off.", "note"),
    "change-may-be-refused": ("A change of what is deployed is one that Azure is expected to take.", "warning"),
    "change-refused": ("A change of what is deployed is one that Azure takes.", "error"),
    "change-replaces": ("A change of a name or a place is worth an outage or another address.", "warning"),
    "file-missing": ("A file that the config names can be read.", "error"),
    "key-repeated": ("A key is given once, in one spelling.", "error"),
    "not-known-yet": ("What shapes the gateway is known before the deployment.", "error"),
    "pfx-missing": ("A listener certificate has a PFX or a Key Vault secret.", "error"),
    "provider-config-differs": ("The gateway's provider has the config of azure-native.", "error"),
    "provider-missing": ("Explicit providers are given for network and gateway, or for neither.", "error"),
    "secret-in-plain-text": ("A secret is set with --secret, in a key of its own.", "error"),
    "secret-not-expected": ("What is not a secret is not stored as one.", "error"),
    "subscriptions-differ": ("Network and gateway are in one subscription.", "error"),
}
"""The codes that belong to no table of rules; a test knows that none is missing."""


def documented_shapes() -> Shapes:
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
        # Shows drift in every preview, and sends the gateway again after `asked-is-not-got`.
        "options": {"refresh": "always"},
        "config": project_keys(),
    }
    return yaml.safe_dump(project, sort_keys=False, width=120, allow_unicode=True)


def settings_table() -> str:
    """The README's settings table: every key of every shape, each shape once."""
    rows = ["| setting | type | meaning |", "|---|---|---|"]
    rows += [
        f"| `{path}` | {kind} | {text} |"
        for path, kind, text in _settings(documented_shapes(), "MtlsAppGatewayArgs", "", {})
    ]
    return "\n".join(rows)


def _settings(shapes: Shapes, shape: str, prefix: str, told: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for name, (annotation, text) in shapes[shape].items():
        inner = next((other for other in shapes if other in annotation), None)
        path = f"{prefix}{camel(name)}" + ("[]" if "list[" in annotation and inner else "")
        if inner in told:
            yield path, _kind(annotation, inner), f"{text} Keys as in `{told[inner]}`."
            continue
        yield path, _kind(annotation, inner), text
        if inner is not None:
            told[inner] = path
            yield from _settings(shapes, inner, f"{path}.", told)


def _kind(annotation: str, inner: str | None) -> str:
    if inner is not None:
        return "list of objects" if "list[" in annotation else "object"
    later = ", may come later" if "Input" in annotation else ""
    if "list[" in annotation:
        return f"list of texts{later}"
    if "dict[" in annotation:
        return "object of texts"
    words = {"bool": "boolean", "int": "integer", "str": "text"}
    return next(word for pattern, word in words.items() if f"{pattern}]" in annotation or pattern == annotation) + later


def problems_table() -> str:
    """The README's table of problems: every code that our code can raise, with Azure's own."""
    rows_of_gateways: tuple[Row, ...] = (*REVIEW_RULES, *SETTINGS_RULES, *ACCEPTED)
    rules = {row.code: (row.demands, str(row.severity), row.azure_code or "") for row in rows_of_gateways}
    rules |= {rule.code: (rule.demands, str(rule.severity), rule.azure_code or "") for rule in CERTIFICATE_RULES}
    rules |= {code: (demands, "error", "") for code, demands in SHAPES.items()}
    rules |= {code: (demands, severity, "") for code, (demands, severity) in ON_THE_WAY.items()}
    rows = ["| code | what it asks for | | Azure's own code |", "|---|---|---|---|"]
    rows += [
        f"| `{code}` | {demands} | {severity} | {f'`{azure}`' if azure else ''} |"
        for code, (demands, severity, azure) in sorted(rules.items())
    ]
    return "\n".join(rows)


def readme() -> str:
    """README.md with its tables made anew."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, table in (("settings", settings_table()), ("problems", problems_table())):
        start, end = f"<!-- {name}: written by tools/write_reference.py -->\n", f"<!-- end of {name} -->"
        before, rest = text.split(start)
        text = before + start + table + "\n" + end + rest.split(end, 1)[1]
    return text


def main() -> int:
    """Write, or say what is not current."""
    stale = []
    for path, text in {ROOT / "Pulumi.yaml": project_file(), ROOT / "README.md": readme()}.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
    for path in stale:
        print(f"{'not current' if '--check' in sys.argv else 'written'}: {path.relative_to(ROOT)}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
