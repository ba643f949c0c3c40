"""An entry renamed or moved with everything that names it."""

import pytest

from port_registry.changes.change_entry import rename_entry
from port_registry.changes.registry_transaction import open_registry
from port_registry.changes.verify_change import BlockedUseError
from port_registry.model import PortRegistryError
from port_registry.project.progress import NoProgress
from port_registry.project.workspace import Request
from tests.project.made import read, write

_REGISTRY = """\
{
  databases = {
    redis = 6379;
    postgresql = 5432;
  };
  storage.minio = 9000;
}
"""

_MODULE = """\
{{ lib, ... }}:
let
  ports = import ../lib/ports.nix;{bindings}
in
{{
  services.x = {value};
}}
"""


def _module(value: str, bindings: str = "") -> str:
    """Return a module that gives an option `value`."""
    return _MODULE.format(value=value, bindings=bindings and f"\n  {bindings}")


def _rename(root: str, old: str, new: str) -> tuple[str, ...]:
    """Rename an entry of the project at `root`, and return what is told of it."""
    with open_registry(Request(root)) as registry:
        made = rename_entry(registry, tuple(old.split(".")), tuple(new.split(".")), NoProgress())
        registry.write(made.rewrites)
    return tuple(f"{one.path}:{one.position.line}: {one.message}" for one in made.notes)


def _renamed(tmp_path: object, module: str, old: str, new: str, registry: str = _REGISTRY) -> str:
    """Return what becomes of a module when an entry is renamed."""
    root = write(tmp_path, {"lib/ports.nix": registry, "modules/x.nix": module})
    _rename(root, old, new)
    return read(root, "modules/x.nix")


_RENAMED = {
    "the whole way": ("ports.databases.redis", "ports.databases.cache"),
    "quotes": ('ports."databases"."redis"', 'ports."databases".cache'),
    "a string in braces": ('ports.databases.${"redis"}', "ports.databases.cache"),
    "brackets": ("(ports.databases).redis", "(ports.databases).cache"),
    "an import": ("(import ../lib/ports.nix).databases.redis", None),
    "several lines": ("ports\n    .databases\n    .redis", "ports\n    .databases\n    .cache"),
    "a string": ('"x:${toString ports.databases.redis}"', '"x:${toString ports.databases.cache}"'),
    "a fallback": ("ports.databases.redis or null", "ports.databases.cache or null"),
    "a with": ("with ports.databases; [ redis ]", "with ports.databases; [ cache ]"),
    "a with of all": ("with ports; [ databases.redis ]", "with ports; [ databases.cache ]"),
    "an inherit of a with": (
        "with ports.databases; { inherit redis; }",
        "with ports.databases; { redis = cache; }",
    ),
    "a question": (
        "if ports.databases ? redis then ports.databases.redis else null",
        "if ports.databases ? cache then ports.databases.cache else null",
    ),
    "a long question": ("ports ? databases.redis", "ports ? databases.cache"),
    "an inherit": ("{ inherit (ports.databases) redis; }", "{ redis = ports.databases.cache; }"),
    "an inherit of two": (
        "{ inherit (ports.databases) redis postgresql; }",
        "{ inherit (ports.databases) postgresql; redis = ports.databases.cache; }",
    ),
    "a name that is taken": (
        "let cache = 1; in with ports.databases; [ redis cache ]",
        "let cache = 1; in with ports.databases; [ ports.databases.cache cache ]",
    ),
    "another attribute of that name": ("{ redis = 1; }.redis", "{ redis = 1; }.redis"),
}


@pytest.mark.parametrize("case", _RENAMED)
def test_a_reference_in_the_same_category(tmp_path: object, case: str) -> None:
    before, after = _RENAMED[case]
    if after is None:
        after = before.replace("redis", "cache")
    made = _renamed(tmp_path, _module(before), "databases.redis", "databases.cache")
    assert made == _module(after)


