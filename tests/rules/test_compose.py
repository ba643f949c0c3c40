"""What rules find in Compose files, and how it is mended."""

import pytest

from port_registry.checks.fix import FixSelection
from tests.bounded import within
from tests.rules import harness

_REGISTRY = "{\n  databases.redis = 6379;\n  webuis.web = 8080;\n  webuis.docs = 8081;\n}\n"
_TIE = "# Port from lib/ports.nix: webuis.web = 8080"


def _files(compose: str, **others: str) -> dict[str, str]:
    return {"lib/ports.nix": _REGISTRY, "compose.yaml": f"services:\n{compose}", **others}


def _service(name: str, ports: str, more: str = "") -> str:
    return f"  {name}:\n    image: acme/{name}\n{more}    ports: {ports}\n"


def _messages(files: dict[str, str]) -> list[str]:
    return [finding.message for finding in harness.run(files).findings]


def test_a_published_port_is_tied_and_the_containers_own_is_not() -> None:
    files = _files("  web:\n    image: nginx\n    ports:\n      - '8080:6379'\n")
    assert harness.run(files).shown() == ["hardcoded-port compose.yaml:5 8080"]
    fixed = harness.fix(files, FixSelection.SAFE)
    assert fixed.findings == ()
    assert f"    ports:\n      {_TIE}\n      - '8080:6379'\n" in fixed.files["compose.yaml"]


def test_a_port_that_the_registry_does_not_have_is_reported_at_who_publishes_it() -> None:
    files = _files(_service("web", "['127.0.0.1:9999:80']"))
    assert _messages(files) == [
        "web publishes 9999, which lib/ports.nix does not have; add an entry for it"
    ]


def test_a_number_that_has_not_followed_the_registry_is_mended() -> None:
    files = _files(
        "  web:\n    image: nginx\n    ports:\n"
        "      # Port from lib/ports.nix: webuis.web = 8079\n      - '8079:80'\n"
        "  shop:\n    image: shop\n    environment:\n      API_URL: http://localhost:8079\n"
    )
    assert harness.run(files).shown() == [
        "stale-annotation compose.yaml:5 8079",
        "stale-annotation compose.yaml:6 8079",
        "stale-annotation compose.yaml:10 8079",
    ]
    assert "service web has 8079 for webuis.web, which is 8080 in the registry" in _messages(files)
    fixed = harness.fix(files, FixSelection.SAFE)
    assert fixed.findings == ()
    assert "8079" not in fixed.files["compose.yaml"]


def test_an_annotation_that_leads_nowhere_is_reported() -> None:
    files = _files(
        "  web:\n    # Port from lib/ports.nix: webui.web = 8080\n    ports: ['8080:80']\n"
    )
    assert harness.run(files).shown() == ["unknown-reference compose.yaml:3 webui.web"]
    assert harness.fix(files, FixSelection.SAFE).findings == ()


def test_one_annotation_ties_what_several_services_publish() -> None:
    profiles = "    profiles: [{}]\n"
    files = _files(
        _service("web", "['8080:80']", profiles.format("a"))
        + _service("all", "['8080:80']", profiles.format("b"))
    )
    (finding,) = harness.run(files).findings
    assert [related.message for related in finding.related] == ["and here"]
    fixed = harness.fix(files, FixSelection.SAFE)
    assert fixed.findings == ()
    assert fixed.files["compose.yaml"].count("# Port from") == 1


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("['8080:80']", "['8080:81']", ["port-clash"]),
        ("['127.0.0.1:8080:80']", "['8080:81']", ["port-clash"]),
        ("['127.0.0.1:8080:80']", "['127.0.0.2:8080:81']", []),
        ("['8080:80']", "['8080:80/udp']", []),
        ("['8080-8082:80-82']", "['8081:80']", ["port-clash"]),
        ("['8080:80']", "['80']", []),
    ],
)
def test_two_services_clash_by_what_they_publish(first: str, second: str, found: list[str]) -> None:
    files = _files(_service("web", first) + _service("other", second))
    findings = harness.run(files, ("port-clash",)).findings
    assert [finding.rule for finding in findings] == found


