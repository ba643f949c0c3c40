from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import ConfigError, Port, PortRange, Severity, Source, parse_name
from port_registry.project.config import Config
from port_registry.project.config_file import parse_config

_RULES = ("hardcoded-port", "duplicate-port", "unused-port")


def _parse(text: str) -> Config:
    return parse_config(Source("port-registry.toml", text), _RULES)


def test_an_empty_file_is_the_default() -> None:
    assert _parse("") == Config()
    assert _parse("\ufeff# nothing\r\n") == Config()


def test_all_keys() -> None:
    config = _parse(
        """
registry = "nix/ports.nix"
attribute = 'config.my."the ports"'
select = ["default", "unused-port"]
ignore = ["duplicate-port"]
exclude = ["examples/"]

[severity]
hardcoded-port = "note"

[per-file-ignores]
"*.json" = ["hardcoded-port", "unused-port"]

[ranges]
databases = "5000-5999"
web = ["80", "8000 - 8099"]
any = []

[process-compose]
stacks = [["a.yaml", "b.yaml"], ["c.yaml"]]

[compose]
projects = [["a.yml", "b.yml"]]
"""
    )
    assert config == Config(
        registry="nix/ports.nix",
        attribute=("config", "my", "the ports"),
        select=("default", "unused-port"),
        ignore=("duplicate-port",),
        exclude=("examples/",),
        severity=(("hardcoded-port", Severity.NOTE),),
        per_file_ignores=(("*.json", ("hardcoded-port", "unused-port")),),
        ranges=(
            ("databases", (PortRange(Port(5000), Port(5999)),)),
            ("web", (PortRange(Port(80), Port(80)), PortRange(Port(8000), Port(8099)))),
            ("any", ()),
        ),
        stacks=(("a.yaml", "b.yaml"), ("c.yaml",)),
        compose_projects=(("a.yml", "b.yml"),),
    )


