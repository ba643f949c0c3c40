# ssh and tailscale say in the registry that they are to be opened, and for which protocol.
{ config, ... }:
let
  inherit (config.port-registry) ports;
in
{
  services.openssh = {
    enable = true;
    openFirewall = false;
    ports = [ ports.infrastructure.ssh ];
  };

  services.tailscale = {
    enable = true;
    port = ports.infrastructure.tailscale;
  };

  # What collects the numbers comes through the tunnel.
  port-registry.openFirewall."infrastructure.nodeExporter" = [ "tailscale0" ];
}
