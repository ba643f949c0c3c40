{
  description = "Three machines and a development stack with one registry of ports";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    flake-parts.url = "github:hercules-ci/flake-parts";
    home-manager = {
      url = "github:nix-community/home-manager/release-25.11";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    process-compose-flake.url = "github:Platonic-Systems/process-compose-flake";
  };

  outputs =
    inputs@{ flake-parts, nixpkgs, ... }:
    let
      inherit (nixpkgs) lib;

      # What a host says of its ports is put over what the fleet says.
      portsOf =
        name: lib.recursiveUpdate (import ./lib/ports.nix) (import ./hosts/${name}/ports.nix);

      mkHost =
        name:
        lib.nixosSystem {
          system = "x86_64-linux";
          specialArgs = {
            inherit inputs;
            ports = portsOf name;
          };
          modules = [
            ./modules
            ./hosts/${name}
            { networking.hostName = name; }
          ];
        };
    in
    flake-parts.lib.mkFlake { inherit inputs; } {
      systems = [ "x86_64-linux" ];

      imports = [
        inputs.process-compose-flake.flakeModule
        ./dev/process-compose.nix
      ];

      flake.nixosConfigurations = {
        gateway = mkHost "gateway";
        atlas = mkHost "atlas";
        workbench = mkHost "workbench";
      };
    };
}
