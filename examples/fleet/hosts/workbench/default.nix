{ inputs, ports, ... }:
{
  imports = [ inputs.home-manager.nixosModules.home-manager ];

  my.databases.enable = true;

  services = {
    printing.enable = true;

    ollama = {
      enable = true;
      port = ports.ai.ollama;
    };

    open-webui = {
      enable = true;
      host = "0.0.0.0";
      environment.OLLAMA_BASE_URL = "http://127.0.0.1:${toString ports.ai.ollama}";
    };
  };

  networking.firewall.interfaces.tailscale0.allowedTCPPorts = [ ports.webUI.openWebui ];

  home-manager = {
    extraSpecialArgs = { inherit ports; };
    users.sam = ./home.nix;
  };

  system.stateVersion = "25.11";
}