_MOVED = {
    "the whole way": ("ports.databases.redis", "ports.storage.redis"),
    "brackets": ("(ports.databases).redis", "(ports.storage).redis"),
    "a with": ("with ports.databases; [ redis ]", "with ports.databases; [ ports.storage.redis ]"),
    "a with of all": ("with ports; [ databases.redis ]", "with ports; [ storage.redis ]"),
    "an inherit": ("{ inherit (ports.databases) redis; }", "{ redis = ports.storage.redis; }"),
    "an inherit of two": (
        "{\n    inherit (ports.databases)\n      redis # fast\n      postgresql\n      ;\n  }",
        (
            "{\n    inherit (ports.databases) # fast\n      postgresql\n      ;\n"
            "    redis = ports.storage.redis;\n  }"
        ),
    ),
    "an inherit of a with": (
        "with ports.databases; { inherit redis; }",
        "with ports.databases; { redis = ports.storage.redis; }",
    ),
    "an inherit of an import": (
        "{ inherit ((import ../lib/ports.nix).databases) redis; }",
        "{ redis = (import ../lib/ports.nix).storage.redis; }",
    ),
}


@pytest.mark.parametrize("case", _MOVED)
def test_a_reference_to_another_category(tmp_path: object, case: str) -> None:
    before, after = _MOVED[case]
    made = _renamed(tmp_path, _module(before), "databases.redis", "storage.redis")
    assert made == _module(after)


def test_an_alias_of_the_category_stays_and_is_left_where_it_leads_no_further(
    tmp_path: object,
) -> None:
    before = _module("[ db.redis db.postgresql ]", "db = ports.databases;")
    assert _renamed(tmp_path, before, "databases.redis", "databases.cache") == before.replace(
        "db.redis", "db.cache"
    )
    assert _renamed(tmp_path, before, "databases.redis", "storage.redis") == before.replace(
        "db.redis", "ports.storage.redis"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("with ports.storage; [ minio ]", "with ports.databases; [ minio ]"),
        ("let s = ports.storage; in [ s.minio ]", "let s = ports.databases; in [ s.minio ]"),
        (
            "let inherit (ports) storage; in [ storage.minio ]",
            "let storage = ports.databases; in [ storage.minio ]",
        ),
    ],
)
def test_a_name_for_a_category_follows_its_last_entry(
    tmp_path: object, before: str, after: str
) -> None:
    made = _renamed(tmp_path, _module(before), "storage.minio", "databases.minio")
    assert made == _module(after)


@pytest.mark.parametrize(
    "value", ["with lib; with ports.storage; [ minio ]", "builtins.attrValues ports.storage"]
)
def test_what_takes_a_category_out_of_which_all_is_gone_stops_everything(
    tmp_path: object, value: str
) -> None:
    with pytest.raises(BlockedUseError, match=r"^modules/x\.nix:6:"):
        _renamed(tmp_path, _module(value), "storage.minio", "databases.minio")


def test_a_local_name_stays(tmp_path: object) -> None:
    before = _module("[ redis ]", "inherit (ports.databases) redis;")
    after = _module("[ redis ]", "redis = ports.databases.cache;")
    assert _renamed(tmp_path, before, "databases.redis", "databases.cache") == after


def test_a_name_may_get_longer_and_shorter(tmp_path: object) -> None:
    before = _module("[ ports.databases.redis (ports.databases).redis ]")
    plain = _module("[ ports.databases.redis ]")
    deep = _module("[ ports.databases.memory.redis ]")
    assert _renamed(tmp_path, plain, "databases.redis", "databases.memory.redis") == deep
    assert _renamed(tmp_path, plain, "databases.redis", "redis") == _module("[ ports.redis ]")
    with pytest.raises(
        BlockedUseError, match=r"^modules/x\.nix:6:40: this reference to databases\.redis"
    ):
        _renamed(tmp_path, before, "databases.redis", "redis")


def test_what_is_in_a_structured_leaf_goes_along(tmp_path: object) -> None:
    registry = '{ vpn.wg = { port = 51820; protocol = "udp"; }; }'
    before = _module(
        "[ ports.vpn.wg.port wg.port (with ports.vpn.wg; [ port ]) ]", "wg = ports.vpn.wg;"
    )
    after = _module(
        "[ ports.net.wire.port wg.port (with ports.net.wire; [ port ]) ]", "wg = ports.net.wire;"
    )
    assert _renamed(tmp_path, before, "vpn.wg", "net.wire", registry) == after


