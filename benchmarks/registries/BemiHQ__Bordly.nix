# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  databases = {
    db = 5433;
  };

  storage = {
    minioUI = 9001;
  };

  services = {
    backend = 3000;
    frontend = 3001;
    s3 = 9000;
  };
}
