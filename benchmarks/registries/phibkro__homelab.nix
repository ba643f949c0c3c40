# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  infrastructure = {
    ssh = 22;
    http = 80;
    https = 443;
    authelia = 9091;
  };

  messaging = {
    ntfy-sh = 8081;
  };

  storage = {
    smb = 445;
    syncthing = 8384;
  };

  monitoring = {
    grafana = 3000;
    gatus = 8082;
    beszel = 8090;
    victoriametrics = 8428;
    node-exporter = 9100;
    victorialogs = 9428;
    nvidia-gpu-exporter = 9835;
  };

  services = {
    blocky = 53; # tcp/udp
    immich = 2283;
    agents = 4173;
    navidrome = 4533;
    seerr = 5055;
    radicale = 5232;
    bazarr = 6767;
    movies = 7878;
    open-webui = 8080;
    qbittorrent = 8083;
    calibre-web = 8084;
    komga = 8085;
    glance = 8086;
    miniflux = 8087;
    suwayomi-server = 8088;
    media = 8096;
    vaultwarden = 8222;
    music = 8686;
    tv = 8989;
    api = 9077;
    memory-origin = 9078;
    projects-origin = 9081;
    filmder = 9092;
    heim = 9094;
    process-exporter = 9256;
    indexers = 9696;
    ui-proxy = 9998;
    control-plane = 9999;
    ollama = 11434;
    stremio = 11470;
    paperless = 28981;
    sunshine-tls = 47984;
    sunshine = 47989;
    sunshine-ui = 47990;
    sunshine-video = 47998; # udp
    sunshine-control = 47999; # udp
    sunshine-audio = 48000; # udp
    sunshine-48002 = 48002; # udp
    sunshine-rtsp = 48010; # tcp/udp
  };
}
