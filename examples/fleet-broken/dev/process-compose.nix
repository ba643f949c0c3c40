# `nix run .#dev` starts what the developers work with, `nix run .#ci` what their tests need.
{
  perSystem =
    { pkgs, ... }:
    let
      ports = import ./ports.nix;
      db = ports.databases;

      servers = {
        postgres = {
          command = "${pkgs.postgresql_18}/bin/postgres -D $PGDATA -p ${toString db.postgresql}";
          readiness_probe.exec.command = "${pkgs.postgresql_18}/bin/pg_isready -p ${toString db.postgresql}";
        };

        redis = {
          command = "${pkgs.redis}/bin/redis-server --port ${toString db.redis}";
          readiness_probe.exec.command = "${pkgs.redis}/bin/redis-cli -p ${toString db.redis} ping";
        };

        api = {
          command = "${pkgs.bun}/bin/bun run api";
          environment.PORT = toString ports.development.api;
          readiness_probe.http_get = {
            host = "localhost";
            port = ports.development.api;
            path = "/health";
          };
          depends_on = {
            postgres.condition = "process_healthy";
            redis.condition = "process_healthy";
          };
        };
      };

      pages = {
        web = {
          command = "${pkgs.bun}/bin/bun run web --port ${toString ports.development.web}";
          environment.API_URL = "http://localhost:${toString ports.development.api}";
          depends_on.api.condition = "process_healthy";
        };

        storybook = {
          command = "${pkgs.bun}/bin/bun run storybook --port ${toString ports.development.storybook}";
        };
      };
    in
    {
      process-compose = {
        dev.settings = {
          environment = import ./environments/local.nix { inherit ports; };
          processes = servers // pages;
        };

        ci.settings = {
          environment = import ./environments/ci.nix { inherit ports; };
          processes = servers;
        };
      };
    };
}
