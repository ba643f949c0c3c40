{
  config,
  lib,
  ports,
  ...
}:
{
  options.my.storage.enable = lib.mkEnableOption "files and backups";

  config = lib.mkIf config.my.storage.enable {
    services = {
      minio = {
        enable = true;
        listenAddress = ":${toString ports.storage.minio}";
        consoleAddress = ":${toString ports.storage.minioConsole}";
      };

      syncthing = {
        enable = true;
        guiAddress = "127.0.0.1:${toString ports.storage.syncthingGui}";
        settings.options.listenAddresses = [
          "tcp://:${toString ports.storage.syncthing}"
          "quic://:${toString ports.storage.syncthing}"
        ];
      };
    };

    networking.firewall = {
      allowedTCPPorts = [
        ports.storage.syncthing
        ports.storage.syncthingDiscovery
      ];
      allowedUDPPorts = [ ports.storage.syncthing ];
      interfaces.tailscale0.allowedTCPPorts = [
        ports.storage.minio
        ports.storage.minioConsole
      ];
    };
  };
}
