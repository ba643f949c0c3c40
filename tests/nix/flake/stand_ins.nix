# As much of a nixpkgs flake as the outputs ask for. A derivation is a set that says what it was
# made of; nothing is built.
{ lib }:
let
  drv =
    name: made:
    made
    // {
      type = "derivation";
      inherit name;
      outPath = "/nix/store/00000000000000000000000000000000-${name}";
      drvPath = "/nix/store/00000000000000000000000000000000-${name}.drv";
    };
  call =
    scope: file: given:
    let
      made = import file;
    in
    made (builtins.intersectAttrs (builtins.functionArgs made) scope // given);

  pkgs =
    drvs
    // {
      inherit lib pkgs stdenv;
      callPackage = call pkgs;
      mkShell = drv "shell";
      runCommand =
        name: given: script:
        drv name (given // { inherit script; });
      # As with Nix, the path depends on the text.
      writeText = name: text: builtins.seq text (drv name { inherit text; });
      writeTextFile = given: drv given.name given;
      writeShellApplication = given: drv given.name given;
      python3Packages = pythonPackages;
      python3 = drv "python3" {
        withPackages = pick: drv "python3-env" { packages = pick pythonPackages; };
      };
    };

  drvs = lib.genAttrs [
    "bash"
    "bun"
    "netcat"
    "nixfmt"
    "postgresql_18"
    "process-compose"
    "redis"
  ] (name: drv name { meta.mainProgram = name; });

  stdenv = {
    hostPlatform = {
      system = "x86_64-linux";
      isLinux = true;
    };
    cc.cc.lib = drv "gcc-lib" { };
  };

  pythonPackages = {
    buildPythonApplication = given: drv given.pname given;
    hatchling = drv "hatchling" { };
    pip = drv "pip" { };
    psutil = drv "psutil" { version = "7.1.0"; };
    pyyaml = drv "pyyaml" { version = "6.0.3"; };
  };
in
{
  lib = lib // {
    # The host with stand-ins for NixOS; what it would be built of is not looked at.
    nixosSystem =
      { modules, ... }:
      lib.evalModules {
        modules = [
          ../nixos/stand_ins.nix
          {
            options.boot.isContainer = lib.mkOption { };
            options.system.stateVersion = lib.mkOption { };
          }
        ]
        ++ modules;
      };
  };
  legacyPackages.x86_64-linux = pkgs;
}
