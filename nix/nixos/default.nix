# The NixOS module: a registry's ports as options, its firewall, and assertions that fail the
# build where two services would listen on one endpoint.
{
  imports = [
    ./registry.nix
    ./firewall.nix
    ./claims.nix
    ./services.nix
  ];
}
