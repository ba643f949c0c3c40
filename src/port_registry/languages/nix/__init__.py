"""Nix without Nix: parser and evaluator."""
