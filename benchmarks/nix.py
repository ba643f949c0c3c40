"""Generates trees of Nix modules of a given size, most of which name no port, as in the wild."""

import os
import shutil
from collections.abc import Iterable

_IN_A_FOLDER = 100
"""Modules in each folder of a generated tree."""
_SPEAKING = 18
"""One module of so many names ports: about as many as in home-manager."""
_ENTRIES = 200

_SILENT = """\
{{
  config,
  lib,
  pkgs,
  ...
}}:
let
  inherit (lib) mkEnableOption mkIf mkOption types;
  cfg = config.programs.{name};
  settings = lib.generators.toKeyValue {{ mkKeyValue = key: value: "--${{key}}=${{value}}"; }};
in
{{
  meta.maintainers = [ lib.maintainers.someone ];

  options.programs.{name} = {{
    enable = mkEnableOption "{name}, which supports and exports important things";
    package = lib.mkPackageOption pkgs "{name}" {{ }};
    settings = mkOption {{
      type = types.attrsOf types.str;
      default = {{ }};
      example = {{ theme = "dark"; pager = "less -FR"; }};
      description = ''
        Settings of {name}, written to {{file}}`$XDG_CONFIG_HOME/{name}/config`.
        See <https://example.org/{name}/manual.html> for what there is.
      '';
    }};
  }};

  config = mkIf cfg.enable {{
    home.packages = [ cfg.package ];
    xdg.configFile."{name}/config" = mkIf (cfg.settings != {{ }}) {{
      text = settings cfg.settings;
    }};
    programs.bash.initExtra = ''
      eval "$(${{lib.getExe cfg.package}} init bash)"
    '';
  }};
}}
"""

_NAMING = """\
{{
  config,
  lib,
  pkgs,
  ...
}}:
let
  inherit (lib) mkEnableOption mkIf mkOption types;
  ports = import {up}lib/ports.nix;
  cfg = config.services.{name};
in
{{
  options.services.{name} = {{
    enable = mkEnableOption "{name}";
    port = mkOption {{
      type = types.port;
      default = ports.group{group}.svc{entry};
      description = "The port that {name} listens on.";
    }};
  }};

  config = mkIf cfg.enable {{
    systemd.services.{name} = {{
      description = "{name}";
      wantedBy = [ "multi-user.target" ];
      environment.PORT = toString cfg.port;
      serviceConfig.ExecStart = ''
        ${{pkgs.{name}}}/bin/{name} --listen 127.0.0.1:${{toString ports.group{group}.svc{entry}}}
      '';
    }};
    networking.firewall.allowedTCPPorts = [ ports.group{group}.svc{entry} ];
    services.nginx.virtualHosts."{name}.example.org".locations."/".proxyPass =
      "http://127.0.0.1:${{toString ports.group{group}.svc{entry}}}/";
  }};
}}
"""

_FLAKE = """\
{
  outputs =
    { nixpkgs, ... }:
    {
      nixosConfigurations.machine = nixpkgs.lib.nixosSystem { modules = [ ./modules ]; };
    };
}
"""


def write_tree(folder: str, modules: int) -> None:
    """Write a flake of one machine that imports so many modules, and their registry."""
    groups = [
        range(start, min(start + _IN_A_FOLDER, modules))
        for start in range(0, modules, _IN_A_FOLDER)
    ]
    _write(folder, "flake.nix", _FLAKE)
    _write_registry(folder)
    _write(folder, "modules/default.nix", _imports(f"./group{at}" for at in range(len(groups))))
    for at, group in enumerate(groups):
        below = f"modules/group{at}"
        _write(folder, f"{below}/default.nix", _imports(f"./module{index}.nix" for index in group))
        for index in group:
            _write(folder, f"{below}/module{index}.nix", _module(index))


def write_knot(folder: str, modules: int) -> None:
    """Write a flake of one machine in which each module imports all that come after it."""
    _write(folder, "flake.nix", _FLAKE)
    _write_registry(folder)
    _write(
        folder, "modules/default.nix", _imports(f"./module{index}.nix" for index in range(modules))
    )
    for index in range(modules):
        later = " ".join(f"./module{other}.nix" for other in range(index + 1, modules))
        text = _module(index * _SPEAKING).replace("../../", "../")
        head = "{\n  options."
        _write(
            folder,
            f"modules/module{index}.nix",
            text.replace(head, f"{{\n  imports = [ {later} ];\n  options.", 1),
        )


def copy_tree(source: str, folder: str) -> None:
    """Copy the Nix files of a checkout into `folder`, with a registry if they have none."""
    shutil.copytree(source, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git"))
    if not os.path.exists(os.path.join(folder, "lib", "ports.nix")):
        _write_registry(folder)


def _module(index: int) -> str:
    if index % _SPEAKING:
        return _SILENT.format(name=f"program{index}")
    entry = index // _SPEAKING % _ENTRIES
    return _NAMING.format(name=f"service{index}", up="../../", group=entry // 100, entry=entry)


def _imports(paths: Iterable[str]) -> str:
    lines = "".join(f"    {path}\n" for path in paths)
    return f"{{\n  imports = [\n{lines}  ];\n}}\n"


def _write_registry(folder: str) -> None:
    groups = "".join(
        f"  group{start // 100} = {{\n"
        + "".join(f"    svc{index} = {11000 + index};\n" for index in range(start, start + 100))
        + "  };\n"
        for start in range(0, _ENTRIES, 100)
    )
    _write(folder, "lib/ports.nix", f"{{\n{groups}}}\n")
    _write(folder, "port-registry.toml", "")


def _write(folder: str, path: str, text: str) -> None:
    whole = os.path.join(folder, path)
    os.makedirs(os.path.dirname(whole), exist_ok=True)
    with open(whole, "w", encoding="utf-8") as file:
        file.write(text)
