# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  infrastructure = {
    ssh = 22;
    dns = 53; # udp
    http = 80;
    https = 443; # tcp/udp
    mdns = 5353; # udp
  };

  storage = {
    garage-door = 8080;
    garage = 8888;
  };

  workflows = {
    hydra = 3000;
  };

  services = {
    yggdrasil = 3443;
    navidrome = 4533;
    iperf3 = 5201;
    jellyfin-discovery = 7359; # udp
    wastebin = 8088;
    jellyfin = 8096;
    cache = 8501;
    webrtc-mediamtx = 8889;
    yggdrasil-9001 = 9001;
  };
}
