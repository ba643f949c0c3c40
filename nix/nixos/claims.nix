# `port-registry.claims`: who listens on which entry of this host. Two claims of one endpoint
# fail the build, and the message names the files of both.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.port-registry;
  endpoints = import ../endpoints.nix;
  names = import ./names.nix { inherit lib; };

  claim = types.submodule (
    { options, ... }:
    {
      options = {
        entry = mkOption {
          type = types.unique {
            message = "A claim belongs to one module: give the other one a name of its own.";
          } types.str;
          example = "databases.redis";
          description = "The entry's dotted name.";
        };
        address = mkOption {
          type = types.nullOr types.str;
          default = null;
          example = "127.0.0.2";
          description = "The address that is bound; null for the one that the entry says.";
        };
        files = mkOption {
          type = types.listOf types.str;
          readOnly = true;
          internal = true;
          description = "Where the claim is made.";
        };
      };
      config.files = map toString options.entry.files;
    }
  );

  known = lib.filterAttrs (_: claim: cfg.entries ? ${claim.entry}) cfg.claims;

  claims = lib.mapAttrsToList (
    name: claim:
    let
      entry = cfg.entries.${claim.entry};
    in
    {
      inherit name claim;
      endpoint = {
        inherit (entry) from to protocols;
        address = if claim.address == null then entry.address else claim.address;
      };
    }
  ) known;

  # Each claim with the first of the later ones that it cannot live with.
  clashes = builtins.concatMap (
    at:
    let
      one = builtins.elemAt claims at;
      later = lib.drop (at + 1) claims;
      found = lib.findFirst (other: endpoints.clash one.endpoint other.endpoint) null later;
    in
    lib.optional (found != null) {
      inherit one;
      other = found;
    }
  ) (builtins.genList (at: at) (builtins.length claims));

  made = side: "\n  ${side.name}, in ${lib.concatStringsSep " and " side.claim.files}";

  message =
    { one, other }:
    let
      entries =
        if one.claim.entry == other.claim.entry then
          "${one.claim.entry} (${endpoints.show one.endpoint})"
        else
          "${one.claim.entry} and ${other.claim.entry} (${endpoints.show other.endpoint})";
    in
    "two claims want ${entries}:${made one}${made other}\n"
    + "Give one of them an entry of its own (port-registry.claims.${other.name}.entry),"
    + " or another address (port-registry.claims.${other.name}.address).";
in
{
  options.port-registry.claims = mkOption {
    type = types.attrsOf claim;
    default = { };
    example = {
      cache.entry = "databases.redis";
    };
    description = "Who listens on which entry of the registry, by a name that each chooses.";
  };

  config.assertions =
    lib.mapAttrsToList (name: claim: {
      assertion = known ? ${name};
      message = names.unknown {
        option = "port-registry.claims.${name}.entry";
        name = claim.entry;
        inherit (cfg) entries host;
      };
    }) cfg.claims
    ++ map (clash: {
      assertion = false;
      message = message clash;
    }) clashes;
}
