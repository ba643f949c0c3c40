# The outputs of `examples/nixos`, made by the real flake-parts and process-compose-flake.
{
  lib,
  root,
  flakeParts,
  processComposeFlake,
}:
let
  outputs = import ./outputs.nix { inherit lib root; };

  # A flake's type is what flake-parts tells flakes from other inputs by.
  flake =
    value:
    value
    // {
      _type = "flake";
      inputs = { };
      outputs = value;
      sourceInfo = { };
    };

  inputs = {
    self = flake { outPath = toString (root + "/examples/nixos"); } // {
      inherit inputs;
    };
    nixpkgs = flake outputs.nixpkgs;
    port-registry = flake outputs.self;
    process-compose-flake = flake {
      flakeModule = processComposeFlake + "/nix/flake-module.nix";
    };
    flake-parts = ((import (flakeParts + "/flake.nix")).outputs {
      self = flake { outPath = toString flakeParts; };
      # A lib on its own may not know which nixpkgs it is of.
      nixpkgs-lib.lib = lib // {
        version = "25.11";
      };
    });
  };
  made = inputs.flake-parts.lib.evalFlakeModule { inherit inputs; } (
    module (root + "/examples/nixos/flake.nix")
  );

  # What the flake gives to `mkFlake`.
  module =
    file:
    (import file).outputs (
      inputs
      // {
        flake-parts = {
          lib.mkFlake = _: given: given // { _file = toString file; };
        };
      }
    );
in
made.config
