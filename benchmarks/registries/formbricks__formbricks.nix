# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  databases = {
    postgres = 5432;
    valkey = 6379;
  };

  storage = {
    rustfs = 9000;
    rustfsUI = 9001;
  };

  development = {
    mailhog = 1025;
    mailhogUI = 8025;
  };

  services = {
    formbricks = 3000;
    cube = 4000;
    cube4001 = 4001;
    vllm = 8000;
    hub = 8080;
  };
}
