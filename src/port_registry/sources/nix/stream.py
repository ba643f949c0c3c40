"""Conversion of linked Nix files to the common stream of uses."""

from collections.abc import Iterator

from port_registry import model
from port_registry.sources.nix import module_facts
from port_registry.sources.nix.fleet import (
    FirewallOpening,
    Fleet,
    Host,
    HostListener,
    ResolvedReference,
)

_PLACES = {
    module_facts.LiteralContext.ATTRIBUTE: model.Place.OPTION,
    module_facts.LiteralContext.FIREWALL: model.Place.OPTION,
    module_facts.LiteralContext.CONTAINER: model.Place.OPTION,
    module_facts.LiteralContext.ADDRESS: model.Place.ADDRESS,
    module_facts.LiteralContext.COMMAND: model.Place.COMMAND,
    module_facts.LiteralContext.DEFAULT: model.Place.DEFAULT,
}

_ROLES = {
    module_facts.LiteralContext.FIREWALL: model.Role.OPENS,
    module_facts.LiteralContext.CONTAINER: model.Role.PUBLISHES,
}
"""Contexts that imply a role."""


def use_of(literal: module_facts.Literal) -> model.Use:
    """Return `literal` as a use."""
    return model.Use(
        number=literal.number,
        last=literal.last,
        role=_ROLES.get(literal.context, literal.role),
        place=_PLACES[literal.context],
        span=literal.span,
        digits=literal.digits,
        protocols=() if literal.protocol is None else (literal.protocol,),
        host=literal.host,
        label=literal.label,
        keys=literal.setting,
        quoted=literal.quoted,
    )


def source_files(fleet: Fleet) -> tuple[model.SourceFile, ...]:
    """Return the modules of `fleet`, by path."""
    resolved = {id(found.reference) for found in fleet.references}
    return tuple(_source_file(module, resolved) for module in fleet.modules)


def _source_file(module: module_facts.Module, resolved: set[int]) -> model.SourceFile:
    """Return `module` as a source file; `resolved` has its references to registries."""
    return model.SourceFile(
        path=module.path,
        uses=tuple(map(use_of, module.literals)),
        annotations=module.annotations,
        numbers=tuple(
            model.NamedNumber(definition.setting, definition.value.value, definition.value.span)
            for definition in module.definitions
            if isinstance(definition.value, module_facts.IntValue)
        ),
        keys=frozenset(definition.setting for definition in module.definitions),
        defaults=frozenset(
            option.default.value
            for option in module.options
            if isinstance(option.default, module_facts.IntValue)
        ),
        fallbacks=frozenset(
            reference.fallback.span
            for reference in module.references
            if reference.fallback is not None
        ),
        mentions=frozenset(
            step
            for reference in module.references
            if id(reference) not in resolved
            for step in reference.chain.path
            if step is not None
        ),
    )


def references(fleet: Fleet) -> tuple[model.Reference, ...]:
    """Return the references of `fleet` that lead to a registry, by path and place."""
    return tuple(map(_reference, fleet.references))


def _reference(resolved: ResolvedReference) -> model.Reference:
    written = resolved.reference
    fallback = written.fallback
    return model.Reference(
        registry=resolved.registry,
        name=resolved.name,
        certainty=resolved.certainty,
        span=written.span,
        last=written.last,
        written=written.written_steps,
        fallback=None if fallback is None else model.WrittenNumber(fallback.value, fallback.span),
        binds=written.only_renames,
        direct=written.chain.origin is module_facts.AliasOrigin.FILE,
    )


def machines(fleet: Fleet) -> Iterator[model.Machine]:
    """Yield the hosts of `fleet`."""
    for host in fleet.hosts:
        yield model.Machine(
            files=tuple(sorted(host.files)),
            services=tuple(_service(host, listener) for listener in host.listeners),
            shared=tuple(map(_opening, host.openings)),
            kind=model.MachineKind.HOST,
            name=host.name,
            complete=host.complete,
            referenced=host.referenced,
            inactive=host.inactive,
        )


def _service(host: Host, listener: HostListener) -> model.Service:
    """Return a service that listens on one port of `host`."""
    ports, address = listener.endpoint.ports, listener.endpoint.address
    use = model.Use(
        number=ports.first,
        last=ports.last,
        role=model.Role.LISTENS,
        place=model.Place.OPTION,
        span=listener.span,
        digits=None,
        protocols=listener.endpoint.protocols,
        host=address,
        service=listener.service,
        keys=listener.option,
        entry=listener.entry or (),
        origin=listener.origin,
        certainty=listener.certainty,
    )
    return model.Service(
        name=listener.service,
        span=listener.span,
        uses=(use,),
        varying=not host.complete,
    )


def _opening(opening: FirewallOpening) -> model.Use:
    return model.Use(
        number=opening.ports.first,
        last=opening.ports.last,
        role=model.Role.OPENS,
        place=model.Place.OPTION,
        span=opening.span,
        digits=None,
        protocols=(opening.protocol,),
        interface=opening.interface,
        entry=opening.entry or (),
        certainty=opening.certainty,
    )
