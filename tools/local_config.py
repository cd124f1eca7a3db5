"""Keeps a copy of a stack's config file for one machine: what is tracked, plus the salt and secrets minted here.

Works on YAML's nodes rather than on values, so that each scalar is written exactly as it was read.
"""

import yaml

_SALT = "encryptionsalt"


def merged(tracked: str, copy: str) -> str:
    """The tracked file's text with the salt and the encrypted values that only the earlier copy has."""
    wanted, had = _mapping(yaml.compose(tracked)), _mapping(yaml.compose(copy))
    _adopt(wanted, had, [_SALT])
    secrets = [key for key, value in _section(had).items() if _is_encrypted(value)]
    _adopt(_section_node(wanted), _section_node(had), secrets)
    text: str = yaml.serialize(wanted, allow_unicode=True)
    return text


def has_value(config_file: str, key: str) -> bool:
    """Whether the config file gives a value to this project's key (`mode`, without the project's name)."""
    config = _section(_mapping(yaml.compose(config_file)))
    return any(name.partition(":")[2] == key for name in config)


def _mapping(node: yaml.Node | None) -> yaml.MappingNode:
    if isinstance(node, yaml.MappingNode):
        return node
    return yaml.MappingNode("tag:yaml.org,2002:map", [])


def _items(mapping: yaml.MappingNode) -> dict[str, yaml.Node]:
    return {key.value: value for key, value in mapping.value}


def _section_node(config_file: yaml.MappingNode) -> yaml.MappingNode:
    """The section with the config, put there where it is missing or empty."""
    section = _mapping(_items(config_file).get("config"))
    others = [(key, value) for key, value in config_file.value if key.value != "config"]
    config_file.value[:] = [(_key("config"), section), *others]
    return section


def _section(config_file: yaml.MappingNode) -> dict[str, yaml.Node]:
    return _items(_section_node(config_file))


def _is_encrypted(value: yaml.Node) -> bool:
    return isinstance(value, yaml.MappingNode) and list(_items(value)) == ["secure"]


def _adopt(wanted: yaml.MappingNode, had: yaml.MappingNode, keys: list[str]) -> None:
    present, available = _items(wanted), _items(had)
    wanted.value.extend((_key(key), available[key]) for key in keys if key in available and key not in present)


def _key(name: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", name)
