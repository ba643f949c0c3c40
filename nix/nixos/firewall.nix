# Which entries the firewall lets in, and on which interfaces.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  cfg = config.port-registry;
  names = import ./names.nix { inherit lib; };

  # What the registry says, unless this host says otherwise.
  asked = lib.filterAttrs (_: value: value != false) (
    lib.mapAttrs (_: _: true) (lib.filterAttrs (_: entry: entry.openFirewall) cfg.entries)
    // cfg.openFirewall
  );
  known = lib.filterAttrs (name: _: cfg.entries ? ${name}) asked;

  everywhere = builtins.attrNames (lib.filterAttrs (_: value: value == true) known);
  interfaces = lib.unique (
    builtins.concatLists (builtins.filter builtins.isList (builtins.attrValues known))
  );
  on =
    interface:
    builtins.attrNames (
      lib.filterAttrs (_: value: builtins.isList value && builtins.elem interface value) known
    );

  # What opens `names`, in the words of `networking.firewall`.
  rules =
    names:
    let
      entries = map (name: cfg.entries.${name}) names;
      with' = protocol: builtins.filter (entry: builtins.elem protocol entry.protocols) entries;
      single = entry: entry.port != null;
      ports = protocol: map (entry: entry.from) (builtins.filter single (with' protocol));
      ranges =
        protocol:
        map (entry: { inherit (entry) from to; }) (
          builtins.filter (entry: !single entry) (with' protocol)
        );
    in
    {
      allowedTCPPorts = ports "tcp";
      allowedUDPPorts = ports "udp";
      allowedTCPPortRanges = ranges "tcp";
      allowedUDPPortRanges = ranges "udp";
    };
in
{
  options.port-registry.openFirewall = mkOption {
    type = types.attrsOf (types.either types.bool (types.nonEmptyListOf types.str));
    default = { };
    example = {
      "development.api" = true;
      "databases.redis" = [ "tailscale0" ];
    };
    description = ''
      Entries to open in this host's firewall: on all interfaces, or on those in a list.
      An entry that says `openFirewall = true` in the registry is opened without being named
      here, unless it is `false` here.
    '';
  };

  config = {
    networking.firewall = rules everywhere // {
      interfaces = lib.genAttrs interfaces (interface: rules (on interface));
    };

    assertions =
      lib.mapAttrsToList (name: _: {
        assertion = cfg.entries ? ${name};
        message = names.unknown {
          option = "port-registry.openFirewall.\"${name}\"";
          inherit name;
          inherit (cfg) entries host;
        };
      }) cfg.openFirewall
      ++ lib.mapAttrsToList (name: _: {
        assertion = !cfg.entries.${name}.internal;
        message =
          "port-registry.openFirewall opens ${name}, and the registry says that it must stay"
          + " closed (it is internal); change one of them";
      }) known;
  };
}
