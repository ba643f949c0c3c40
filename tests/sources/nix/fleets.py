"""Fleets from texts, and what their hosts do in short."""

from collections.abc import Mapping

from port_registry.model import Certainty, HostRegistry, Source, SourceError, format_name
from port_registry.registry.host_registries import host_registries
from port_registry.registry.read import read_registry
from port_registry.sources.nix.fleet import Fleet, Host
from port_registry.sources.nix.link.linker import link
from port_registry.sources.nix.read import read_module

Files = Mapping[str, str]

REGISTRY = "lib/ports.nix"


class _Memory:
    """A reader of texts."""

    def __init__(self, files: Files) -> None:
        self.files = files

    def read(self, path: str) -> Source:
        if path not in self.files:
            raise SourceError("it does not exist", path=path)
        return Source(path, self.files[path])

    def exists(self, path: str) -> bool:
        return path in self.files


def fleet(files: Files) -> Fleet:
    """Link `files`, whose registry, if they have one, is `lib/ports.nix`."""
    reader = _Memory(files)
    parts: list[HostRegistry] = []
    if REGISTRY in files:
        parts.append(HostRegistry(read_registry(reader, REGISTRY, None), ""))
        for path, host in host_registries(sorted(files), REGISTRY):
            parts.append(HostRegistry(read_registry(reader, path, None), host))
    read = [read_module(Source(path, files[path])) for path in sorted(files)]
    return link([module for module in read if module is not None], parts)


def hosts(files: Files) -> dict[str, Host]:
    found = fleet(files).hosts
    named = {host.name: host for host in found}
    assert len(named) == len(found)
    return named


def listening(files: Files) -> list[str]:
    """Return what the one host of `files` listens on.

    `service port/protocols address how`, with a `?` in front where it is likely, and `??`
    where it is only possible.
    """
    found = hosts(files)
    if not found:
        return []
    (host,) = found.values()
    marks = {Certainty.CERTAIN: "", Certainty.LIKELY: "? ", Certainty.POSSIBLE: "?? "}
    return [
        f"{marks[listener.certainty]}{listener.service} {listener.endpoint.ports}/"
        f"{'+'.join(protocol.value for protocol in listener.endpoint.protocols)}"
        f" {listener.endpoint.address or '-'}"
        f" {format_name(listener.entry) if listener.entry else listener.origin.value}"
        for listener in host.listeners
    ]


def alone(body: str) -> dict[str, str]:
    """Return a lone configuration of `body`."""
    return {"configuration.nix": f"{{ config, lib, pkgs, secrets, ... }}:\n{{\n{body}\n}}\n"}
