{
  config,
  lib,
  ports,
  ...
}:
let
  infra = ports.infrastructure;

  targets = addresses: [ { targets = addresses; } ];
in
{
  options.my.monitoring.enable = lib.mkEnableOption "metrics, logs and alerts of the fleet";

  config = lib.mkIf config.my.monitoring.enable {
    services = {
      prometheus = {
        enable = true;
        listenAddress = "127.0.0.1";
        port = infra.prometheus;

        scrapeConfigs = [
          {
            job_name = "node";
            static_configs = targets (
              map (host: "${host}:${toString infra.nodeExporter}") [
                "gateway"
                "atlas"
                "workbench"
              ]
            );
          }
          {
            job_name = "nginx";
            static_configs = targets [ "localhost:${toString infra.nginxExporter}" ];
          }
          {
            job_name = "postgres";
            static_configs = targets [
              "atlas:${toString infra.postgresExporter}"
              "workbench:${toString infra.postgresExporter}"
            ];
          }
        ];

        alertmanagers = [
          { static_configs = targets [ "localhost:${toString infra.alertmanager}" ]; }
        ];

        alertmanager = {
          enable = true;
          listenAddress = "127.0.0.1";
          port = infra.alertmanager;
          configuration = {
            route.receiver = "ntfy";
            receivers = [
              {
                name = "ntfy";
                webhook_configs = [
                  { url = "http://localhost:${toString ports.webUI.ntfy}/alerts"; }
                ];
              }
            ];
          };
        };

        exporters.blackbox = {
          enable = true;
          port = infra.blackboxExporter;
          configFile = ./blackbox.yml;
        };
      };

      grafana = {
        enable = true;
        settings.server = {
          http_addr = "127.0.0.1";
          http_port = ports.webUI.grafana;
        };
        provision.datasources.settings.datasources = [
          {
            name = "Prometheus";
            type = "prometheus";
            url = "http://localhost:${toString infra.prometheus}";
          }
          {
            name = "Loki";
            type = "loki";
            url = "http://localhost:${toString infra.loki}";
          }
        ];
      };

      loki = {
        enable = true;
        configuration.server.http_listen_port = infra.loki;
      };

      ntfy-sh = {
        enable = true;
        settings = {
          base-url = "https://ntfy.home.example.org";
          listen-http = "127.0.0.1:${toString ports.webUI.ntfy}";
        };
      };

      uptime-kuma = {
        enable = true;
        settings.PORT = toString ports.webUI.uptimeKuma;
      };
    };

    # The machines send their logs.
    networking.firewall.interfaces.tailscale0.allowedTCPPorts = [ infra.loki ];
  };
}
