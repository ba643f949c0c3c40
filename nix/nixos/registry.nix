# `port-registry.registry` and what is made of it for this host.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.port-registry;

  registries = import ../lib.nix;

  read =
    if cfg.registry == null then
      registries.read { }
    else
      registries.read { inherit (cfg) registry meta; };

  here = if cfg.host == null then read else read.forHost cfg.host;

  shown = entry: {
    inherit (entry)
      address
      description
      from
      host
      internal
      openFirewall
      port
      protocols
      scheme
      to
      ;
  };

  # Ports by name, as deep as the registry is; a range is a set of two. What else a registry
  # holds is left as it is.
  ports =
    types.lazyAttrsOf (
      types.oneOf [
        types.port
        ports
        types.raw
      ]
    )
    // {
      description = "set of ports by name";
    };

  entry = types.submodule {
    options = {
      port = mkOption {
        type = types.nullOr types.port;
        description = "The port; null for a range.";
      };
      from = mkOption {
        type = types.port;
        description = "The first port.";
      };
      to = mkOption {
        type = types.port;
        description = "The last port; `from` where it is a single one.";
      };
      protocols = mkOption {
        type = types.nonEmptyListOf types.str;
        description = "The transport protocols.";
      };
      host = mkOption {
        type = types.nullOr types.str;
        description = "The machine it is on; null where the registry does not say.";
      };
      address = mkOption {
        type = types.nullOr types.str;
        description = "The address it binds; null where the registry does not say.";
      };
      openFirewall = mkOption {
        type = types.bool;
        description = "Whether the registry says that firewalls are to let it in.";
      };
      internal = mkOption {
        type = types.bool;
        description = "Whether the registry says that no firewall may let it in.";
      };
      scheme = mkOption {
        type = types.nullOr types.str;
        description = "The scheme of its URL; null where it is not known.";
      };
      description = mkOption {
        type = types.str;
        description = "What the registry says of it.";
      };
    };
  };
in
{
  options.port-registry = import ../source.nix { inherit lib; } // {
    host = mkOption {
      type = types.nullOr types.str;
      default = config.networking.hostName or null;
      defaultText = lib.literalExpression "config.networking.hostName";
      description = ''
        Which host's entries are taken: those that name it, and those that name none.
      '';
    };

    ports = mkOption {
      type = ports;
      readOnly = true;
      description = "The ports of the registry, in its own shape.";
    };

    entries = mkOption {
      type = types.attrsOf entry;
      readOnly = true;
      description = "Everything known of each entry, by its dotted name.";
    };
  };

  config = {
    port-registry = {
      inherit (read) ports;
      entries = lib.listToAttrs (
        map (entry: lib.nameValuePair entry.name (shown entry)) here.entries
      );
    };

    # Not thrown, so that whoever builds the system sees it beside all other assertions.
    assertions = [
      {
        assertion = read.problems == [ ];
        message = registries.message read;
      }
    ];
  };
}
