# The module and the stand-ins with a test's own modules: what NixOS would refuse, and what
# `select` takes from the configuration.
{
  lib,
  module,
  modules,
  select ? _: null,
}:
let
  inherit
    (lib.evalModules {
      modules = [
        module
        ./stand_ins.nix
      ]
      ++ modules;
    })
    config
    ;
in
{
  refused = map (one: one.message) (builtins.filter (one: !one.assertion) config.assertions);
  selected = select config;
}
