{
  config,
  lib,
  ports,
  ...
}:
let
  inherit (ports) media;
in
{
  options.my.media.enable = lib.mkEnableOption "films, music, books and photos";

  config = lib.mkIf config.my.media.enable {
    services = {
      # These three stay on the ports that they bring along.
      jellyfin.enable = true;
      prowlarr.enable = true;
      audiobookshelf = {
        enable = true;
        host = "0.0.0.0";
      };

      sonarr = {
        enable = true;
        settings.server.port = media.sonarr;
      };

      radarr = {
        enable = true;
        settings.server.port = media.radarr;
      };

      navidrome = {
        enable = true;
        settings = {
          Address = "0.0.0.0";
          Port = media.navidrome;
        };
      };

      calibre-web = {
        enable = true;
        listen.port = 8083;
      };

      immich = {
        enable = true;
        host = "0.0.0.0";
        port = media.immich;
      };
    };

    networking.firewall = {
      # The television is not on the tailnet.
      allowedTCPPorts = [ media.jellyfin ];

      interfaces.tailscale0.allowedTCPPorts = [
        media.audiobookshelf
        media.immich
        media.navidrome
        media.prowlarr
        media.radarr
        media.sonarr
      ];
    };
  };
}
