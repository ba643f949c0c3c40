# The whole of it, for flakes and for those who use none: what lib.nix has; a registry that is
# loaded also has `process`, `processes` and `shellHook`; and `check` is the program's own
# check as a derivation.
let
  lib = import ./lib.nix;
in
lib
// {
  load =
    given:
    let
      registry = lib.load given;
    in
    registry
    // import ./process-compose.nix { inherit registry; }
    // {
      shellHook = import ./shell.nix registry;
    };

  check =
    {
      pkgs,
      src,
      package ? pkgs.callPackage ./package.nix { },
    }:
    import ./check.nix { inherit pkgs package src; };
}
