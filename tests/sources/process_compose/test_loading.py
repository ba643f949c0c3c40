"""Loading: substitution, overrides, extends, templates, replicas, probes, the server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from port_registry.model import ProbeKind, StartCondition
from tests.sources.process_compose.reading import FILE, process, show, stack


def command_uses(files: dict[str, str]) -> list[tuple[int, str]]:
    """Return number, and file and text of the digits, of each use of the process `a`."""
    reader, found = stack(files)
    uses = next(process for process in found.services if process.name == "a").uses
    return [
        (use.number, f"{use.span.path}: {reader.text(use.digits) if use.digits else '-'}")
        for use in uses
    ]


def of(value: str) -> str:
    return f"processes:\n  a:\n    command: psql -p {value}\n"


def test_a_default_is_known_where_it_stands() -> None:
    assert command_uses({FILE: of("${PORT:-8080}")}) == [(8080, f"{FILE}: 8080")]
    assert command_uses({FILE: of("${A:-${B:-8080}}")}) == [(8080, f"{FILE}: 8080")]


def test_dotenv_comes_before_the_default() -> None:
    files = {FILE: of("${PORT:-8080}"), ".env": "PORT=9090 # c\n"}
    assert command_uses(files) == [(9090, ".env: 9090")]


def test_dotenv_is_beside_the_first_file() -> None:
    files = {"d/pc.yaml": of("${PORT:-1}"), "d/.env": "PORT=2\n", ".env": "PORT=3\n"}
    assert command_uses(files) == [(2, "d/.env: 2")]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("${A%.x}", 12), ("${A#0}", None), ("${#B}", 2), ("${B:0:1}", 3), ("${A/.x/3}", 123),
        ("${C=5}", 5), ("${C:=5}", 5), ("${C:+5}", 5), ("${E:-6}", 6), ("${B^^}", 33),
    ],
)  # fmt: skip
def test_functions_of_envsubst(value: str, number: int | None) -> None:
    files = {FILE: of(value), ".env": "A=12.x\nB=33\nE=\n"}
    assert [found for found, _ in command_uses(files)] == ([] if number is None else [number])


@pytest.mark.parametrize("value", ["${}", "${A", "${A-1}", "${-A}", "${A:-1", "${A!}"])
def test_a_bad_substitution_is_reported(value: str) -> None:
    _, found = stack({FILE: of(value)})
    assert found.services == ()
    (problem,) = found.unreadable
    assert problem.span.start == of(value).index("${")


def test_a_dollar_is_escaped_and_left_to_the_shell() -> None:
    assert command_uses({FILE: of("$$P"), ".env": "P=1"}) == [(1, ".env: 1")]
    assert command_uses({FILE: of("$${P:-2}")}) == [(2, f"{FILE}: 2")]


def test_backslashes_are_read_as_envsubst_reads_them() -> None:
    assert command_uses({FILE: 'processes: {"a": {"command": "psql\\/x; psql -p 1"}}'}) == [
        (1, f"{FILE}: 1")
    ]


def test_expansion_can_be_switched_off() -> None:
    text = "disable_env_expansion: true\n" + of("${P:-2}")
    assert command_uses({FILE: text, ".env": "P=1"}) == [(1, ".env: 1")]
    assert command_uses({FILE: text}) == [(2, f"{FILE}: 2")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("P=1", 1), ("export P=1", 1), ("P: 1", 1), ('P="1"', 1), ("P='1' # c", 1),
        ("Q=1\nP=$Q", 1), ("Q=1\nP=${Q}2", 12), ("P=1 # a # b", 1), ("P=1\nnonsense\n", 8080),
        ('P="1', 8080), ("\ufeffP=1", 8080), ("# c\n\nP = 1\r\n", 1),
    ],
)  # fmt: skip
def test_dotenv_is_read_as_godotenv_reads_it(text: str, value: int | None) -> None:
    found = [number for number, _ in command_uses({FILE: of("${P:-8080}"), ".env": text})]
    assert found == ([] if value is None else [value])


def test_a_refused_dotenv_is_reported() -> None:
    _, found = stack({FILE: "processes: {}", ".env": "P=1\nnonsense\n"})
    assert "ignores the whole file" in found.unreadable[0].message


BASE = """
processes:
  a:
    command: psql -p 1
    entrypoint: [x]
    environment: [A_PORT=1, 'B_PORT=2', 'C_PORT=3=']
    disabled: true
    depends_on: {b: {condition: process_started}}
  b: {command: psql -p 2}
"""


def test_an_override_wins_where_it_says_something() -> None:
    over = """
