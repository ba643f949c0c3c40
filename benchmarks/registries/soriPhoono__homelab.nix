# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  services = {
    opencode = 11434;
    tailscale-sidecar = 41642; # udp
    sunshine = 47989;
  };
}
