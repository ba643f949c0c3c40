{
  imports = [
    ../modules/databases.nix
    ../modules/firewall.nix
    ../modules/monitoring.nix
  ];

  networking.hostName = "atlas";
  port-registry.registry = ../lib/ports.nix;

  boot.isContainer = true;
  system.stateVersion = "25.11";
}
