# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  infrastructure = {
    ssh = 22;
    http = 80;
    https = 443;
    vxlan = 4789; # udp
    dns = 5353;
    atticd = 8069;
    tailscale = 41641; # udp
    wg = 51821;
  };

  messaging = {
    matrix-synapse = 8008;
    matrix-synapse-9000 = 9000;
  };

  development = {
    middleman = 8082;
    middleman8443 = 8443;
  };

  services = {
    sfh = 3;
    sfhHostport = 4;
    photoprism = 2342;
    firewallForwards = 2456; # udp
    firewallForwards2457 = 2457; # udp
    gitea = 3000;
    vaultwardenWebsocket = 3012;
    vaultwardenRocket = 8080;
    firewallForwards8448 = 8448;
    firewallForwards15636 = 15636; # udp
    firewallForwards15637 = 15637; # udp
    firewallForwards25565 = 25565; # udp
    firewallForwards25566 = 25566;
    firewallForwards25567 = 25567; # udp
    firewallForwards25568 = 25568; # udp
    transmissionPeer = 26180;
    transmissionPeer47016 = 47016;
    vpn = 51820;
    vpn51822 = 51822;
  };
}
