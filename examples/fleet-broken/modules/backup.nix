# The files of the house go to the object store every night.
{
  config,
  lib,
  pkgs,
  ...
}:
{
  options.my.backup.enable = lib.mkEnableOption "backups";

  config = lib.mkIf config.my.backup.enable {
    systemd.services.backup = {
      startAt = "03:30";
      environment.MC_HOST_minio = "http://localhost:9000";
      script = "${pkgs.minio-client}/bin/mc mirror --overwrite /srv minio/backups";
    };
  };
}
