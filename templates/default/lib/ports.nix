# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  infrastructure = {
    ssh = {
      port = 22;
      openFirewall = true;
    };
  };

  databases = {
    redis = 6379;
  };

  development = {
    api = {
      port = 3000;
      scheme = "http";
    };
  };
}
