"""The functions of Nix and of nixpkgs' `lib` that registries use."""
