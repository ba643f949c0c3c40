"""What rules find in environment files, and how it is mended."""

import pytest

from port_registry.checks.fix import FixSelection
from tests.rules import harness

_REGISTRY = "{\n  databases.redis = 6379;\n  development.api = 3000;\n}\n"
_TIE = "# Port from lib/ports.nix: databases.redis = 6379\n"


def _files(env: str, path: str = ".env", **others: str) -> dict[str, str]:
    return {"lib/ports.nix": _REGISTRY, path: env, **others}


def test_a_number_is_tied_once_a_file() -> None:
    files = _files("REDIS_PORT=6379\nREDIS_URL=redis://localhost:6379/0\n")
    assert harness.run(files).shown() == ["hardcoded-port .env:1 6379"]
    fixed = harness.fix(files, FixSelection.SAFE)
    assert fixed.findings == ()
    assert fixed.files[".env"] == _TIE + files[".env"]


def test_an_annotation_is_put_above_a_value_of_several_lines() -> None:
    files = _files("A=1\nURLS='redis://localhost:1/0,\nredis://localhost:6379/0'\n")
    registry = "{\n  a.b = 1;\n  databases.redis = 6379;\n}\n"
    fixed = harness.fix({**files, "lib/ports.nix": registry}, FixSelection.SAFE)
    assert fixed.files[".env"].startswith("A=1\n# Port from")
    assert fixed.files[".env"].endswith("URLS='redis://localhost:1/0,\nredis://localhost:6379/0'\n")


def test_a_port_that_the_registry_does_not_have_is_reported() -> None:
    files = _files("PORT=4321\nAPI_URL=http://localhost:4321\nSMTP_URL=smtp://mail.acme.org:2525\n")
    (finding,) = harness.run(files).findings
    assert finding.message == (
        "PORT names 4321, which lib/ports.nix does not have; add an entry for it"
    )
    assert [related.message for related in finding.related] == ["API_URL connects to it here"]


@pytest.mark.parametrize(
    "env",
    [
        "SMTP_HOST=mail.acme.org\nSMTP_PORT=2525\n",
        "DATABASE_URL=postgres://db:5433/x\n",
        "DB_HOST=db\nDB_PORT=5433\n",
        "HTTP_PORT=80\n",
        "TIMEOUT=5433\n",
    ],
)
def test_what_is_no_port_of_this_machine_needs_no_entry(env: str) -> None:
    assert harness.run(_files(env)).findings == ()


def test_what_people_copy_needs_no_entry_and_is_tied_all_the_same() -> None:
    files = _files("PORT=4321\nREDIS_PORT=6379\n", ".env.example")
    assert harness.run(files).shown() == ["hardcoded-port .env.example:2 6379"]


def test_a_copy_that_has_not_followed_the_registry_is_mended() -> None:
    old = "# Port from lib/ports.nix: databases.redis = 6380\nREDIS_PORT=6380\n"
    files = _files(old, ".env.example")
    assert harness.run(files).shown() == [
        "stale-annotation .env.example:1 6380",
        "stale-annotation .env.example:2 6380",
    ]
    fixed = harness.fix(files, FixSelection.SAFE)
    assert fixed.files[".env.example"] == f"{_TIE}REDIS_PORT=6379\n"
    assert fixed.findings == ()


def test_an_annotation_that_leads_nowhere_is_reported() -> None:
    files = _files("REDIS_PORT=6379 # Port from lib/ports.nix: database.redis = 6379\n")
    assert harness.run(files).shown() == ["unknown-reference .env:1 database.redis"]
    assert harness.fix(files, FixSelection.SAFE).findings == ()


def test_a_variable_has_one_number_in_every_environment() -> None:
    files = {
        "lib/ports.nix": _REGISTRY,
        ".env.development": "API_PORT=3000\nDB_URL=postgres://localhost:5432/x\n",
        ".env.production": "API_PORT=3001\nDB_URL=postgres://db:5433/x\n",
    }
    checked = harness.run(files, ("environment-drift",))
    assert checked.shown() == ["environment-drift .env.production:1 3001"]


def test_a_variable_that_names_another_service_is_tied_when_asked_alone() -> None:
    files = _files("REDIS_BIND=0.0.0.0:3000\n")
    assert harness.run(files).shown() == ["hardcoded-port .env:1 3000"]
    assert harness.fix(files, FixSelection.SAFE).files == files
    assert harness.fix(files, FixSelection.ALL).findings == ()


