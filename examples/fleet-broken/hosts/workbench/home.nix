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
      MPD_PORT = "6600";
    };

    stateVersion = "25.11";
  };
}
