# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  infrastructure = {
    unbound = 53; # tcp/udp
    http = 80;
    https = 443;
  };

  services = {
    printing = 631;
    miniflux = 58000;
    laterfeed = 58001;
    vaultwarden = 58222;
  };
}
