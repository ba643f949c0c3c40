"""Listening sockets from Linux's kernel, by sock_diag(7).

The numbers are those of `linux/netlink.h`, `linux/sock_diag.h`, `linux/inet_diag.h` and
`net/tcp_states.h`.
"""

import socket
import struct
import sys
from collections.abc import Iterator
from typing import NamedTuple

from port_registry.model import Listener, Port, Protocol, port_from_int

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
"""The state of a socket that is not connected to anyone, and does not listen if it is TCP's."""
_TCP_LISTEN = 10
_TCP_BOUND_INACTIVE = 13
"""Asks for TCP sockets that were bound and do not listen, whose state is `_TCP_CLOSE`; kernels
before 6.8 do not show them."""
_EVERY_STATE = (1 << _TCP_BOUND_INACTIVE) - 1

_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBBxI2s46x")
_MESSAGE = struct.Struct("=BB2x2s2x16s40xII")
"""Family, state, port and address of this end, and behind what is left out, user and inode."""
_ATTRIBUTE = struct.Struct("=HH")

_ADDRESS_BYTES = {socket.AF_INET: 4, socket.AF_INET6: 16}


class _NetlinkQuery(NamedTuple):
    """What the kernel is asked for."""

    protocol: Protocol
    number: int
    """The protocol's."""
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
"""Seconds in which the kernel must say something."""
_ATTEMPTS = 4


def listeners(port: Port | None) -> list[Listener]:
    """Return what listens, on `port` or anywhere; raises `OSError` where that is not told."""
    return _told(_LISTENING, port)


def connected_sockets(port: Port) -> list[Listener]:
    """Return the sockets that have `port` as their own and are, or were, connected to somebody.

    Raises `OSError` where the kernel does not tell.
    """
    return [one._replace(listens=False) for one in _told(_CONNECTED, port)]


def _told(wanted: tuple[_NetlinkQuery, ...], port: Port | None) -> list[Listener]:
    found: list[Listener] = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as kernel:
        kernel.settimeout(_PATIENCE)
        own = (port or 0).to_bytes(2, "big")
        for asked in wanted:
            for family in _ADDRESS_BYTES:
                request = _REQUEST.pack(family, asked.number, 0, asked.states, own)
                found += _dump(kernel, request, asked.protocol)
    return found


def _dump(kernel: socket.socket, request: bytes, protocol: Protocol) -> list[Listener]:
    """Return the sockets of one family and protocol.

    While the kernel lists them sockets come and go; it says when that may have made it skip
    one, and is asked again then. The last answer is taken as it is.
    """
    found: list[Listener] = []
    for _ in range(_ATTEMPTS):
        length = _HEADER.size + len(request)
        flags = _NLM_F_REQUEST | _NLM_F_DUMP
        kernel.send(_HEADER.pack(length, _SOCK_DIAG_BY_FAMILY, flags, 0, 0) + request)
        found, interrupted = [], False
        shown: dict[bytes, str] = {}
        for kind_flags, message in _messages(kernel):
            interrupted = interrupted or bool(kind_flags & _NLM_F_DUMP_INTR)
            listener = _listener(message, protocol, shown)
            if listener is not None:
                found.append(listener)
        if not interrupted:
            break
    return found


def _messages(kernel: socket.socket) -> Iterator[tuple[int, bytes]]:
    """Yield the flags and the body of each message, until the kernel has said all."""
    while True:
        data = kernel.recv(_BUFFER)
        at = 0
        while at + _HEADER.size <= len(data):
            length, kind, flags, _, _ = _HEADER.unpack_from(data, at)
            body = data[at + _HEADER.size : at + length]
            if kind == _NLMSG_DONE:
                return
            if kind == _NLMSG_ERROR:
                raise OSError(-int.from_bytes(body[:4], sys.byteorder, signed=True), "sock_diag")
            yield flags, body
            at += max(_HEADER.size, (length + 3) & ~3)


def _listener(message: bytes, protocol: Protocol, shown: dict[bytes, str]) -> Listener | None:
    """Return the socket that `message` is about; `shown` keeps addresses as they are shown."""
    family, state, source, raw, uid, inode = _MESSAGE.unpack_from(message)
    port = port_from_int(int.from_bytes(source, "big"))
    if port is None:
        return None
    address = shown.get(raw)
    if address is None:
        address = shown[raw] = socket.inet_ntop(family, raw[: _ADDRESS_BYTES[family]])
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
    """Return what the message's attributes say of IPv6 alone."""
    at = _MESSAGE.size
    while at + _ATTRIBUTE.size <= len(message):
        length, kind = _ATTRIBUTE.unpack_from(message, at)
        if kind == _SKV6ONLY:
            return bool(message[at + _ATTRIBUTE.size])
        at += max(_ATTRIBUTE.size, (length + 3) & ~3)
    return None
