# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  databases = {
    redis = 30001;
    redis30002 = 30002;
    redis30003 = 30003;
    redis30004 = 30004;
    redis30005 = 30005;
    redis30006 = 30006;
  };
}
