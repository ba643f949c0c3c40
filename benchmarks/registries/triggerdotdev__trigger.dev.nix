# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  infrastructure = {
    http = 80;
    https = 443;
    traefik-dashboard = 8080;
  };

  databases = {
    postgresql = 5432;
    database-replica = 5433;
    database-runops = 5434;
    redis = 6379;
    redis-webapp = 6389;
    clickhouse = 8123;
    clickhouse-native = 9000;
    clickhouse-webapp = 9123;
  };

  storage = {
    registry = 5000;
    minio-ui-webapp = 9001;
    minio = 9005;
    minio-ui = 9006;
  };

  otel = {
    otel-collector = 4317;
    otel-collector-http = 4318;
    otel-collector-prometheus = 8889;
  };

  monitoring = {
    grafana = 4001;
    prometheus = 9090;
  };

  development = {
    toxiproxy = 8474;
    toxiproxy-proxy = 30303;
  };

  services = {
    app = 3030;
    electric = 3060;
    electric-shard-1 = 3061;
    s2 = 4566;
    ch-ui = 5521;
    webapp = 8030;
    nginx-h2 = 8443;
  };
}
