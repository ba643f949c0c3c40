# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  databases = {
    postgresql = 5432;
  };

  services = {
    atlasMcp = 3001;
    atlas = 8080;
  };
}
