"""Listening sockets from Linux's kernel, by sock_diag(7).

The numbers are those of `linux/netlink.h`, `linux/sock_diag.h`, `linux/inet_diag.h` and
`net/tcp_states.h`.
"""

import socket
import struct
import sys
from collections.abc import Iterator

from port_registry.model import Listener, NamedTuple, Port, Protocol, port_from_int

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST = 0x1
_NLM_F_DUMP = 0x300
_NLM_F_DUMP_INTR = 0x10
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_SKV6ONLY = 11

_TCP_ESTABLISHED = 1
_TCP_CLOSE = 7
"""The state of a socket that is not connected; a TCP socket in it does not listen."""
_TCP_LISTEN = 10
_TCP_BOUND_INACTIVE = 13
"""Selects TCP sockets that are bound and do not listen, whose state is `_TCP_CLOSE`; kernels
before 6.8 do not list them."""
_EVERY_STATE = (1 << _TCP_BOUND_INACTIVE) - 1

_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBBxI2s46x")
_MESSAGE = struct.Struct("=BB2x2s2x16s40xII")
"""Family, state, local port, local address, and after what is skipped, user and inode."""
_ATTRIBUTE = struct.Struct("=HH")

_ADDRESS_BYTES = {socket.AF_INET: 4, socket.AF_INET6: 16}


class _NetlinkQuery(NamedTuple):
    """A query for sockets of one protocol."""

    protocol: Protocol
    number: int
    """The number of the protocol."""
    states: int
    """A bit for each state that a socket may be in."""


_LISTENING = (
    _NetlinkQuery(
        Protocol.TCP, socket.IPPROTO_TCP, (1 << _TCP_LISTEN) | (1 << _TCP_BOUND_INACTIVE)
    ),
    _NetlinkQuery(Protocol.UDP, socket.IPPROTO_UDP, 1 << _TCP_CLOSE),
)
_CONNECTED = (
    _NetlinkQuery(Protocol.TCP, socket.IPPROTO_TCP, _EVERY_STATE & ~_LISTENING[0].states),
    _NetlinkQuery(Protocol.UDP, socket.IPPROTO_UDP, 1 << _TCP_ESTABLISHED),
)

_BUFFER = 1 << 18
_PATIENCE = 5.0
"""Seconds in which the kernel must answer."""
_ATTEMPTS = 4


def listeners(port: Port | None) -> list[Listener]:
    """Return the listening sockets, on `port` or all; raises `OSError` without an answer."""
    return _query(_LISTENING, port)


def connected_sockets(port: Port) -> list[Listener]:
    """Return the sockets whose local port is `port` and that are, or were, connected.

    Raises `OSError` where the kernel does not answer.
    """
    return [listener._replace(listens=False) for listener in _query(_CONNECTED, port)]


def _query(queries: tuple[_NetlinkQuery, ...], port: Port | None) -> list[Listener]:
    sockets: list[Listener] = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as kernel:
        kernel.settimeout(_PATIENCE)
        port_bytes = (port or 0).to_bytes(2, "big")
        for query in queries:
            for family in _ADDRESS_BYTES:
                request = _REQUEST.pack(family, query.number, 0, query.states, port_bytes)
                sockets += _dump(kernel, request, query.protocol)
    return sockets


def _dump(kernel: socket.socket, request: bytes, protocol: Protocol) -> list[Listener]:
    """Return the sockets of one family and protocol.

    Sockets open and close while the kernel lists them. It tells when it may have skipped one
    for that reason, and is asked again; the last answer is taken as it is.
    """
    sockets: list[Listener] = []
    for _ in range(_ATTEMPTS):
        length = _HEADER.size + len(request)
        flags = _NLM_F_REQUEST | _NLM_F_DUMP
        kernel.send(_HEADER.pack(length, _SOCK_DIAG_BY_FAMILY, flags, 0, 0) + request)
        sockets, interrupted = [], False
        address_texts: dict[bytes, str] = {}
        for flags_received, message in _messages(kernel):
            interrupted = interrupted or bool(flags_received & _NLM_F_DUMP_INTR)
            listener = _listener(message, protocol, address_texts)
            if listener is not None:
                sockets.append(listener)
        if not interrupted:
            break
    return sockets


def _messages(kernel: socket.socket) -> Iterator[tuple[int, bytes]]:
    """Yield the flags and the body of each message, until the last one."""
    while True:
        data = kernel.recv(_BUFFER)
        offset = 0
        while offset + _HEADER.size <= len(data):
            length, kind, flags, _, _ = _HEADER.unpack_from(data, offset)
            body = data[offset + _HEADER.size : offset + length]
            if kind == _NLMSG_DONE:
                return
            if kind == _NLMSG_ERROR:
                raise OSError(-int.from_bytes(body[:4], sys.byteorder, signed=True), "sock_diag")
            yield flags, body
            offset += max(_HEADER.size, (length + 3) & ~3)


def _listener(
    message: bytes, protocol: Protocol, address_texts: dict[bytes, str]
) -> Listener | None:
    """Return the socket of `message`; `address_texts` is a cache of formatted addresses."""
    family, state, source, raw, uid, inode = _MESSAGE.unpack_from(message)
    port = port_from_int(int.from_bytes(source, "big"))
    if port is None:
        return None
    address = address_texts.get(raw)
    if address is None:
        address = address_texts[raw] = socket.inet_ntop(family, raw[: _ADDRESS_BYTES[family]])
    only_ipv6 = _only_ipv6(message) if address == "::" else None
    return Listener(
        protocol,
        address,
        port,
        takes_ipv4=None if only_ipv6 is None else not only_ipv6,
        listens=protocol is Protocol.UDP or state == _TCP_LISTEN,
        socket=inode,
        uid=uid,
    )


def _only_ipv6(message: bytes) -> bool | None:
    """Return whether the message's attributes say IPv6 only; None where they do not say."""
    offset = _MESSAGE.size
    while offset + _ATTRIBUTE.size <= len(message):
        length, kind = _ATTRIBUTE.unpack_from(message, offset)
        if kind == _SKV6ONLY:
            return bool(message[offset + _ATTRIBUTE.size])
        offset += max(_ATTRIBUTE.size, (length + 3) & ~3)
    return None
