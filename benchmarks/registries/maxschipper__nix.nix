# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  infrastructure = {
    adguardhome = 53; # udp
    http = 80;
    https = 443;
    ssdp = 1900; # udp
    adguard = 3001;
    mdns = 5353; # udp
    x11 = 6000; # udp
    airplay-6001 = 6001; # udp
    airplay = 7000;
    airplay-7001 = 7001;
    airplay-7011 = 7011; # udp
    airplay-7100 = 7100;
  };

  messaging = {
    mqtt = 8883;
  };

  storage = {
    ftp = 990;
  };

  monitoring = {
    grafana = 3002;
    prometheus = 9090;
    node-exporter = 9100;
    glances = 61208;
  };

  services = {
    cfgCaddy = 2019;
    immich = 2283;
    webdav = 2345;
    gitea = 3000;
    navidrome = 4533;
    home-assistant = 5580;
    glance = 5678;
    deemix = 6595;
    ttyd = 7681;
    ttyd-btop = 7682;
    hass = 8123;
    stirling-pdf = 8592;
    lidarr = 8686;
    adguard-exporter = 9618;
    smart-exporter = 9633;
    paperless = 28981;
  };
}
