{
  config,
  lib,
  ports,
  ...
}:
{
  options.my.apps.enable = lib.mkEnableOption "the applications of the house";

  config = lib.mkIf config.my.apps.enable {
    services = {
      forgejo = {
        enable = true;
        database.type = "postgres";
        settings = {
          server = {
            DOMAIN = "git.home.example.org";
            HTTP_PORT = ports.webUI.forgejo;
          };
          cache = {
            ADAPTER = "redis";
            HOST = "redis://localhost:${toString ports.databases.redis}/0";
          };
        };
      };

      vaultwarden = {
        enable = true;
        config = {
          ROCKET_ADDRESS = "0.0.0.0";
          ROCKET_PORT = ports.webUI.vaultwarden;
        };
      };

      mealie.enable = true;

      paperless = {
        enable = true;
        address = "0.0.0.0";
        port = 8030;
      };

      miniflux = {
        enable = true;
        config.LISTEN_ADDR = "0.0.0.0:${toString ports.webUI.miniflux}";
        adminCredentialsFile = "/var/lib/miniflux/admin";
      };
    };

    networking.firewall.interfaces.tailscale0.allowedTCPPorts = with ports.webUI; [
      forgejo
      vaultwarden
      paperless
      miniflux
    ];
  };
}
