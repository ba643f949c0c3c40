{ ports, ... }:
{
  my = {
    dns.enable = true;
    monitoring.enable = true;
    proxy.enable = true;
  };

  networking = {
    nat = {
      enable = true;
      externalInterface = "enp1s0";
      internalInterfaces = [ "wg0" ];
    };

    wireguard.interfaces.wg0 = {
      ips = [ "10.20.0.1/24" ];
      listenPort = ports.infrastructure.wireguard.port;
      privateKeyFile = "/var/lib/wireguard/key";
    };

    firewall.allowedUDPPorts = [ ports.infrastructure.wireguard.port ];
  };

  system.stateVersion = "25.11";
}
