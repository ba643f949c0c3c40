{
  config,
  lib,
  ports,
  ...
}:
{
  options.my.dns.enable = lib.mkEnableOption "the resolver of the house";

  config = lib.mkIf config.my.dns.enable {
    services.adguardhome = {
      enable = true;
      port = ports.webUI.adguard;
      settings.dns = {
        bind_hosts = [ "0.0.0.0" ];
        port = ports.system.dns;
      };
    };

    networking.firewall = {
      allowedTCPPorts = [ ports.system.dns ];
      allowedUDPPorts = [ ports.system.dns ];
      interfaces.tailscale0.allowedTCPPorts = [ ports.webUI.adguard ];
    };
  };
}
