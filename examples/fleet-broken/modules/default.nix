{
  imports = [
    ./apps.nix
    ./backup.nix
    ./base.nix
    ./databases.nix
    ./dns.nix
    ./home-automation.nix
    ./media.nix
    ./monitoring.nix
    ./office.nix
    ./proxy.nix
    ./storage.nix
  ];
}
