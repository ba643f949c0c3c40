{
  infrastructure = {
    ssh = {
      port = 22;
      openFirewall = true;
    };
    tailscale = {
      port = 41641;
      protocol = "udp";
      openFirewall = true;
      description = "WireGuard tunnel";
    };
    nodeExporter = 9100;
  };

  databases = {
    redis = 6379;
    postgresql = 5432;
  };

  development = {
    api = {
      port = 3000;
      scheme = "http";
    };
    web = 3001;
  };
}
