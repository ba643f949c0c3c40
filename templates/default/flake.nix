{
  description = "A machine and a development stack with one registry of ports";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    port-registry = {
      url = "github:OWNER/port-registry";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    {
      self,
      nixpkgs,
      port-registry,
    }:
    let
      system = "x86_64-linux";
      pkgs = nixpkgs.legacyPackages.${system};
      registry = port-registry.lib.load ./lib/ports.nix;
      stack = pkgs.writeText "process-compose.json" (
        builtins.toJSON (import ./process-compose.nix { inherit pkgs registry; })
      );
    in
    {
      nixosConfigurations.atlas = nixpkgs.lib.nixosSystem {
        inherit system;
        modules = [
          port-registry.nixosModules.default
          ./hosts/atlas.nix
        ];
      };

      # `nix run .#dev` starts the development stack.
      packages.${system}.dev = pkgs.writeShellApplication {
        name = "dev";
        runtimeInputs = [
          pkgs.netcat
          pkgs.process-compose
        ];
        text = "exec process-compose -f ${stack} \"$@\"";
      };

      checks.${system}.port-registry = port-registry.lib.check {
        inherit pkgs;
        src = self;
      };

      devShells.${system}.default = pkgs.mkShell {
        packages = [
          pkgs.process-compose
          port-registry.packages.${system}.default
        ];
        inherit (registry) shellHook;
      };
    };
}
