{
  description = "A machine and a development stack, with ports that cannot clash";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    flake-parts.url = "github:hercules-ci/flake-parts";
    process-compose-flake.url = "github:Platonic-Systems/process-compose-flake";
    port-registry = {
      url = "path:../..";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    inputs@{ flake-parts, nixpkgs, ... }:
    flake-parts.lib.mkFlake { inherit inputs; } {
      systems = [ "x86_64-linux" ];

      imports = [
        inputs.process-compose-flake.flakeModule
        inputs.port-registry.flakeModules.default
        ./dev/process-compose.nix
      ];

      flake.nixosConfigurations.atlas = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        modules = [
          inputs.port-registry.nixosModules.default
          ./hosts/atlas.nix
        ];
      };
    };
}