def test_what_a_stack_takes_from_env_is_said_once_and_tied_there() -> None:
    files = _files(
        "API_PORT=3000\nREDIS_PORT=6379\n",
        **{"process-compose.yaml": "processes:\n  api:\n    command: serve --port $API_PORT\n"},
    )
    assert harness.run(files).shown() == [
        "hardcoded-port .env:1 3000",
        "hardcoded-port .env:2 6379",
    ]
    fixed = harness.fix(files, FixSelection.SAFE)
    assert fixed.findings == ()
    assert fixed.files[".env"].startswith("# Port from lib/ports.nix: development.api = 3000\n")
    moved = {**fixed.files, "lib/ports.nix": _REGISTRY.replace("3000", "3005")}
    assert harness.fix(moved, FixSelection.SAFE).findings == ()


def test_what_is_a_containers_own_is_not_said() -> None:
    files = _files(
        "INNER_PORT=4321\nOUTER_PORT=4322\n",
        **{"compose.yaml": "services:\n  a:\n    ports: ['${OUTER_PORT}:${INNER_PORT}']\n"},
    )
    assert harness.run(files).shown() == ["unregistered-port .env:2 4322"]


def test_a_comment_means_the_number_below_it_and_not_one_that_connects_elsewhere() -> None:
    env = f"{_TIE}REDIS_PORT=6380\nOTHER=redis://localhost:6379\n"
    files = _files(env)
    assert harness.run(files).shown() == ["stale-annotation .env:2 6380"]
    fixed = harness.fix(files, FixSelection.SAFE)
    assert fixed.findings == ()
    assert fixed.files[".env"] == env.replace("6380", "6379")


@pytest.mark.parametrize(
    "env",
    [
        f"{_TIE}PORT=6380\nOTHER=redis://localhost:6379\n",
        f"{_TIE}REDIS_PORT=3000\n",
        f"{_TIE}REDIS_PORT=6380\nCACHE_PORT=6379\n",
    ],
)
def test_a_number_that_may_mean_something_else_is_stale_and_not_surely(env: str) -> None:
    (finding,) = harness.run(_files(env)).findings
    assert finding.rule == "stale-annotation"
    assert not harness.is_safe(finding)


def test_a_variable_on_the_port_of_another_ones_entry_clashes() -> None:
    files = _files("API_PORT=3000\nREDIS_PORT=3000\n")
    assert harness.run(files).shown() == [
        "hardcoded-port .env:1 3000",
        "port-clash .env:2 3000",
    ]
    clash = harness.run(files).findings[1]
    assert clash.message == (
        "REDIS_PORT and API_PORT (development.api in the registry) both listen on 3000;"
        " give one of them another port"
    )
    fixed = harness.fix(files, FixSelection.SAFE)
    assert [finding.rule for finding in fixed.findings] == ["port-clash"]
    assert fixed.files[".env"].endswith("API_PORT=3000\nREDIS_PORT=3000\n")


def test_a_variable_that_names_another_service_is_not_tied_without_a_look() -> None:
    files = _files("REDIS_PORT=3000\n")
    assert harness.fix(files, FixSelection.SAFE).files == files


def test_a_byte_order_mark_hides_no_variable() -> None:
    files = _files("\ufeffREDIS_PORT=6379\n")
    assert harness.run(files).shown() == ["hardcoded-port .env:1 6379"]


@pytest.mark.parametrize(
    ("env", "shown"),
    [
        ("A_PORT=99999\n", ["invalid-port .env:1 99999"]),
        ("B_PORT=0\n", ["auto-selected-port .env:1 0"]),
        ("HTTP_PORT=-1\n", []),
        ("TIMEOUT=99999\nIMPORT=0\nMAX_PORTS=70000\n", []),
    ],
)
def test_a_variable_that_surely_is_a_port_has_a_valid_one(env: str, shown: list[str]) -> None:
    assert harness.run(_files(env)).shown() == shown


def test_port_zero_in_what_people_copy_is_to_be_replaced() -> None:
    assert harness.run(_files("B_PORT=0\n", ".env.example")).findings == ()