processes:
  a:
    command: psql -p 9
    environment: [B_PORT=8]
    disabled: false
    depends_on: {b: {condition: process_healthy}, c: {}}
  c: {command: psql -p 3}
"""
    _, found = stack({FILE: BASE, "o.yaml": over}, FILE, "o.yaml")
    assert [process.name for process in found.services] == ["a", "b", "c"]
    first = found.services[0]
    assert [(use.number, use.span.path) for use in first.uses] == [
        (9, "o.yaml"), (1, FILE), (8, "o.yaml"),
    ]  # fmt: skip
    assert first.disabled
    assert [(item.service, item.condition) for item in first.dependencies] == [
        ("b", StartCondition.HEALTHY), ("c", StartCondition.COMPLETED),
    ]  # fmt: skip
    assert first.span.path == "o.yaml"
    assert found.files == (FILE, "o.yaml")


def test_an_extended_file_comes_first() -> None:
    files = {
        "d/pc.yaml": "extends: ../base/pc.yaml\nprocesses: {a: {command: psql -p 2}}",
        "base/pc.yaml": "extends: more.yaml\nprocesses: {a: {command: x, env_file: e}}",
        "base/more.yaml": "processes: {a: {shutdown: {command: psql -p 3}}}",
        "base/e": "PORT=4",
    }
    _, found = stack(files)
    assert found.files == ("base/more.yaml", "base/pc.yaml", "d/pc.yaml")
    assert [(use.number, use.span.path) for use in found.services[0].uses] == [
        (2, "d/pc.yaml"), (4, "base/e"), (3, "base/more.yaml"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["pc.yaml", "missing.yaml", "../out.yaml", "/abs.yaml"])
def test_a_file_that_cannot_be_extended_is_reported(name: str) -> None:
    text = f"extends: {name}\nprocesses: {{a: {{}}}}"
    files, found = stack({"pc.yaml": text})
    (problem,) = found.unreadable
    assert files.text(problem.span) == name
    assert len(found.services) == 1


def test_a_process_extends_another() -> None:
    text = """
processes:
  c: {extends: b, environment: [X_PORT=3]}
  b: {extends: a, entrypoint: ['2']}
  a: {entrypoint: [psql, -p], environment: [Y_PORT=1]}
