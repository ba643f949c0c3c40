"""An environment file on its own: whoever reads it, its variables speak of ports."""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping

from port_registry import model
from port_registry.facts.words import word_set
from port_registry.languages import dotenv, provenance
from port_registry.sources.shared import comment_annotations, use_collector, variables
from port_registry.sources.shared.addresses import AddressReach, addresses, reach_of

_PORT = "PORT"

_TEMPLATES = word_set("paths", "env-templates")
"""Words in the names of files that people copy."""

_HOSTS = ("HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS", "IP", "ENDPOINT")
"""What the variable next to `…_PORT` is called that says whose port it is."""


_POSTGRESQL = ("POSTGRES_", "POSTGRESQL_", "DB_", "DATABASE_")
"""What `…_PORT` begins with where PostgreSQL's own `PGHOST` may say whose port it is."""


def read_env(source: model.Source, seen: Collection[model.Span] = ()) -> model.Machine:
    """Return the machine of which an environment file speaks.

    `seen` are the places that are spoken of already: they are left out with the annotations
    that cover nothing else. What is no assignment says nothing.
    """
    document = dotenv.parse_leniently(source)
    name = posixpath.basename(source.path).lower()
    annotations = tuple(comment_annotations.annotations_in(source, document))
    uses, elsewhere = _named(source, document.variables)
    uses = [
        use
        for use in uses
        if not (use.role is model.Role.LISTENS and use.number <= model.LAST_SYSTEM_PORT)
    ]
    told = [use for use in (*uses, *elsewhere) if use.shown in seen]
    shared = tuple(use for use in uses if use.shown not in seen)
    return model.Machine(
        files=(source.path,),
        shared=shared,
        annotations=tuple(
            one
            for one in annotations
            if not any(comment_annotations.covers(one, use.shown) for use in told)
            or any(comment_annotations.covers(one, use.shown) for use in shared)
        ),
        kind=model.MachineKind.VARIABLES,
        elsewhere=tuple(use for use in elsewhere if use.shown not in seen),
        is_template=not _TEMPLATES.isdisjoint(re.split(r"[._-]", name)),
    )


def _named(
    source: model.Source, given: Mapping[str, model.TracedText]
) -> tuple[list[model.Use], list[model.Use]]:
    """Return the ports of this machine that the variables `given` name, and those of others."""
    doubts = provenance.UnknownTracker()
    doubts.add_budget(len(source.text))
    owner = variables.EnvironmentOwner("", frozenset(), frozenset())
    where = use_collector.UseDefaults("", model.Place.ENVIRONMENT, None)
    found, remote = use_collector.UseCollector(doubts), use_collector.UseCollector(doubts)
    if not found.spend_budget(where, given.values()):
        return [], []
    for name, value in given.items():
        variables.read_variable(name, value, owner, where, found, "")
        for number in _remote(name, value):
            remote.add(where, number)
    uses: list[model.Use] = []
    elsewhere = list(remote.uses)
    for use in found.uses:
        host = _host_beside(use, given)
        placed = use if host is None else use._replace(host=host)
        is_remote = host is not None and reach_of(host) is AddressReach.REMOTE
        (elsewhere if is_remote else uses).append(placed)
    return uses, elsewhere


def _host_beside(use: model.Use, given: Mapping[str, model.TracedText]) -> str | None:
    """Return the host that the variable next to a `…_PORT` names; None where none does."""
    if use.host is not None or use.role is not model.Role.REPEATS or not use.label.endswith(_PORT):
        return None
    prefix = use.label.removesuffix(_PORT)
    names = [prefix + ending for ending in _HOSTS]
    if prefix in _POSTGRESQL:
        names.append("PGHOST")
    for name in names:
        value = given.get(name)
        host = "" if value is None else value.text.strip()
        if host and provenance.UNKNOWN not in host:
            return host.partition("://")[2].partition("/")[0] or host
    return None


def _remote(name: str, value: model.TracedText) -> Iterator[use_collector.TextNumber]:
    """Yield the ports of other machines in the addresses that a variable holds."""
    for address in addresses(value.text):
        digits = value.text[address.start : address.end]
        if address.reach is AddressReach.REMOTE and model.parse_port(digits) is not None:
            yield use_collector.TextNumber(
                value, address.start, address.end, model.Role.CONNECTS, address.host, label=name
            )
