# What the module system makes of a flake's hosts.
#
# The flake's inputs are stand-ins, and so are the modules of NixOS and home-manager: of a
# service they declare no more than how it is enabled and where its port is set, and take
# everything else as it comes.
{
  # nixpkgs' lib.
  lib,
  folder,
  # As JSON, a list of `{ system, enable, option, default, protocol }`. Paths are lists, in
  # which `*` stands for every name or item; `enable` and `option` may be empty, `default`
  # may be null.
  services,
}:
let
  inherit (lib) types;

  servicesOf = system: lib.filter (one: one.system == system) (builtins.fromJSON services);

  optionOf =
    type: default:
    lib.mkOption {
      inherit type default;
    };

  declare = lib.foldl' (
    options: one:
    if one.path == [ ] || lib.elem "*" one.path then
      options
    else
      lib.recursiveUpdate options (lib.setAttrByPath one.path (optionOf types.anything one.value))
  ) { };

  enables = map (one: {
    path = one.enable;
    value = false;
  });

  settings =
    list:
    map (one: {
      path = one.option;
      value = one.default;
    }) (lib.filter (one: one.default != null) list);

  optionsOf = system: declare (enables (servicesOf system) ++ settings (servicesOf system));

  pkgs = lib.genAttrs [
    "bun"
    "minio-client"
    "postgresql_18"
    "redis"
  ] (name: "/nix/store/${name}");

  everythingElse._module.freeformType = types.lazyAttrsOf types.anything;

  rules = {
    allowedTCPPorts = optionOf (types.listOf types.port) [ ];
    allowedUDPPorts = optionOf (types.listOf types.port) [ ];
  };

  nixos = {
    imports = [ everythingElse ];
    options = lib.recursiveUpdate (optionsOf "nixos") {
      networking.firewall = rules // {
        interfaces = optionOf (types.attrsOf (types.submodule { options = rules; })) { };
      };
    };
  };

  home-manager =
    { config, ... }:
    let
      user = types.submoduleWith {
        specialArgs = config.home-manager.extraSpecialArgs;
        modules = [
          everythingElse
          {
            options = optionsOf "home-manager";
            config.home.homeDirectory = "/home/user";
          }
        ];
      };
    in
    {
      options.home-manager = {
        extraSpecialArgs = optionOf types.raw { };
        users = optionOf (types.attrsOf user) { };
      };
    };

  mkFlake =
    _: module:
    let
      inherit
        (lib.evalModules {
          modules = [
            module
            {
              options = {
                systems = optionOf types.raw [ ];
                flake = optionOf types.raw { };
                perSystem = optionOf types.deferredModule { };
              };
            }
          ];
        })
        config
        ;
    in
    config.flake
    // {
      stacks =
        (lib.evalModules {
          modules = [
            config.perSystem
            everythingElse
          ];
          specialArgs = { inherit pkgs; };
        }).config.process-compose;
    };

  flake = (import (folder + "/flake.nix")).outputs {
    self = flake;
    nixpkgs.lib = lib // {
      nixosSystem =
        { modules, specialArgs, ... }:
        lib.evalModules {
          specialArgs = specialArgs // {
            inherit pkgs;
          };
          modules = modules ++ [ nixos ];
        };
    };
    flake-parts.lib = { inherit mkFlake; };
    home-manager.nixosModules = { inherit home-manager; };
    process-compose-flake.flakeModule = { };
  };

  valuesAt =
    path: value:
    if path == [ ] then
      lib.flatten value
    else if lib.head path == "*" then
      lib.concatMap (valuesAt (lib.tail path)) (
        if lib.isList value then value else lib.attrValues value
      )
    else if value ? ${lib.head path} then
      valuesAt (lib.tail path) value.${lib.head path}
    else
      [ ];

  isOn = config: one: one.enable == [ ] || lib.elem true (valuesAt one.enable config);

  listening =
    system: config:
    lib.concatMap (
      one:
      map (value: {
        inherit (one) protocol;
        inherit value;
      }) (if one.option == [ ] then [ one.default ] else valuesAt one.option config)
    ) (lib.filter (isOn config) (servicesOf system));

  opened =
    interface:
    { allowedTCPPorts, allowedUDPPorts, ... }:
    let
      all =
        protocol:
        map (port: {
          inherit interface protocol port;
        });
    in
    all "tcp" allowedTCPPorts ++ all "udp" allowedUDPPorts;
in
{
  inherit (flake) stacks;

  hosts = lib.mapAttrs (
    _:
    { config, ... }:
    let
      inherit (config.networking) firewall;
    in
    {
      listeners =
        listening "nixos" config
        ++ lib.concatMap (listening "home-manager") (
          lib.attrValues (config.home-manager.users or { })
        );

      openings =
        opened "" firewall ++ lib.concatLists (lib.mapAttrsToList opened firewall.interfaces);

      # What only modules that are off would set has no value.
      config = lib.filterAttrs (
        name: value: name != "_module" && (builtins.tryEval value).success
      ) config;
    }
  ) flake.nixosConfigurations;
}
