# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  databases = {
    postgres = 5432;
    redis-cluster = 6370;
    redis-cluster-6371 = 6371;
    redis-cluster-6372 = 6372;
    redis-cluster-6373 = 6373;
    redis-cluster-6374 = 6374;
    redis-cluster-6375 = 6375;
    redis = 6379;
    clickhouse = 8123;
    clickhouse-native = 9000;
    redis-cluster-announce-bus = 16370;
    redis-cluster-announce-bus-16371 = 16371;
    redis-cluster-announce-bus-16372 = 16372;
    redis-cluster-announce-bus-16373 = 16373;
    redis-cluster-announce-bus-16374 = 16374;
    redis-cluster-announce-bus-16375 = 16375;
  };

  storage = {
    minio = 9090;
    minio-ui = 9091;
    azurite = 10000;
  };

  services = {
    langfuse-web = 3000;
    langfuse-worker = 3030;
    otel-exporter-otlp = 4318;
    floci = 4566;
  };
}
