# The development stack. `process` gives each process the port of its entry, in its command
# and as `PORT`, and a probe; two processes on one endpoint are refused.
{ pkgs, registry }:
{
  version = "0.5";

  processes = registry.processes (process: {
    redis = process "databases.redis" {
      command = port: "${pkgs.redis}/bin/redis-server --port ${toString port}";
    };

    api = process "development.api" {
      command = port: "${pkgs.python3}/bin/python -m http.server ${toString port}";
      depends_on.redis.condition = "process_healthy";
    };
  });
}
