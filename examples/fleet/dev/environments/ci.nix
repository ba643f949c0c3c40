# What the processes see in CI.
{ ports }:
{
  DATABASE_URL = "postgres://localhost:${toString ports.databases.postgresql}/ci";
  REDIS_URL = "redis://localhost:${toString ports.databases.redis}/1";
  LOG_LEVEL = "info";
}
