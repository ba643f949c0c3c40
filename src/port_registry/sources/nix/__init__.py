"""Every Nix file that names a port: modules, flakes and the hosts they make."""
