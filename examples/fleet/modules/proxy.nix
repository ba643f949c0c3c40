{
  config,
  lib,
  ports,
  ...
}:
let
  cfg = config.my.proxy;

  site = upstream: {
    forceSSL = true;
    enableACME = true;
    locations."/" = {
      proxyPass = upstream;
      proxyWebsockets = true;
    };
  };
in
{
  options.my.proxy = {
    enable = lib.mkEnableOption "the proxy in front of all web pages";

    domain = lib.mkOption {
      type = lib.types.str;
      default = "home.example.org";
      description = "The domain under which every page has a name.";
    };
  };

  config = lib.mkIf cfg.enable {
    services = {
      nginx = {
        enable = true;
        statusPage = true;
        recommendedProxySettings = true;

        virtualHosts = {
          "${cfg.domain}" = site "http://127.0.0.1:${toString ports.webUI.homepage}";
          "grafana.${cfg.domain}" = site "http://127.0.0.1:${toString ports.webUI.grafana}";
          "ntfy.${cfg.domain}" = site "http://127.0.0.1:${toString ports.webUI.ntfy}";
          "status.${cfg.domain}" = site "http://127.0.0.1:${toString ports.webUI.uptimeKuma}";

          "git.${cfg.domain}" = site "http://atlas:${toString ports.webUI.forgejo}";
          "vault.${cfg.domain}" = site "http://atlas:${toString ports.webUI.vaultwarden}";
          "papers.${cfg.domain}" = site "http://atlas:${toString ports.webUI.paperless}";
          "news.${cfg.domain}" = site "http://atlas:${toString ports.webUI.miniflux}";
          "photos.${cfg.domain}" = site "http://atlas:${toString ports.media.immich}";
          "music.${cfg.domain}" = site "http://atlas:${toString ports.media.navidrome}";
          "books.${cfg.domain}" = site "http://atlas:${toString ports.media.audiobookshelf}";
          "tv.${cfg.domain}" = site "http://atlas:${toString ports.media.jellyfin}";
          "house.${cfg.domain}" = site "http://atlas:${toString ports.home.homeAssistant}";

          "chat.${cfg.domain}" = site "http://workbench:${toString ports.webUI.openWebui}";
        };
      };

      homepage-dashboard = {
        enable = true;
        listenPort = ports.webUI.homepage;
      };

      prometheus.exporters.nginx = {
        enable = true;
        port = ports.infrastructure.nginxExporter;
      };
    };

    security.acme = {
      acceptTerms = true;
      defaults.email = "admin@${cfg.domain}";
    };

    networking.firewall.allowedTCPPorts = with ports.system; [
      http
      https
    ];
  };
}
