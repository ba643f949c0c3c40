# Every port of the fleet. What one machine does in its own way is in hosts/<name>/ports.nix.
{
  system = {
    ssh = 22;
    dns = 53; # tcp/udp: the gateway answers for the whole house
    http = 80;
    https = 443;
  };

  infrastructure = {
    prometheus = 9090; # internal
    alertmanager = 9093; # internal
    nodeExporter = 9100;
    nginxExporter = 9113; # internal
    blackboxExporter = 9115; # internal
    postgresExporter = 9187;
    loki = 3100;
    tailscale = 41641; # udp: WireGuard, between the machines
    wireguard = {
      port = 51820;
      protocol = "udp";
      description = "for guests, who have no tailscale";
    };
  };

  databases = {
    postgresql = 5432; # internal
    redis = 6379; # internal
  };

  storage = {
    minio = 9000;
    minioConsole = 9001;
    syncthing = 22000; # tcp/udp
    syncthingDiscovery = 21027; # udp
    syncthingGui = 8384; # internal
  };

  webUI = {
    grafana = 8010; # internal
    forgejo = 8020;
    vaultwarden = 8222;
    paperless = 8030;
    miniflux = 8040;
    uptimeKuma = 8050; # internal
    homepage = 8082; # internal
    adguard = 8090;
    ntfy = 8095; # internal
    openWebui = 8080;
  };

  media = {
    jellyfin = 8096;
    sonarr = 8989;
    radarr = 7878;
    prowlarr = 9696;
    navidrome = 4533;
    audiobookshelf = 8000;
    immich = 2283;
    mpd = 6600;
  };

  home = {
    homeAssistant = 8123;
    mqtt = 1883;
    zigbee2mqtt = 8099;
    esphome = 6052;
  };

  ai.ollama = 11434;

  development = {
    api = 3000;
    web = 3001;
    storybook = 6006;
  };
}
