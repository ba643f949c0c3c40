"""Names of proposed entries: the service that listens, never the one that connects to it."""

import pytest

from tests.changes.init.proposing import entries

_HOST = "{ config, ... }: { %s }"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            "services.prometheus.alertmanager.configuration.receivers = "
            '[ { webhook_configs = [ { url = "http://127.0.0.1:9223/"; } ]; } ];',
            {},
            id="a hook that is called names nothing",
        ),
        pytest.param(
            "programs.opencode.settings.provider.ollama.options.baseURL = "
            '"http://localhost:11434/v1";',
            {"services.ollama": "11434"},
            id="the owner that a key names",
        ),
        pytest.param(
            'services.nginx.virtualHosts."garage.example.org".locations."/".proxyPass = '
            '"http://127.0.0.1:8095";',
            {"services.garage": "8095"},
            id="a site of this machine",
        ),
        pytest.param(
            "\n# Matter Server uses 5580 for its API\n"
            "networking.firewall.allowedTCPPorts = [ 5580 ];",
            {"services.matterServer": "5580"},
            id="the comment above that mentions the number",
        ),
        pytest.param(
            'vm.qemuFlags = [ "device usb-host,hostbus=1,hostport=4" ];',
            {},
            id="a number of a socket of another kind",
        ),
    ],
)
def test_the_name_is_that_of_the_listener(body: str, expected: dict[str, str]) -> None:
    assert entries({"configuration.nix": _HOST % body}) == expected


def test_a_service_far_from_its_defaults_is_in_the_category_without_a_range() -> None:
    body = "services.redis.servers.main = { enable = true; port = 9999; };"
    assert list(entries({"configuration.nix": _HOST % body})) == ["services.redis"]