@pytest.mark.parametrize(
    ("mine", "theirs", "severity"),
    [
        ("", "", ["error"]),
        ("    profiles: [a, b]\n", "    profiles: [b]\n", ["error"]),
        ("    profiles: [a]\n", "    profiles: [b]\n", []),
        ("", "    profiles: [b]\n", ["warning"]),
        ("", "    network_mode: host\n", []),
    ],
)
def test_services_clash_where_they_run_together(
    mine: str, theirs: str, severity: list[str]
) -> None:
    files = _files(_service("web", "['8080:80']", mine) + _service("two", "['8080:1']", theirs))
    findings = harness.run(files, ("port-clash",)).findings
    assert [finding.severity.value for finding in findings] == severity


def test_a_clash_says_who_publishes_the_port() -> None:
    files = _files(_service("web", "['8080:80']") + _service("docs", "['8080:81']"))
    (clash,) = harness.run(files, ("port-clash",)).findings
    assert clash.message == (
        "docs and web (webuis.web in the registry) both publish 8080; give one of them another port"
    )
    assert clash.related[0].message == "web publishes it here"


def test_a_service_on_the_hosts_network_clashes_by_what_it_names() -> None:
    host = "    network_mode: host\n    environment: {PORT: 8080}\n"
    files = _files(_service("web", "['8080:80']") + f"  docs:\n    image: docs\n{host}")
    assert harness.run(files, ("port-clash",)).shown() == ["port-clash compose.yaml:8 8080"]


def test_a_service_that_has_ended_has_no_port() -> None:
    after = "    depends_on:\n      seed: {condition: service_completed_successfully}\n"
    files = _files(_service("seed", "['8080:80']") + _service("web", "['8080:80']", after))
    assert harness.run(files, ("port-clash",)).findings == ()


def test_containers_of_one_service_clash_unless_each_has_a_port() -> None:
    files = _files(_service("web", "['8080:80']", "    scale: 2\n"))
    (clash,) = harness.run(files, ("port-clash",)).findings
    assert clash.message.startswith("all 2 containers of web publish 8080; publish as many ports")
    files = _files(_service("web", "['8080-8081:80']", "    scale: 2\n"))
    assert harness.run(files, ("port-clash",)).findings == ()


def test_files_that_the_configuration_loads_together_are_one_project() -> None:
    files = {
        "lib/ports.nix": _REGISTRY,
        "docker-compose.yml": "services:\n" + _service("web", "['8080:80']"),
        "deploy/host.yml": "services:\n  docs:\n    network_mode: host\n"
        "    environment: {PORT: 8080}\n",
    }
    assert harness.run(files, ("port-clash",)).findings == ()
    projects = '[compose]\nprojects = [["docker-compose.yml", "deploy/host.yml"]]\n'
    checked = harness.run({**files, "port-registry.toml": projects}, ("port-clash",))
    assert checked.shown() == ["port-clash deploy/host.yml:4 8080"]


def test_projects_of_their_own_never_clash() -> None:
    files = _files(_service("web", "['8080:80']"))
    other = {"docker-compose.prod.yml": "services:\n" + _service("docs", "['8080:80']")}
    assert harness.run({**files, **other}, ("port-clash",)).findings == ()


def test_a_known_image_on_the_port_of_another_service_is_reported() -> None:
    files = _files("  db:\n    image: postgres:17\n    ports: ['6379:5432']\n")
    assert _messages(files) == ["db runs postgres on 6379, the port of databases.redis"]


def test_a_service_has_one_port_in_every_environment() -> None:
    files = {
        "lib/ports.nix": _REGISTRY,
        "compose.dev.yaml": "services:\n" + _service("web", "['8080:80', '8081:81']"),
        "compose.ci.yaml": "services:\n" + _service("web", "['8090:80', '8081:81']"),
    }
    checked = harness.run(files, ("environment-drift",))
    assert checked.shown() == ["environment-drift compose.ci.yaml:4 8090"]


_VARIABLE = "  web:\n    image: nginx\n    ports: ['${WEB_PORT:-8080}:80']\n"