"""
    assert [show(use) for use in process(text, "c").uses] == [
        "connects 2", "repeats 1", "repeats 3",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["{a: {extends: a}}", "{a: {extends: b}, b: {extends: a}}",
                                  "{a: {extends: z}}"])  # fmt: skip
def test_an_impossible_extends_is_reported(text: str) -> None:
    _, found = stack(f"processes: {text}")
    assert len(found.unreadable) == 1
    assert "extends" in found.unreadable[0].message


def test_templates_lead_to_the_variable() -> None:
    text = (
        "vars: {PORT: 1, DB: {PORT: 2}, HEX: 0x10, S: '3'}\nprocesses:\n  a:\n"
        "    vars: {S: 4}\n    command: psql -p {{.PORT}} -p {{ .DB.PORT }} -p {{.HEX}} "
        '-p {{ printf "%d5" .S }} -p {{- " " }}{{/* c */}}{{.S}}\n'
    )
    assert command_uses({FILE: text}) == [
        (1, f"{FILE}: 1"), (2, f"{FILE}: 2"), (16, f"{FILE}: -"), (45, f"{FILE}: -"),
        (4, f"{FILE}: 4"),
    ]  # fmt: skip


@pytest.mark.parametrize("template", ["{{add 8080 .PC_REPLICA_NUM}}", "{{.A", "{{ mul 1 2 }}"])
def test_a_template_that_go_refuses_is_reported(template: str) -> None:
    _, found = stack(of(f"'{template}'").replace("psql -p '", "'psql -p "))
    assert len(found.unreadable) == 1


def test_a_template_that_only_go_can_render_is_unknown() -> None:
    _, found = stack(of("x").replace("psql -p x", "'psql -p {{if .A}}1{{end}}'"))
    assert found.services[0].uses == ()
    assert found.services[0].varying


def test_a_template_of_an_unknown_variable_is_shown_as_written_but_for_that() -> None:
    _, found = stack(of("x").replace("psql -p x", "'psql -p {{or `${PG}` .A}}'"))
    (unknown,) = found.unknown
    assert unknown.reason == "the template `{{or `…` .A}}` is not evaluated"


def test_templates_of_a_command_can_be_switched_off() -> None:
    text = "processes: {a: {is_template_disabled: true, command: 'psql -p {{x}}'}}"
    _, found = stack(text)
    assert found.unreadable == ()


def test_each_replica_has_its_port() -> None:
    text = (
        "processes:\n  a:\n    replicas: 3\n    command: vite --port 300{{.PC_REPLICA_NUM}} "
        "--port $((4000 + PC_REPLICA_NUM)) --port 80\n"
    )
    found = process(text, "a")
    assert [use.number for use in found.uses] == [3000, 4000, 80, 3001, 4001, 3002, 4002]
    assert found.replicas == 3
    assert [use.digits is None for use in found.uses][:3] == [True, True, False]


def test_a_probe_that_replicas_share_is_unknown() -> None:
    text = (
        "processes:\n  a:\n    replicas: 2\n    readiness_probe: {http_get: "
        "{port: '300{{.PC_REPLICA_NUM}}'}}\n"
    )
    _, found = stack(text)
    assert found.services[0].uses == ()
    assert "all replicas" in found.unknown[0].reason


def test_a_dependency_on_a_replica_is_one_on_its_process() -> None:
    text = "processes: {a: {replicas: 2}, b: {depends_on: {a-0: {condition: process_healthy}}}}"
    assert process(text, "b").dependencies[0].service == "a"


@pytest.mark.parametrize(
    ("probe", "check", "numbers", "local"),
    [
        ("{http_get: {port: 80}}", ProbeKind.HTTP, [80], True),
        ("{http_get: {port: '8080', host: localhost}}", ProbeKind.HTTP, [8080], True),
        ("{http_get: {port: '{{.P}}'}}", ProbeKind.HTTP, [7], True),
        ("{http_get: {port: 70000}}", ProbeKind.HTTP, [70000], True),
        ("{http_get: {num_port: 8080}}", ProbeKind.HTTP, [80], True),
        ("{http_get: {scheme: https}}", ProbeKind.HTTP, [443], True),
        ("{http_get: {host: a.example.org, port: 80}}", ProbeKind.HTTP, [], False),
        ("{http_get: {host: 10.0.0.1, port: 80}}", ProbeKind.HTTP, [80], False),
        ("{exec: {command: 'nc -z localhost 5'}}", ProbeKind.EXEC, [5], True),
        ("{exec: {command: 'curl x'}, http_get: {port: 1}}", ProbeKind.EXEC, [], True),
        ("{}", ProbeKind.NOTHING, [], True),
        ("{period_seconds: 5}", ProbeKind.NOTHING, [], True),
    ],
)
def test_a_probe(probe: str, check: ProbeKind, numbers: list[int], local: bool) -> None:
    found = process(f"vars: {{P: 7}}\nprocesses: {{a: {{readiness_probe: {probe}}}}}", "a")
    assert found.readiness is not None
    assert (found.readiness.check, found.readiness.local) == (check, local)
    assert [use.number for use in found.readiness.uses] == numbers
    assert [show(use) for use in found.uses] == [f"probes {number}" for number in numbers]


@pytest.mark.parametrize("port", ["http", "80.0", "0x50"])
def test_a_probed_port_that_is_none_is_reported(port: str) -> None:
    files, found = stack(f"processes: {{a: {{liveness_probe: {{http_get: {{port: {port}}}}}}}}}")
    assert files.text(found.unreadable[0].span) == port
    assert [use.number for use in found.services[0].uses] == [80]


def test_no_probe_is_none() -> None:
    assert process("processes: {a: {readiness_probe: }}", "a").readiness is None


@pytest.mark.parametrize(
    ("settings", "port"),
    [(None, 8080), ("PC_PORT_NUM=9", 9), ("PC_NO_SERVER=", None), ("PC_SOCKET_PATH=x", None),
     ("PC_PORT_NUM=x", 8080), ("X=1", 8080)],
)  # fmt: skip
def test_the_server(settings: str | None, port: int | None) -> None:
    files = {"d/pc.yaml": "processes: {}"}
    if settings is not None:
        files["d/.pc_env"] = settings
    reader, found = stack(files)
    assert (found.manager.port if found.manager else None) == port
    if port == 9 and found.manager is not None and found.manager.span is not None:
        assert reader.text(found.manager.span) == "9"


def test_the_server_for_models_listens() -> None:
    _, found = stack("mcp_server: {host: localhost, port: 3333}\nprocesses: {}")
    assert [show(use) for use in found.shared] == ["listens 3333"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("processes: [a]", "`processes` has to be a map"),
        ("processes: {a: {command: [x]}}", "`command` is a list"),
        ("processes: {a: {replicas: x}}", "whole number"),
        ("processes: {a: {disabled: 7}}", "true or false"),
        ("processes: {a: {depends_on: {b: {condition: ready}}}}", "no such condition"),
        ("processes: {a: {environment: x}}", "list of `NAME=value`"),
        ("processes: {a: {command: x}, a: {}}", "duplicate key `a`"),
        ("processes: {a: {command: 'x}}", "quoted scalar"),
        ("- a", "the file has to be a map"),
    ],
)
def test_a_value_of_the_wrong_kind_is_reported(text: str, message: str) -> None:
    _, found = stack(text)
    assert message in found.unreadable[0].message


def test_a_missing_file_is_reported() -> None:
    _, found = stack({FILE: "processes: {}"}, "other.yaml")
    assert found.unreadable[0].span.path == "other.yaml"


def test_json_anchors_and_merges() -> None:
    assert [show(use) for use in process('{"processes": {"a": {"command": "psql -p 1"}}}', "a").uses
            ] == ["connects 1"]  # fmt: skip
    text = "x-b: &b {command: psql -p 1}\nprocesses:\n  a: {<<: *b}\n  c: *b\n"
    _, found = stack(text)
    assert [process.name for process in found.services] == ["a", "c"]
    assert all(use.span.start == text.index("1") for process in found.services
               for use in process.uses)  # fmt: skip
    assert found.services[1].insertion is None


def insert(text: str, name: str = "a") -> str | None:
    """Write a key where the process says that one can be written."""
    at = process(text, name).insertion
    if at is None:
        return None
    if at.flow:
        return text[: at.at.start] + ', "k": 1' + text[at.at.start :]
    return text[: at.at.start] + f"{at.newline}{at.indent}k: 1" + text[at.at.start :]


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("processes:\n  a:\n    command: x\n  b:\n",
         "processes:\n  a:\n    command: x\n    k: 1\n  b:\n"),
        ("processes:\n  a:\n  b:\n", "processes:\n  a:\n    k: 1\n  b:\n"),
        ("processes:\n  a:\n    command: |\n      x\n\n  b:\n",
         "processes:\n  a:\n    command: |\n      x\n    k: 1\n\n  b:\n"),
        ("processes:\n  a:\n    environment:\n    - X # c\n",
         "processes:\n  a:\n    environment:\n    - X # c\n    k: 1\n"),
        ("processes:\r\n   a:\r\n      command: x",
         "processes:\r\n   a:\r\n      command: x\r\n      k: 1"),
        ('{"processes": {"a": {"command": "x"}}}',
         '{"processes": {"a": {"command": "x", "k": 1}}}'),
        ("processes:\n  a: {command: x}\n", 'processes:\n  a: {command: x, "k": 1}\n'),
        ("processes:\n  a:\n    command: ${X:-y}\n",
         "processes:\n  a:\n    command: ${X:-y}\n    k: 1\n"),
        ("processes:\n  a:\n    command: |+\n      x\n\n", None),
        ("processes: {a: {}}", None),
        ("processes: {a: {command: x,}}", None),
    ],
)  # fmt: skip
def test_where_a_key_can_be_written(text: str, result: str | None) -> None:
    assert insert(text) == result


pieces = st.sampled_from(
    ["processes:\n", "  a:\n", "    command: psql -p 1\n", "    environment:\n", "      - PORT=1\n",
     "${A:-1}", "${", "}", "$$", "{{.A}}", "{{", "}}", "&x ", "*x", "<<: *x\n", "vars: {A: 1}\n",
     "    replicas: 2\n", "    readiness_probe: {http_get: {port: 1}}\n", "extends: b.yaml\n",
     "    extends: a\n", "  b: ", "[", "]", "'", '"', "\\", "\n", "# Port from x: y = 1\n", "😀",
     "    depends_on: {a: {}}\n", "disable_env_expansion: true\n", "|\n", "null", ": "]
)  # fmt: skip


@given(
    st.one_of(st.text(), st.lists(pieces, max_size=30).map("".join)),
    st.lists(pieces, max_size=5).map("".join),
)
def test_any_files_give_a_stack(text: str, dotenv: str) -> None:
    files, found = stack({FILE: text, ".env": dotenv, "b.yaml": text[::-1], ".pc_env": dotenv})
    spans = [item.span for item in found.unknown]
    spans += [item.span for item in found.unreadable]
    spans += [item.covers for item in found.annotations]
    for process_ in found.services:
        spans += [process_.span, *(use.span for use in process_.uses)]
        for use in process_.uses:
            if use.digits is not None:
                assert files.text(use.digits) == str(use.number) or "0" in files.text(use.digits)
    for span in spans:
        assert 0 <= span.start <= span.end <= len(files.sources[span.path].text)
