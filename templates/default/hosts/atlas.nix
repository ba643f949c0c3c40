{ config, ... }:
let
  inherit (config.port-registry) ports;
in
{
  port-registry.registry = ../lib/ports.nix;

  networking.hostName = "atlas";

  services.openssh = {
    enable = true;
    openFirewall = false;
    ports = [ ports.infrastructure.ssh ];
  };

  services.redis.servers."" = {
    enable = true;
    port = ports.databases.redis;
  };
  port-registry.claims.redis.entry = "databases.redis";

  # A container has no disks and no boot loader; a real machine says here what it has.
  boot.isContainer = true;
  system.stateVersion = "25.11";
}
