# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  databases = {
    plane-db = 5432;
    plane-redis = 6379;
  };

  messaging = {
    rabbitmq = 5672;
  };

  storage = {
    plane-minio = 9000;
    plane-minio-9090 = 9090;
  };

  services = {
    proxy = 80;
    proxy-https = 443;
    web = 3000;
    admin = 3001;
    space = 3002;
    api = 3004;
    live = 3100;
    api-local = 8000;
  };
}
