# As much of NixOS as the module speaks to, and a few services as nixpkgs declares them.
{ lib, ... }:
let
  inherit (lib) mkEnableOption mkOption types;

  openings = {
    allowedTCPPorts = mkOption {
      type = types.listOf types.port;
      default = [ ];
    };
    allowedUDPPorts = mkOption {
      type = types.listOf types.port;
      default = [ ];
    };
    allowedTCPPortRanges = mkOption {
      type = types.listOf (types.attrsOf types.port);
      default = [ ];
    };
    allowedUDPPortRanges = mkOption {
      type = types.listOf (types.attrsOf types.port);
      default = [ ];
    };
  };

  port =
    default:
    mkOption {
      type = types.port;
      inherit default;
    };
  text =
    default:
    mkOption {
      type = types.nullOr types.str;
      inherit default;
    };
in
{
  imports = [
    (lib.mkRenamedOptionModule
      [
        "services"
        "couchdb"
        "port"
      ]
      [
        "services"
        "couchdb"
        "httpd"
        "port"
      ]
    )
    (lib.mkRemovedOptionModule [ "services" "komga" "port" ] "it was removed")
  ];

  options = {
    assertions = mkOption {
      type = types.listOf types.unspecified;
      default = [ ];
    };
    warnings = mkOption {
      type = types.listOf types.str;
      default = [ ];
    };

    networking.hostName = mkOption {
      type = types.str;
      default = "atlas";
    };
    networking.firewall = openings // {
      interfaces = mkOption {
        type = types.attrsOf (types.submodule { options = openings; });
        default = { };
      };
    };

    services = {
      open-webui = {
        enable = mkEnableOption "open-webui";
        host = text "127.0.0.1";
        port = port 8080;
      };
      filebrowser = {
        enable = mkEnableOption "filebrowser";
        settings = mkOption {
          default = { };
          type = types.submodule {
            freeformType = types.attrsOf types.anything;
            options = {
              address = text "localhost";
              port = port 8080;
            };
          };
        };
      };
      # Without options of its own below `settings`: nobody says a port, so the default counts.
      gatus = {
        enable = mkEnableOption "gatus";
        settings = mkOption {
          type = types.attrsOf types.anything;
          default = { };
        };
      };
      miniflux = {
        enable = mkEnableOption "miniflux";
        config = mkOption {
          type = types.attrsOf types.anything;
          default = { };
        };
      };
      openssh = {
        enable = mkEnableOption "openssh";
        ports = mkOption {
          type = types.listOf types.port;
          default = [ 22 ];
        };
        openFirewall = mkEnableOption "its firewall";
        listenAddresses = mkOption {
          type = types.listOf types.attrs;
          default = [ ];
        };
      };
      redis.servers = mkOption {
        default = { };
        type = types.attrsOf (
          types.submodule {
            options = {
              enable = mkEnableOption "redis";
              bind = text "127.0.0.1";
              port = port 6379;
            };
          }
        );
      };
      prometheus.exporters.node = {
        enable = mkEnableOption "the exporter";
        port = port 9100;
      };
      tailscale = {
        enable = mkEnableOption "tailscale";
        port = port 41641;
      };
      endlessh-go = {
        enable = mkEnableOption "endlessh-go";
        listenAddress = text "0.0.0.0";
        port = port 2222;
      };
      postgresql = {
        enable = mkEnableOption "postgresql";
        settings = mkOption {
          type = types.attrsOf types.anything;
          default.port = 5432;
        };
      };
      unbound.enable = mkEnableOption "unbound";
      # The port of a service that is off cannot be looked at.
      cadvisor = {
        enable = mkEnableOption "cadvisor";
        port = mkOption { type = types.port; };
      };
      coturn = {
        enable = mkEnableOption "coturn";
        listening-port = port 3478;
        tls-listening-port = port 5349;
      };
      firezone.relay = {
        enable = mkEnableOption "firezone's relay";
        port = port 3478;
      };
      mailpit.instances = mkOption {
        default = { };
        type = types.attrsOf (
          types.submodule {
            options = {
              smtp = text "127.0.0.1:1025";
              listen = text "127.0.0.1:8025";
            };
          }
        );
      };
      gitea = {
        enable = mkEnableOption "gitea";
        settings = mkOption {
          type = types.attrsOf types.anything;
          default = { };
        };
      };
      couchdb = {
        enable = mkEnableOption "couchdb";
        httpd.port = port 5984;
      };
      komga.enable = mkEnableOption "komga";
    };
  };
}
