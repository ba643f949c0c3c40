{
  config,
  lib,
  ports,
  ...
}:
{
  options.my.office.enable = lib.mkEnableOption "documents that several people write";

  config = lib.mkIf config.my.office.enable {
    services.collabora-online = {
      enable = true;
      port = ports.webUI.collabora;
    };
  };
}
