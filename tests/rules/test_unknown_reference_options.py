"""References to options that a registry's own module declares beside its entries."""

from tests.rules import harness

_ALLOCATOR = """\
{ config, lib, ... }:
let
  cfg = config.homelab.ports;
  span = cfg.range.to - cfg.range.from + 1;
in
{
  options.homelab.ports = {
    range = lib.mkOption {
      default = { };
      type = lib.types.submodule { options.from = lib.mkOption { default = 3000; }; };
    };
    reserved = lib.mkOption {
      default = { postgres = 5432; redis = 6379; mysql = 3306; };
      type = lib.types.attrsOf lib.types.port;
    };
  };
  config.services.postgresql.settings.port = cfg.reserved.postgres;
}
"""


def _messages(registry: str) -> list[str]:
    host = "{ imports = [ ./modules/ports.nix ]; }\n"
    files = {"modules/ports.nix": registry, "configuration.nix": host}
    found = harness.run(files, ("unknown-reference",))
    return [finding.message for finding in found.findings]


def test_what_is_below_an_option_that_is_empty_by_default_is_not_known() -> None:
    assert _messages(_ALLOCATOR) == []


def test_what_is_below_an_option_with_a_default_is() -> None:
    wrong = _ALLOCATOR.replace("cfg.reserved.postgres", "cfg.reserved.postgers")
    assert _messages(wrong) == [
        "modules/ports.nix has no entry reserved.postgers; did you mean reserved.postgres?"
    ]
