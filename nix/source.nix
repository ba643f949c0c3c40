# The options with which the modules of NixOS and of flake-parts are told the registry.
{ lib }:
let
  inherit (lib) literalExpression mkOption types;
in
{
  registry = mkOption {
    type = types.nullOr (types.either types.path (types.lazyAttrsOf types.anything));
    default = null;
    example = literalExpression "./lib/ports.nix";
    description = ''
      The registry: its file, or a set of names and ports. Several modules may each give a
      part of a set.
    '';
  };

  meta = mkOption {
    type = types.nullOr types.path;
    default = null;
    example = literalExpression "./lib/ports.json";
    description = ''
      What the comments of the registry say, which Nix cannot see: the file that
      `port-registry export json` writes.
    '';
  };
}
