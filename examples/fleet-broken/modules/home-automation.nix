{
  config,
  lib,
  ports,
  ...
}:
let
  cfg = config.my.homeAutomation;
in
{
  options.my.homeAutomation.enable = lib.mkEnableOption "lamps, heating and sensors";

  config = lib.mkIf cfg.enable {
    services = {
      home-assistant = {
        enable = true;
        config.http.server_port = ports.home.homeAssistant;
      };

      mosquitto = {
        enable = true;
        listeners = [ { port = ports.home.mqtt; } ];
      };

      esphome = {
        enable = true;
        address = "0.0.0.0";
      };
    };

    virtualisation.oci-containers.containers.zigbee2mqtt = {
      image = "ghcr.io/koenkk/zigbee2mqtt:2.6.3";
      ports = [ "127.0.0.1:${toString ports.home.zigbee2mqtt}:8080" ];
      environment.ZIGBEE2MQTT_CONFIG_MQTT_SERVER = "mqtt://10.88.0.1:${toString ports.home.mqtt}";
      volumes = [ "/var/lib/zigbee2mqtt:/app/data" ];
    };

    networking.firewall = {
      # Sensors speak to the broker, people to the house.
      allowedTCPPorts = [ ports.home.mqtt ];
      interfaces.tailscale0.allowedTCPPorts = with ports.home; [
        esphome
        homeAssistant
      ];
    };
  };
}
