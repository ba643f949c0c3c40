{
  imports = [
    ./apps.nix
    ./base.nix
    ./databases.nix
    ./dns.nix
    ./home-automation.nix
    ./media.nix
    ./monitoring.nix
    ./proxy.nix
    ./storage.nix
  ];
}
