# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  infrastructure = {
    ssh = 22;
    http = 80;
    rpcbind = 111; # tcp/udp
    https = 443;
    squid = 3128;
    proxmox_vnc = { from = 5900; to = 5999; };
    portainer_tunnel = 8000;
    proxmox = 8006;
    portainer_ui_http = 9000;
    portainer = 9443;
  };

  storage = {
    nfs = 2049; # tcp/udp
    nfs_4001 = 4001; # tcp/udp
    nfs_4002 = 4002; # tcp/udp
    nfs_20048 = 20048; # tcp/udp
  };

  monitoring = {
    node_exporter = 9100;
    zfs_exporter = 9134;
    smartctl_exporter = 9633;
  };

  services = {
    blocky_dns = 53;
    blocky = 4000; # tcp/udp
    transmission = 9091;
  };
}
