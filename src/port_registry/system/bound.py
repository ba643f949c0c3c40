"""Whether a port can be listened on now, by trying to."""

from port_registry.model.port import Port, Protocol
from port_registry.system.vacancy import Vacancy, vacancy


def is_bound(port: Port, protocols: tuple[Protocol, ...]) -> bool:
    """Return whether something holds `port` with one of `protocols`, on any address.

    What the system does not let this user try counts as free, and so does what only
    connections that were closed a moment ago keep back.
    """
    return any(vacancy(port, protocol, None) is Vacancy.TAKEN for protocol in protocols)
