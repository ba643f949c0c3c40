# The module for flake-parts: `perSystem.port-registry` adds a check, the program, a shell that
# knows the numbers, and helpers for process-compose.
{
  flake-parts-lib,
  self,
  ...
}:
{
  options.perSystem = flake-parts-lib.mkPerSystemOption (
    {
      config,
      lib,
      pkgs,
      ...
    }:
    let
      inherit (lib) mkOption types;
      cfg = config.port-registry;

      registry = (import ../lib.nix).load { inherit (cfg) registry meta; };

      inherit
        (import ../process-compose.nix {
          inherit registry;
          connect = address: port: "${lib.getExe' pkgs.netcat "nc"} -z ${address} ${toString port}";
        })
        process
        processes
        ;
    in
    {
      options.port-registry = import ../source.nix { inherit lib; } // {
        src = mkOption {
          type = types.path;
          default = self;
          defaultText = lib.literalExpression "self";
          description = "What is checked.";
        };

        package = mkOption {
          type = types.package;
          default = pkgs.callPackage ../package.nix { };
          defaultText = lib.literalMD "the program of this flake, with your nixpkgs";
          description = "The program.";
        };

        shellHook = mkOption {
          type = types.str;
          readOnly = true;
          description = "Exports the registry's numbers, for a shell of your own.";
        };

        lib = mkOption {
          type = types.lazyAttrsOf types.raw;
          readOnly = true;
          description = ''
            The registry as it was loaded, with `process` and `processes`, which fill in the
            processes of a process-compose file.
          '';
        };
      };

      config = lib.mkIf (cfg.registry != null) {
        port-registry = {
          shellHook = import ../shell.nix registry;
          lib = registry // {
            inherit process processes;
          };
        };

        packages.port-registry = cfg.package;

        checks.port-registry = import ../check.nix {
          inherit pkgs;
          inherit (cfg) package src;
        };

        devShells.port-registry = pkgs.mkShell {
          packages = [ cfg.package ];
          inherit (cfg) shellHook;
        };
      };
    }
  );
}
