# What a development shell runs first: every number of a registry, exported by its name.
registry:
builtins.concatStringsSep "\n" (
  builtins.attrValues (
    builtins.mapAttrs (name: value: "export ${name}=${toString value}") registry.env
  )
)
