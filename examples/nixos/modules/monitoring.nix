{ config, ... }:
{
  services.prometheus.exporters.node = {
    enable = true;
    port = config.port-registry.ports.infrastructure.nodeExporter;
  };
}
