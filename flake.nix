{
  description = "One source of truth for the ports of a project, and proof that everything agrees";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];

      forEach =
        make:
        builtins.listToAttrs (
          map (system: {
            name = system;
            value = make nixpkgs.legacyPackages.${system};
          }) (builtins.filter (system: nixpkgs.legacyPackages ? ${system}) systems)
        );

      package = pkgs: pkgs.callPackage ./nix/package.nix { };
    in
    {
      lib = import ./nix;

      nixosModules.default = ./nix/nixos;
      flakeModules.default = ./nix/flake-parts;

      overlays.default = final: _: {
        port-registry = package final;
      };

      packages = forEach (pkgs: {
        default = package pkgs;
      });

      apps = forEach (pkgs: {
        default = {
          type = "app";
          program = "${package pkgs}/bin/port-registry";
        };
      });

      checks = forEach (pkgs: {
        package = package pkgs;
        examples = import ./nix/check.nix {
          inherit pkgs;
          package = package pkgs;
          src = ./examples/nixos;
        };
      });

      devShells = forEach (pkgs: {
        default = pkgs.mkShell {
          packages = [
            (pkgs.python3.withPackages (python: [ python.pip ]))
            pkgs.nixfmt
            pkgs.process-compose
          ];
        };
      });

      templates.default = {
        path = ./templates/default;
        description = "A registry of ports, and everything that refers to it";
      };
    };
}
