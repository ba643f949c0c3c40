# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  infrastructure = {
    ssh = 22;
    http = 80;
    ntp = 123; # udp
    https = 443;
    openvpn = 1194; # udp
    headscale-derp-stun = 3478;
    harmonia = 5001;
    headscale = 8080;
    unifi = 8443;
    portainer-ui-http = 9000;
    headscale-metrics = 9090;
    authelia = 9091;
    authelia-9959 = 9959;
    headscale-grpc = 50443;
  };

  workflows = {
    hydra = 3000;
    buildbot = 8010;
    hydra-badge = 8081;
    buildbot-worker = 9989;
  };

  monitoring = {
    grafana = 3002;
    loki = 3100;
    prometheus = 9092;
    nginx-exporter = 9113;
    redis-exporter = 9121;
    nextcloud-exporter = 9205;
    telegraf = 9273;
  };

  services = {
    blocky = 53; # tcp/udp
    blocky-tls = 853;
    valheim = 2456; # udp
    valheim-2457 = 2457; # udp
    code = 3001;
    blocky-http = 4000;
    anubis = 4444;
    anubis-metrics = 4445;
    binarycache = 5000;
    firefox-syncserver = 5002;
    seerr = 5055;
    mopidy = 6680;
    bazarr = 6767;
    deluge-torrent = 6881; # tcp/udp
    deluge-6891 = 6891;
    jellyfin-discovery = 7359; # udp
    radarr = 7878;
    utilised = 8053;
    jellyfin = 8096;
    deluge = 8112;
    home-assistant = 8123;
    flaresolverr = 8191;
    palworld = 8211;
    tdarr = 8265;
    tdarr-8266 = 8266;
    blocky-https = 8444;
    lidarr = 8686;
    jellyfin-tls = 8920;
    exporters-node = 9100;
    prowlarr = 9696;
    sonarr = 9999;
    opencode = 11434;
    minecraft-bedrock = 19133;
    bedrock-connect = 19134;
    minecraft = 25565;
    deluge-daemon = 58846;
  };
}