def test_a_variable_and_its_default_are_one_port_to_tie() -> None:
    files = _files(_VARIABLE, **{".env": "WEB_PORT=8080\n"})
    assert harness.run(files).shown() == ["hardcoded-port compose.yaml:4 8080"]
    fixed = harness.fix(files, FixSelection.SAFE)
    assert fixed.findings == ()
    assert fixed.files[".env"] == "WEB_PORT=8080\n"


@pytest.mark.parametrize("tied", ["compose.yaml", ".env"])
def test_one_annotation_mends_a_variable_and_its_default(tied: str) -> None:
    tie = "# Port from lib/ports.nix: webuis.web = 8079\n"
    compose = _VARIABLE.replace("8080", "8079")
    env = "WEB_PORT=8079\n"
    if tied == ".env":
        env = tie + env
    else:
        compose = compose.replace("    ports", f"    {tie}    ports")
    files = _files(compose, **{".env": env})
    assert {finding.rule for finding in harness.run(files).findings} == {"stale-annotation"}
    fixed = harness.fix(files, FixSelection.SAFE)
    assert fixed.findings == ()
    assert "8079" not in "".join(fixed.files.values())


def test_a_default_that_differs_is_one_finding() -> None:
    files = _files(_VARIABLE, **{".env": "WEB_PORT=9090\n"})
    (drift,) = harness.run(files).findings
    assert (drift.rule, drift.span.path) == ("environment-drift", ".env")
    assert drift.message == (
        "web has 9090 here and 8080 in compose.yaml, as webuis.web in the registry;"
        " use one port in every environment"
    )
    files["compose.yaml"] = files["compose.yaml"].replace("    ports", f"    {_TIE}\n    ports")
    assert harness.run(files).shown() == ["environment-drift .env:1 9090"]


def test_a_default_that_follows_with_the_registry_is_no_drift() -> None:
    compose = _VARIABLE.replace("8080", "8079").replace(
        "    ports", "    # Port from lib/ports.nix: webuis.web = 8079\n    ports"
    )
    files = _files(compose, **{".env": "WEB_PORT=8080\n"})
    assert {finding.rule for finding in harness.run(files).findings} == {"stale-annotation"}
    assert harness.fix(files, FixSelection.SAFE).findings == ()


def test_a_default_and_its_variable_with_a_comment_each_are_no_drift() -> None:
    tie = "# Port from lib/ports.nix: webuis.web = 8079\n"
    compose = _VARIABLE.replace("8080", "8079").replace("    ports", f"    {tie}    ports")
    env = tie.replace("web =", "wed =") + "WEB_PORT=8079\n"
    files = _files(compose, **{".env": env})
    rules = {finding.rule for finding in harness.run(files).findings}
    assert rules == {"stale-annotation", "unknown-reference"}


def test_tests_and_examples_are_left_out() -> None:
    files = _files(_service("web", "[]"))
    files["tests/compose.yaml"] = files["examples/.env"] = "services:\n  x:\n    ports: ['9:1']\n"
    assert harness.run(files).findings == ()


def test_a_file_that_is_no_yaml_is_reported() -> None:
    files = _files("  web:\n    ports: ['8080:80'\n")
    assert [finding.rule for finding in harness.run(files).findings] == ["unreadable-file"]


def test_a_number_that_is_no_port_is_reported() -> None:
    (finding,) = harness.run(_files(_service("web", "['99999:80']"))).findings
    assert finding.message == "port 99999 of service web is outside 1 to 65535"


_RANGES = "{ services.rtp = { from = 40000; to = 40020; }; services.a = 8070; }"


def _ranged(published: str, annotation: str = "") -> dict[str, str]:
    comment = f"      # Port from lib/ports.nix: {annotation}\n" if annotation else ""
    text = f'services:\n  web:\n    image: x\n    ports:\n{comment}      - "{published}"\n'
    return {"lib/ports.nix": _RANGES, "compose.yaml": text}


