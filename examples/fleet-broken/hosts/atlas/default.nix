{ ports, ... }:
{
  my = {
    apps.enable = true;
    backup.enable = true;
    databases.enable = true;
    homeAutomation.enable = true;
    media.enable = true;
    storage.enable = true;
  };

  services.minecraft-server = {
    enable = true;
    eula = true;
    declarative = true;
    serverProperties = {
      server-port = ports.games.minecraft;
      enable-rcon = true;
      "rcon.port" = ports.games.minecraftRcon;
    };
  };

  networking.firewall.allowedTCPPorts = [ ports.games.minecraft ];

  system.stateVersion = "25.11";
}
