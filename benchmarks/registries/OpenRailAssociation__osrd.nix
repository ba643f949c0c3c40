# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  databases = {
    postgres = 5432;
    postgres-pr-tests = 5433;
    valkey = 6379;
    valkey-pr-tests = 6380;
  };

  messaging = {
    rabbitmq = 5672;
    rabbitmq-pr-tests = 5673;
    rabbitmq-ui = 15672;
    rabbitmq-15673 = 15673;
  };

  otel = {
    jaeger-otlp-grpc = 4317;
    jaeger-otlp-http = 4318;
    jaeger-pr-tests = 4319;
    jaeger-4320 = 4320;
    jaeger = 16686;
    jaeger-16687 = 16687;
  };

  services = {
    front = 3000;
    gateway = 4000;
    gateway-pr-tests = 4001;
    osrdyne = 4242;
    osrdyne-pr-tests = 4243;
    osrd-images = 8080;
    osrd-images-pr-tests = 8081;
    editoast = 8090;
    editoast-pr-tests = 8091;
  };
}
