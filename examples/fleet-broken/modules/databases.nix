{
  config,
  lib,
  ports,
  ...
}:
let
  inherit (ports.databases) postgresql redis;
in
{
  options.my.databases.enable = lib.mkEnableOption "the databases";

  config = lib.mkIf config.my.databases.enable {
    services = {
      postgresql = {
        enable = true;
        settings.port = postgresql;
      };

      redis.servers."" = {
        enable = true;
        port = redis;
      };

      prometheus.exporters.postgres = {
        enable = true;
        port = ports.infrastructure.postgresExporter;
        dataSourceName = "user=postgres host=/run/postgresql port=${toString postgresql}";
      };
    };

    networking.firewall = {
      allowedTCPPorts = [ postgresql ];
      interfaces.tailscale0.allowedTCPPorts = [ ports.infrastructure.postgresExporter ];
    };
  };
}
