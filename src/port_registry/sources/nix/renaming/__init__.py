"""References in Nix files that follow an entry to its other name."""