@pytest.mark.parametrize(
    ("text", "error", "hint"),
    [
        ('\nregistri = "x"', "2:1: unknown key `registri`", "did you mean `registry`?"),
        ("registry = 1", "1:12: `registry` must be a string that is not empty", None),
        ('registry = ""', "1:12: `registry` must be a string that is not empty", None),
        ('attribute = "a..b"', "1:13: `attribute` must be an attribute path", None),
        ("select = 'x'", "1:10: `select` must be a list of strings", None),
        ("ignore = [1]", "1:11: `ignore` must be a list of strings", None),
        (
            '# x\n  select = ["hardcoded-prot"]',
            "2:13: there is no rule `hardcoded-prot`",
            "did you mean `hardcoded-port`?",
        ),
        ("severity = 1", "1:12: `severity` must be a table", None),
        (
            "[severity]\nx = 'note'",
            "2:1: unknown key `severity.x`",
            "expected one of: duplicate-port",
        ),
        (
            "[severity]\n\n'hardcoded-port' = 'fatal'",
            '3:20: `severity.hardcoded-port` must be "error", "warning" or "note"',
            None,
        ),
        ("[ per-file-ignores ]\n\"a.b\" = ['x']", "2:10: there is no rule `x`", None),
        ("per-file-ignores = { 'a.b' = 1 }", '1:30: `per-file-ignores."a.b"` must be', None),
        ("[ranges]\nweb = 80", "2:7: `ranges.web` must be a range of ports", None),
        ("[ranges]\nweb = '9-1'", "2:7: `ranges.web` must be a range of ports", None),
        ("[ranges]\nweb = ['1-2', '0-1']", "2:15: `ranges.web` must be a range of ports", None),
        ("ranges.web = '٣'", "1:14: `ranges.web` must be a range of ports", None),
        ("[process-compose]\nstack = 1", "2:1: unknown key `process-compose.stack`", "did you"),
        ("[process-compose]\nstacks = ['a']", "2:11: `process-compose.stacks` must be a", None),
        ("[process-compose]\nstacks = [[]]", "2:11: `process-compose.stacks` must be a", None),
        ("[compose]\nprojects = ['a']", "2:13: `compose.projects` must be a", None),
        ("[process-compose]\nstacks = 1", "2:10: `process-compose.stacks` must be a", None),
        ("a = \n", "1:5: invalid TOML: invalid value", None),
        ("a = 'x", "1:7: invalid TOML: ", None),
        ("a = " + "[" * 5000, "1:69: invalid TOML: nested too deeply", None),
        ("a = " + "1" * 5000, "1:1: invalid TOML: a number is too long", None),
        ("registry = 'a'\nregistry = 'b'", "2:1: `registry` is defined twice", None),
        ("[ranges]\na = '1'\n[ranges]\n", "3:2: `ranges` is defined twice", None),
    ],
)
def test_errors_have_a_position(text: str, error: str, hint: str | None) -> None:
    _refuse(text, error, hint)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("ranges = { a = '1', b = 2 }", "1:25: `ranges.b` must be a range of ports"),
        ("process-compose = { stack = [] }", "1:21: unknown key `process-compose.stack`"),
        ("severity = { x = 'note' }", "1:14: unknown key `severity.x`"),
        ("\nranges = { a = [\n'1',\n2 ] }", "4:1: `ranges.a` must be a range of ports"),
    ],
)
def test_errors_in_an_inline_table(text: str, error: str) -> None:
    _refuse(text, error)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('registry = """\nignore = 1\n"""\nignore = 1', "4:10: `ignore` must be"),
        ("registry = '''\n[ranges]\nweb = 1'''\n\n[ranges]\nweb = 1", "6:7: `ranges.web` must"),
        ("select = [\n  'default',\n  '''\nnope''',\n]", "3:3: there is no rule `nope`"),
        ("ignore = [\n  'unused-port', # x = 1\n  2,\n]", "3:3: `ignore` must be a list"),
    ],
)
def test_errors_in_strings_and_lists_of_several_lines(text: str, error: str) -> None:
    _refuse(text, error)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("ranges.a = '1'\nranges . 'b' = 2", "2:16: `ranges.b` must be a range of ports"),
        ("process-compose.stack = 1", "1:17: unknown key `process-compose.stack`"),
        ("registry.path = 'x'", "1:1: `registry` must be a string"),
        ("severity.hardcoded-port.x = 1", "1:10: `severity.hardcoded-port` must be"),
        ("ranges.a.b.c = 1", "1:8: `ranges.a` must be a range of ports"),
        ("[ranges.a]\nb = '1'", "1:1: `ranges.a` must be a range of ports"),
        (".".join(["a"] * 20_000) + " = 1", "1:130: invalid TOML: nested too deeply"),
    ],
)
def test_errors_at_dotted_keys(text: str, error: str) -> None:
    _refuse(text, error)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("\n[[ranges]]\na = '1'", "2:1: `ranges` must be a table"),
        ("[ranges]\na = '1'\n[[ranges.b]]\nc = 1", "3:1: `ranges.b` must be a range"),
        ("[[process-compose.stacks]]\na = 1", "1:1: `process-compose.stacks` must be a list"),
        ("[[nope]]\na = 1", "1:3: unknown key `nope`"),
    ],
)
def test_errors_in_lists_of_tables(text: str, error: str) -> None:
    _refuse(text, error)


def _refuse(text: str, error: str, hint: str | None = None) -> None:
    with pytest.raises(ConfigError) as caught:
        _parse(text)
    assert str(caught.value).startswith(f"port-registry.toml:{error}")
    assert (caught.value.hint or "").startswith(hint or "")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ConfigError):
        assert isinstance(_parse(text), Config)


_VALUES = st.recursive(
    st.sampled_from(['"x"', "1", "true", "1.5", "2020-01-01", '"5000-5999"', '"hardcoded-port"']),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda items: f"[{', '.join(items)}]")
        | inner.map(lambda value: f"{{ a = {value} }}")
    ),
    max_leaves=4,
)


@given(
    st.dictionaries(
        st.sampled_from([*Config._fields, "per-file-ignores", "process-compose.stacks"]),
        _VALUES,
        max_size=4,
    )
)
def test_any_value_is_read_or_refused(values: dict[str, str]) -> None:
    with suppress(ConfigError):
        _parse("".join(f"{key} = {value}\n" for key, value in values.items()))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a", ("a",)),
        ('a."b.c".d', ("a", "b.c", "d")),
        ('""', ("",)),
        ("", None),
        ("a.", None),
        (".a", None),
        ('a"b', None),
        ('"a', None),
        ('"a"b', None),
        ("a b .c", None),
    ],
)
def test_attribute_paths(text: str, name: tuple[str, ...] | None) -> None:
    assert parse_name(text) == name