def test_a_name_that_needs_quotes_gets_them(tmp_path: object) -> None:
    before = _module("[ ports.databases.redis (with ports.databases; redis) ]")
    after = _module('[ ports.databases."a b" (with ports.databases; ports.databases."a b") ]')
    assert _renamed(tmp_path, before, "databases.redis", "databases.a b") == after


@pytest.mark.parametrize(
    "value",
    [
        "map (n: ports.databases.${n}) (builtins.attrNames ports.databases)",
        "builtins.mapAttrs (n: _: ports.databases.${n}) ports.databases",
        "map (c: map (n: ports.${c}.${n}) (lib.attrNames ports.${c})) (lib.attrNames ports)",
    ],
)
def test_what_goes_through_all_names_stays(tmp_path: object, value: str) -> None:
    module = _module(value)
    assert _renamed(tmp_path, module, "databases.redis", "databases.cache") == module


@pytest.mark.parametrize(
    "value",
    [
        "map (n: ports.databases.${n}) (builtins.attrNames ports.storage)",
        "map (n: ports.databases.${n}) lib.names",
        "name: ports.databases.${name}",
        "name: ports.${name}.redis",
        'builtins.getAttr "redis" ports.databases',
        'removeAttrs ports.databases [ "redis" ]',
        'lib.attrByPath [ "databases" "redis" ] 0 ports',
    ],
)
def test_what_cannot_be_followed_stops_everything(tmp_path: object, value: str) -> None:
    module = _module(value)
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "modules/x.nix": module})
    write(root, {"modules/y.nix": _module("ports.databases.redis")})
    with pytest.raises(BlockedUseError, match=r"^modules/x\.nix:6:\d+: .*; nothing was changed$"):
        _rename(root, "databases.redis", "databases.cache")
    assert read(root, "lib/ports.nix") == _REGISTRY
    assert read(root, "modules/y.nix") == _module("ports.databases.redis")


def test_what_takes_all_of_a_category_is_told(tmp_path: object) -> None:
    module = _module("builtins.attrValues ports.databases")
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY, "modules/x.nix": module})
    assert "modules/x.nix:6: this takes all of databases, and sees the other name" in _rename(
        root, "databases.redis", "databases.cache"
    )
    assert read(root, "modules/x.nix") == module


_OPTIONS = """\
{ lib, ... }:
{
  options.my.ports = {
    databases.redis = lib.mkOption { type = lib.types.port; default = 6379; };
    storage.minio = lib.mkOption { type = lib.types.port; default = 9000; };
  };
}
"""


def test_options_that_only_share_the_name_stay(tmp_path: object) -> None:
    link = "{ config, ... }: { my.redis = config.my.ports.databases.redis; }"
    user = "{ config, ... }: { services.x = config.my.redis; }"
    files = {"lib/ports.nix": _OPTIONS, "modules/link.nix": link, "modules/user.nix": user}
    root = write(tmp_path, files)
    _rename(root, "databases.redis", "databases.cache")
    assert read(root, "modules/link.nix") == link.replace("databases.redis", "databases.cache")
    assert read(root, "modules/user.nix") == user


def test_an_option_that_a_module_sets_stops_everything(tmp_path: object) -> None:
    host = "{ my.ports.databases.redis = 6380; }"
    root = write(tmp_path, {"lib/ports.nix": _OPTIONS, "modules/host.nix": host})
    with pytest.raises(
        BlockedUseError, match=r"^modules/host\.nix:1:3: a module sets databases\.redis"
    ):
        _rename(root, "databases.redis", "databases.cache")


_FLAKE = """\
{
  outputs = { nixpkgs, ... }: {
    nixosConfigurations.web = nixpkgs.lib.nixosSystem {
      specialArgs.ports = import ./lib/ports.nix;
      modules = [ ./modules/x.nix ];
    };
  };
}
"""


