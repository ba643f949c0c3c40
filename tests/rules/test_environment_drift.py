"""One service with different numbers in the files of its environments."""

import pytest

from tests.rules import harness
from tests.rules.samples import REGISTRY

RULE = ("environment-drift",)
ENTRIES = "{ webuis.grafana = 8300; }\n"


def nix(number: int) -> str:
    return f"{{\n  services.grafana.settings.server.http_port = {number};\n}}\n"


def stack(number: int) -> str:
    return f"processes:\n  api:\n    command: api --port {number}\n"


def found(files: dict[str, str]) -> list[str]:
    return harness.run({REGISTRY: ENTRIES, **files}, RULE).shown()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("environments/dev.nix", "environments/prod.nix"),
        ("envs/dev/web.nix", "envs/production/web.nix"),
        ("deploy/web-qa.nix", "deploy/web-staging.nix"),
        ("modules/web.local.nix", "modules/web.qa.nix"),
    ],
)
def test_nix_files_of_two_environments(first: str, second: str) -> None:
    assert found({first: nix(3001), second: nix(3002)}) == [f"environment-drift {second}:2 3002"]
    assert found({first: nix(3001), second: nix(3001)}) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Machines are called so.
        ("hosts/dev/default.nix", "hosts/prod/default.nix"),
        ("hosts/dev.nix", "hosts/prod.nix"),
        # Not the same file.
        ("environments/dev/a.nix", "environments/prod/b.nix"),
        ("environments/one.nix", "environments/two.nix"),
        ("modules/device.nix", "modules/product.nix"),
    ],
)
def test_files_that_are_no_siblings(first: str, second: str) -> None:
    assert found({first: nix(3001), second: nix(3002)}) == []


def test_other_settings_are_other_numbers() -> None:
    other = "{\n  services.loki.configuration.server.http_listen_port = 3002;\n}\n"
    assert found({"environments/dev.nix": nix(3001), "environments/prod.nix": other}) == []


def test_the_number_of_an_entry_is_not_the_one_to_blame() -> None:
    files = {"environments/dev.nix": nix(3001), "environments/prod.nix": nix(8300)}
    checked = harness.run({REGISTRY: ENTRIES, **files}, RULE)
    assert checked.shown() == ["environment-drift environments/dev.nix:2 3001"]
    (finding,) = checked.findings
    assert finding.entries == ("webuis.grafana",)
    assert [related.span.path for related in finding.related] == ["environments/prod.nix"]


def test_the_one_that_differs_from_all_others_is_to_blame() -> None:
    files = {
        "environments/dev.nix": nix(3002),
        "environments/prod.nix": nix(3001),
        "environments/staging.nix": nix(3001),
    }
    assert found(files) == ["environment-drift environments/dev.nix:2 3002"]


def test_two_files_of_one_machine_may_differ() -> None:
    flake = (
        "{ outputs = { nixpkgs, ... }: { nixosConfigurations.web = nixpkgs.lib.nixosSystem"
        " { modules = [ ./environments/dev.nix ./environments/prod.nix ]; }; }; }\n"
    )
    files = {"environments/dev.nix": nix(3001), "environments/prod.nix": nix(3002)}
    assert found({**files, "flake.nix": flake}) == []


def test_process_compose_files_of_two_environments() -> None:
    files = {
        "process-compose.dev.yaml": stack(3001),
        "process-compose.prod.yaml": stack(3002),
    }
    assert found(files) == ["environment-drift process-compose.prod.yaml:3 3002"]


def test_environment_files_that_stacks_read() -> None:
    def reading(name: str) -> str:
        return f"processes:\n  api:\n    command: api\n    env_file: {name}\n"

    files = {
        "one/process-compose.yaml": reading("../.env.development"),
        "two/process-compose.yaml": reading("../.env.production"),
        ".env.development": "API_PORT=3001\n",
        ".env.production": "API_PORT=3002\n",
    }
    assert found(files) == ["environment-drift .env.production:1 3002"]


def test_what_drifts_is_not_reported_as_unregistered_too() -> None:
    files = {"environments/dev.nix": nix(3001), "environments/prod.nix": nix(3002)}
    rules = ("environment-drift", "unregistered-port")
    checked = harness.run({REGISTRY: ENTRIES, **files}, rules)
    assert checked.shown() == ["environment-drift environments/prod.nix:2 3002"]
