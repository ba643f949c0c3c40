# What every machine has.
{ lib, ports, ... }:
{
  services = {
    openssh = {
      enable = true;
      openFirewall = false;
      ports = [ ports.system.ssh ];
    };

    tailscale = {
      enable = true;
      port = ports.infrastructure.tailscale;
    };

    prometheus.exporters.node = {
      enable = true;
      port = lib.mkDefault ports.infrastructure.nodeExporter;
    };
  };

  networking.firewall = {
    enable = true;
    allowedTCPPorts = [ ports.system.ssh ];
    allowedUDPPorts = [ ports.infrastructure.tailscale ];

    # The gateway collects from there.
    interfaces.tailscale0.allowedTCPPorts = [ ports.infrastructure.nodeExporter ];
  };
}