def test_a_host_s_own_entry_goes_along(tmp_path: object) -> None:
    own = "{ databases.redis = 6380; }"
    module = "{ ports, ... }: { services.x = ports.databases.redis; }"
    files = {
        "flake.nix": _FLAKE,
        "lib/ports.nix": _REGISTRY,
        "hosts/web/ports.nix": own,
        "modules/x.nix": module,
    }
    root = write(tmp_path, files)
    _rename(root, "databases.redis", "databases.cache")
    for path in ("hosts/web/ports.nix", "modules/x.nix"):
        assert read(root, path) == files[path].replace("redis", "cache"), path
    assert "cache = 6379;" in read(root, "lib/ports.nix")


def test_comments_go_along(tmp_path: object) -> None:
    stack = """\
processes:
  redis:
    # Port from lib/ports.nix: {name} = 6379
    command: redis-server --port 6379 # redis, of databases.redis
"""
    module = "{{\n  # Port from lib/ports.nix: {name}.port = 6379\n  services.x.port = 6379;\n}}\n"
    files = {
        "lib/ports.nix": "{ databases.redis = { port = 6379; }; }",
        "process-compose.yaml": stack,
        "modules/x.nix": module,
    }
    was = {path: text.format(name="databases.redis") for path, text in list(files.items())[1:]}
    root = write(tmp_path, {**files, **was})
    _rename(root, "databases.redis", 'databases.redis"2')
    for path in was:
        assert read(root, path) == files[path].format(name='databases."redis\\"2"'), path


def test_a_registry_in_toml_is_renamed_with_its_references(tmp_path: object) -> None:
    module = "{ lib, ... }: let p = lib.importTOML ../lib/ports.toml; in { x.port = p.db.redis; }"
    files = {"lib/ports.toml": "[db]\nredis = 6379\n", "modules/x.nix": module}
    root = write(tmp_path, files)
    _rename(root, "db.redis", "db.cache")
    assert read(root, "lib/ports.toml") == "[db]\ncache = 6379\n"
    assert read(root, "modules/x.nix") == module.replace("db.redis", "db.cache")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("databases.rediss", "a.b", "there is no entry `databases.rediss`"),
        ("databases", "a", "`databases` of lib/ports.nix is a category"),
        ("databases.redis", "storage.minio", "already exists"),
        ("databases.redis", "storage", "is a category"),
        ("databases.redis", "storage.minio.x", "is an entry, not a category"),
        ("databases.redis", "databases.Postgresql", "only in spelling"),
    ],
)
def test_names_that_cannot_be(tmp_path: object, old: str, new: str, message: str) -> None:
    root = write(tmp_path, {"lib/ports.nix": _REGISTRY})
    with pytest.raises(PortRegistryError, match=message):
        _rename(root, old, new)
    assert read(root, "lib/ports.nix") == _REGISTRY


def test_the_case_of_a_name_can_be_changed(tmp_path: object) -> None:
    made = _renamed(
        tmp_path, _module("ports.databases.redis"), "databases.redis", "databases.Redis"
    )
    assert made == _module("ports.databases.Redis")


def test_findings_that_are_there_already_do_not_stop_it(tmp_path: object) -> None:
    module = _module("[ ports.databases.rediss ports.databases.redis ]")
    assert _renamed(tmp_path, module, "databases.redis", "databases.redisMain") == _module(
        "[ ports.databases.rediss ports.databases.redisMain ]"
    )


def test_a_name_that_makes_uses_wrong_is_refused(tmp_path: object) -> None:
    stack = "processes:\n  redis:\n    command: redis-server --port 6400"
    stack += " # Port from lib/ports.nix: databases.redis\n"
    registry = _REGISTRY.replace("6379", "6400")
    root = write(tmp_path, {"lib/ports.nix": registry, "process-compose.yaml": stack})
    with pytest.raises(
        BlockedUseError, match=r"^process-compose\.yaml:3:\d+: `check` would find here"
    ):
        _rename(root, "databases.redis", "databases.mysql")
    assert read(root, "lib/ports.nix") == registry
