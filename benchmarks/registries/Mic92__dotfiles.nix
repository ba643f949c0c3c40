# The ports of this project: each has its name here, and everything else refers to it.
# `port-registry add CATEGORY.NAME` gives the next one a port.
{
  infrastructure = {
    ssh = 22;
    smtp = 25;
    dns = 53; # tcp/udp
    dhcp-server = 67; # udp
    http = 80;
    imap = 143;
    https = 443; # tcp/udp
    submission = 587;
    ssh-network = 2222;
    xrdp = 3389;
    dnsmasq = 4011; # udp
    oauth2-proxy = 4180;
    nginx = 5280;
    mdns = 5353; # udp
    caddy = 8080;
    wireguard = 51821; # udp
    dnsmasq-64172 = 64172;
  };

  databases = {
    mysql = 3306;
    postgresql = 5432;
    meilisearch = 7700;
  };

  messaging = {
    rspamd = 11334;
  };

  storage = {
    tftp = 69; # udp
    smb = 445;
    rsyncd = 873;
    syncthing = 8384;
    syncthing-sync = 22000; # tcp
  };

  workflows = {
    n8n = 5678;
  };

  monitoring = {
    grafana = 389;
    grafana-http = 3001;
    loki = 3100;
    fluent-bit = 9080;
    prometheus = 9088;
    prometheus-alertmanager = 9093;
    prometheus-9223 = 9223;
  };

  services = {
    stmps = 465;
    printing = 631;
    dovecot2 = 993;
    step-ca = 1443;
    uptermd = 2323;
    photoprism = 2342;
    gitea = 3002;
    goatcounter = 3004;
    punchcard = 3009;
    vaultwarden = 3011;
    bitwarden = 3012;
    torrent = 3030;
    dovecot2-4170 = 4170;
    dovecot2-managesieve = 4190;
    glowing-bear = 4242;
    glowing-bear-4243 = 4243;
    shiori = 4378;
    phantun = 4567;
    phantun-4568 = 4568;
    cache2 = 5000;
    ts3_martin = 5037; # udp
    tribuchet-hub-metrics = 7438;
    matrix = 7880;
    flakelets = 8010;
    dendrite = 8043;
    lk-jwt-service = 8090;
    minidlna = 8200;
    radicle-mirror = 8776;
    atuin = 8888;
    pinchflat = 8945;
    ts3_putzy = 9000; # udp
    auth-eva = 9091;
    teamspeak3-voice = 9987; # udp
    ts3_sq = 10011;
    teamspeak3-query = 10080;
    quic = 22000; # udp
    ts3_martijn = 22222; # udp
    paperless = 28981;
    ts3_ft = 30033;
    rqbit = 50000; # tcp/udp
    wg-sicily = 51820; # udp
  };
}
