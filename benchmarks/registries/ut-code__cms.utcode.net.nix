# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  storage = {
    minio = 9000;
    minioUI = 9001;
  };

  services = {
    betterAuth = 5173;
  };
}
