"""Files that several tests start from."""

REGISTRY = "lib/ports.nix"
STACK = "process-compose.yaml"

PATTERN_REGISTRY = """\
# lib/ports.nix
{
  infrastructure = {
    ssh = 22;
    tailscale = 41641;
    nodeExporter = 9100;
    promtail = 9080;
  };

  databases = {
    redis = 6379;
    postgresql = 5432;
    temporal = 7233;
  };

  development = {
    api = 3000;
    web = 3001;
    temporalUI = 8233;
    storybook = 6006;
  };

  otel = {
    grpc = 4317;
    http = 4318;
    jaegerUI = 16686;
  };

  storage = {
    minio = 9000;
    minioConsole = 9001;
  };
}
"""

PATTERN_STACK = """\
# process-compose.yaml
processes:
  redis:
    # Port from lib/ports.nix: databases.redis = 6379
    command: redis-server --port 6379

  api:
    # Port from lib/ports.nix: development.api = 3000
    command: bun run dev
    environment:
      PORT: "3000"
    depends_on:
      redis:
        condition: process_healthy

  postgres:
    # Port from lib/ports.nix: databases.postgresql = 5432
    command: postgres -D /tmp/pgdata -p 5432
"""


def project(stack: str, registry: str = PATTERN_REGISTRY) -> dict[str, str]:
    """Return a project of one registry and one process-compose file."""
    return {REGISTRY: registry, STACK: stack}
