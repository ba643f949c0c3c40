{
  infrastructure = {
    ssh = 22;
    tailscale = 41641;
    nodeExporter = 9100;
    promtail = 9080;
    node-exporter = 9150; # duplicate-name: NODE_EXPORTER, like nodeExporter
  };

  databases = {
    redis = 6380; # was 6379: process-compose.yaml still has the old number
    postgresql = 5432;
    temporal = 7233;
    ledger = 15432; # outside-range: databases are 5000-5999
    queue = 70000; # invalid-port
  };

  development = {
    api = 3000;
    web = 3001;
    temporalUI = 8233;
    storybook = 6006;
    docs = 3001; # duplicate-port: web has it
    preview = 0; # auto-selected-port
    chat = 6667; # restricted-port: browsers refuse it
    shop = 3306; # borrowed-port: a database is known for it
  };

  otel = {
    grpc = 4317;
    http = 4318;
    jaegerUI = 16686;
  };

  storage = {
    minio = 9000;
    minioConsole = 9001;
    sync = 45000; # ephemeral-port
  };
}
