# `nix run .#dev` starts what the developers work with.
{
  perSystem =
    { config, pkgs, ... }:
    let
      inherit (config.port-registry) lib;
    in
    {
      port-registry.registry = ../lib/ports.nix;

      process-compose.dev.settings.processes = lib.processes (process: {
        redis = process "databases.redis" {
          command = port: "${pkgs.redis}/bin/redis-server --port ${toString port}";
        };

        postgres = process "databases.postgresql" {
          command = port: "${pkgs.postgresql_18}/bin/postgres -D $PGDATA -p ${toString port}";
          environment.PGDATA = "/tmp/pgdata-dev";
        };

        api = process "development.api" {
          command = "${pkgs.bun}/bin/bun run dev";
          readiness_probe.http_get.path = "/health";
          depends_on = {
            redis.condition = "process_healthy";
            postgres.condition = "process_healthy";
          };
        };

        web = process "development.web" {
          command = port: "${pkgs.bun}/bin/bun run web --port ${toString port}";
          depends_on.api.condition = "process_healthy";
        };
      });
    };
}
