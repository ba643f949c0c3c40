{ config, ... }:
let
  inherit (config.port-registry) ports;
in
{
  services.postgresql = {
    enable = true;
    settings.port = ports.databases.postgresql;
  };

  services.redis.servers."" = {
    enable = true;
    port = ports.databases.redis;
  };

  # Whoever else claims one of them fails the build, and is told of this file.
  port-registry.claims = {
    postgresql.entry = "databases.postgresql";
    redis.entry = "databases.redis";
  };
}
