import os
from contextlib import chdir
from pathlib import Path

import pytest

import port_registry
from port_registry import ConfigError, PortRegistryError, RegistryError, UsageError
from tests.project.made import write

_FILES = {
    "flake.nix": "{ }\n",
    "lib/ports.nix": "{ databases.redis = import ./redis.nix; web.api = 3000; }\n",
    "lib/redis.nix": "6379\n",
    "other/ports.toml": "[web]\napi = 3001\n",
    "modules/cache.nix": "{\n  services.redis.servers.cache.port = 6379;\n}\n",
    "modules/deep/web.nix": '{ services.nginx.virtualHosts.x.locations."/".proxyPass = 3; }\n',
}


@pytest.fixture
def root(tmp_path: object) -> str:
    return write(f"{tmp_path}/root", _FILES)


@pytest.mark.parametrize("path", ["", "lib", "lib/ports.nix", "modules/deep"])
def test_a_registry_by_its_file_or_a_folder_of_its_project(root: str, path: str) -> None:
    for given in (f"{root}/{path}", Path(root, path)):
        registry = port_registry.load(given)
        assert registry.path == "lib/ports.nix"
        assert [entry.port for entry in registry] == [6379, 3000]


def test_what_is_relative_is_so_to_the_current_directory(root: str) -> None:
    with chdir(f"{root}/modules"):
        assert port_registry.load()["web.api"].port == 3000
        assert port_registry.load("../other/ports.toml")["web.api"].port == 3001
        assert [finding.rule for finding in port_registry.check()] == ["hardcoded-port"]


def test_the_configuration_is_heeded(root: str) -> None:
    write(root, {"port-registry.toml": 'registry = "other/ports.toml"\n'})
    assert port_registry.load(root)["web.api"].port == 3001
    write(root, {"port-registry.toml": 'ignore = ["hardcoded-port"]\n'})
    assert port_registry.check(root) == ()
    write(root, {"port-registry.toml": "nope = 1\n"})
    with pytest.raises(ConfigError, match="nope"):
        port_registry.load(root)
    with pytest.raises(ConfigError, match="nope"):
        port_registry.check(root)


def test_findings_and_where_they_are(root: str) -> None:
    (finding,) = port_registry.check(root)
    assert (finding.span.path, finding.position) == ("modules/cache.nix", (2, 39))
    assert finding.severity is port_registry.Severity.WARNING
    assert finding.entries == ("databases.redis",)
    assert port_registry.check(f"{root}/modules/cache.nix") == (finding,)
    assert port_registry.check(f"{root}/modules") == (finding,)
    assert port_registry.check(f"{root}/modules/deep") == ()
    assert port_registry.check(f"{root}/lib/ports.nix") == ()


def test_a_check_writes_nothing(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", f"{root}/../cache")
    before = sorted(os.walk(root))
    assert port_registry.check(root)
    assert sorted(os.walk(root)) == before
    assert not os.path.exists(f"{root}/../cache")


def test_what_is_not_there(root: str) -> None:
    for function in (port_registry.load, port_registry.check):
        with pytest.raises(UsageError, match="no file or folder `nowhere`"):
            function("nowhere")
    os.unlink(f"{root}/lib/ports.nix")
    with pytest.raises(RegistryError, match="no registry"):
        port_registry.load(root)
    with pytest.raises(PortRegistryError, match="not a set of attributes"):
        port_registry.load(f"{root}/lib/redis.nix")


def test_a_folder_that_was_deleted(tmp_path: object) -> None:
    gone = f"{tmp_path}/gone"
    os.mkdir(gone)
    with chdir(gone):
        os.rmdir(gone)
        with pytest.raises(UsageError, match="does not exist any more"):
            port_registry.load()
