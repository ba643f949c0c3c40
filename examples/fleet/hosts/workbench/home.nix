{ config, ports, ... }:
{
  services = {
    syncthing.enable = true;

    mpd = {
      enable = true;
      musicDirectory = "${config.home.homeDirectory}/Music";
      network.port = ports.media.mpd;
    };
  };

  home = {
    sessionVariables = {
      MPD_HOST = "localhost";
      MPD_PORT = toString ports.media.mpd;
    };

    stateVersion = "25.11";
  };
}
