# What the processes see on a developer's machine.
{ ports }:
{
  DATABASE_URL = "postgres://localhost:${toString ports.databases.postgresql}/dev";
  REDIS_URL = "redis://localhost:${toString ports.databases.redis}/0";
  LOG_LEVEL = "debug";
  DEBUG_PORT = "9229";
}