@pytest.mark.parametrize(
    ("published", "annotation", "message"),
    [
        ("40000-40020:40000-40020", "services.rtp", None),
        (
            "40000-40010:40000-40010",
            "services.rtp",
            "service web has 40000-40010 for services.rtp, which is 40000-40020 in the registry",
        ),
        (
            "39990-40020:39990-40020",
            "services.rtp",
            "service web has 39990-40020 for services.rtp, which is 40000-40020 in the registry",
        ),
        (
            "8070-8090:70-90",
            "services.a = 8070",
            "service web has 8070-8090 for services.a, which is 8070 in the registry",
        ),
        ("8070:70", "services.a = 8070", None),
        (
            "8070-8090:70-90",
            "",
            "8070-8090 is wider than services.a of lib/ports.nix, which is 8070",
        ),
        (
            "40000-40010:40000-40010",
            "",
            "40000-40010 is not the range of services.rtp of lib/ports.nix, which is 40000-40020",
        ),
        (
            "40000-40020:40000-40020",
            "",
            "no annotation in web ties 40000-40020 to services.rtp of lib/ports.nix",
        ),
        (
            "9100-9110:9100-9110",
            "",
            "web publishes 9100-9110, which lib/ports.nix does not have; add an entry for it",
        ),
    ],
)
def test_a_range_is_the_entrys_only_as_a_whole(
    published: str, annotation: str, message: str | None
) -> None:
    files = _ranged(published, annotation)
    messages = [finding.message for finding in harness.run(files).findings]
    assert messages == ([] if message is None else [message])
    harness.fix(files, FixSelection.ALL)


def test_many_addresses_of_one_port_take_linear_time() -> None:
    items = "".join(
        f'  s{i}:\n    image: x\n    ports:\n      - "127.0.{i // 250}.{i % 250 + 1}:8070:80"\n'
        for i in range(1500)
    )
    first = '  again:\n    image: x\n    ports:\n      - "127.0.0.1:8070:80"\n'
    text = f"services:\n{items}{first}"
    with within(3):
        found = harness.run({"lib/ports.nix": _RANGES, "compose.yaml": text}, ("port-clash",))
    (clash,) = found.findings
    assert clash.message.startswith("again and s0 ")


@pytest.mark.parametrize(
    ("first", "second", "clashes"),
    [
        ("127.0.0.1:9200:80", "127.0.0.2:9200:80", False),
        ("127.0.0.1:9200:80", "127.0.0.1:9200:80", True),
        ("127.0.0.1:9200:80", "9200:80", True),
        ("9200:80", "127.0.0.1:9200:80", True),
        ("0.0.0.0:9200:80", "127.0.0.1:9200:80", True),
        ("127.0.0.1:9200-9201:80-81", "127.0.0.1:9201:80", True),
        ("127.0.0.1:9201:80", "127.0.0.1:9200-9201:80-81", True),
        ("127.0.0.2:9200-9201:80-81", "127.0.0.1:9201:80", False),
    ],
)
def test_two_services_clash_on_one_address(first: str, second: str, *, clashes: bool) -> None:
    text = f'services:\n  a:\n    image: x\n    ports: ["{first}"]\n'
    text += f'  b:\n    image: x\n    ports: ["{second}"]\n'
    found = harness.run({"lib/ports.nix": _RANGES, "compose.yaml": text}, ("port-clash",))
    assert bool(found.findings) is clashes


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        ('"0:80"', ["auto-selected-port compose.yaml:4 0"]),
        ('{target: 80, published: "0"}', ["auto-selected-port compose.yaml:4 0"]),
        ('"99999:80"', ["invalid-port compose.yaml:4 99999"]),
        ('"80"', []),
    ],
)
def test_a_published_port_is_a_valid_one(item: str, shown: list[str]) -> None:
    text = f"services:\n  g:\n    image: x\n    ports: [{item}]\n"
    assert harness.run({"lib/ports.nix": _RANGES, "compose.yaml": text}).shown() == shown


def test_a_byte_order_mark_hides_no_variable() -> None:
    files = _ranged("${A_PORT}:80") | {".env": "\ufeffA_PORT=8071\n"}
    (finding,) = harness.run(files).findings
    assert finding.message.startswith("web publishes 8071")
