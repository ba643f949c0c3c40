"""Whether something accepts connections at a host and port, asked as a client would.

All addresses of a host are tried at once, those of IPv4 and of IPv6, and the first that
accepts counts. Nothing here waits longer than it is told to: not for the resolver, not for a
peer that accepts and then says nothing, not for one that says a byte a second.
"""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from enum import Enum
from typing import NamedTuple

from port_registry.model import Port

_LOOPBACK = ("127.0.0.1", "::1")
"""What `localhost` is (RFC 6761, section 6.3), whatever a resolver says of it."""

_MOST_HEAD = 64 * 1024
"""How many bytes of an answer are read to find its status."""

_GOOD = range(200, 400)

_AT_ONCE = struct.pack("ii", 1, 0)
"""The value of SO_LINGER (socket(7)) with which nothing of a closed connection stays."""

_FAREWELL = 0.2
"""Seconds in which a server may close a connection after its answer."""


class ProbeOutcome(Enum):
    """What came of an attempt."""

    ACCEPTED = "accepted"
    ANSWERED = "answered"
    """With a status from 200 to 399."""
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NO_REPLY = "no-reply"
    """Nothing came back, not even a refusal: a full backlog, or a firewall."""
    UNRESOLVED = "unresolved"
    """The host's name leads nowhere, or nobody has said where to yet."""
    SILENT = "silent"
    """The connection was accepted, and no whole answer came."""
    CLOSED = "closed"
    """The connection was accepted and closed without an answer."""
    STATUS = "status"
    """The answer has another status."""
    FOREIGN = "foreign"
    """The answer is not HTTP, or not TLS."""


class Attempt(NamedTuple):
    """One look at a host and port."""

    outcome: ProbeOutcome
    addresses: tuple[str, ...] = ()
    """Those that were tried; where a connection was accepted, the one that did."""
    detail: str = ""
    """The status, or what the system says is wrong."""


class HttpPage(NamedTuple):
    """What is asked of a server that speaks HTTP."""

    path: str
    """From its slash on, with the query."""
    host: str
    """As it stands in the URL, with its port where that has one."""
    secure: bool
    """Whether it is asked over TLS."""


class Resolver:
    """Finds the addresses of hosts, at most one question a host at a time."""

    def __init__(self) -> None:
        self._asked: dict[str, asyncio.Future[tuple[str, ...] | str]] = {}

    async def addresses(self, host: str) -> tuple[str, ...] | str:
        """Return the addresses of `host`, or why there are none."""
        if host.lower().rstrip(".") == "localhost":
            return _LOOPBACK
        if _is_address(host):
            return (host,)
        future = self._asked.get(host)
        if future is None:
            loop = asyncio.get_running_loop()
            future = self._asked[host] = loop.create_future()
            # The system's resolver cannot be interrupted, and a thread of a pool would be
            # waited for at the end.
            asking = threading.Thread(target=_resolve, args=(host, loop, future), daemon=True)
            asking.start()
        found = await asyncio.shield(future)
        self._asked.pop(host, None)
        return found


async def connect(host: str, port: Port, resolver: Resolver, patience: float) -> Attempt:
    """Return what comes of a connection to `port` of `host`, within `patience` seconds."""
    async with _connected(host, port, resolver, patience) as (attempt, _):
        return attempt


async def request_page(
    host: str, port: Port, page: HttpPage, resolver: Resolver, patience: float
) -> Attempt:
    """Return what comes of asking for `page`, within `patience` seconds."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    async with _connected(host, port, resolver, patience) as (attempt, connection):
        if connection is None:
            return attempt
        answer = Attempt(ProbeOutcome.SILENT, attempt.addresses)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                outcome, detail = await _answer(connection, host, page)
                answer = answer._replace(outcome=outcome, detail=detail)
        return answer


@asynccontextmanager
async def _connected(
    host: str, port: Port, resolver: Resolver, patience: float
) -> AsyncGenerator[tuple[Attempt, socket.socket | None]]:
    """Give what came of connecting, and the connection, which is closed afterwards."""
    attempt, connection = Attempt(ProbeOutcome.UNRESOLVED), None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience):
            addresses = await resolver.addresses(host)
            if isinstance(addresses, str):
                attempt = attempt._replace(detail=addresses)
            else:
                attempt = Attempt(ProbeOutcome.NO_REPLY, addresses)
                attempt, connection = await _race(addresses, port)
    try:
        yield attempt, connection
    finally:
        if connection is not None:
            connection.close()


async def _race(addresses: tuple[str, ...], port: Port) -> tuple[Attempt, socket.socket | None]:
    """Connect to all of `addresses`; return the first connection, or why there is none."""
    tries = {asyncio.create_task(_open(address, port)): address for address in addresses}
    waiting = set(tries)
    errors: list[OSError] = []
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                error = one.exception()
                if error is None:
                    accepted = Attempt(ProbeOutcome.ACCEPTED, (tries.pop(one),))
                    return accepted, one.result()
                if not isinstance(error, OSError):
                    raise error
                errors.append(error)
    finally:
        await _drop(tuple(tries))
    return _failed(addresses, errors), None


async def _drop(tries: "tuple[asyncio.Task[socket.socket], ...]") -> None:
    """End the attempts that nobody waits for, and close what they opened."""
    for one in tries:
        one.cancel()
    for found in await asyncio.gather(*tries, return_exceptions=True):
        if isinstance(found, socket.socket):
            found.close()


def _failed(addresses: tuple[str, ...], errors: list[OSError]) -> Attempt:
    """Return what the errors of all addresses come to.

    A refusal says most: the machine is there. A machine without IPv6 has no way to `::1`.
    """
    for error in errors:
        if isinstance(error, ConnectionRefusedError):
            return Attempt(ProbeOutcome.REFUSED, addresses)
    detail = errors[0].strerror if errors else None
    return Attempt(ProbeOutcome.UNREACHABLE, addresses, (detail or "no address").lower())


async def _open(address: str, port: Port) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.settimeout(0)
        await asyncio.get_running_loop().sock_connect(opened, (address, port))
        if opened.getsockname()[:2] == opened.getpeername()[:2]:
            # Where nothing listens, and the system chose the very port for this end, the
            # socket has met itself. Closed the usual way it would keep the port for a minute.
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            raise ConnectionRefusedError
    except BaseException:
        opened.close()
        raise
    return opened


async def _answer(connection: socket.socket, host: str, page: HttpPage) -> tuple[ProbeOutcome, str]:
    """Return what a server answers when it is asked for `page`."""
    context = _trusting() if page.secure else None
    own = connection.dup()
    try:
        reader, writer = await asyncio.open_connection(
            sock=own, ssl=context, server_hostname=host if page.secure else None
        )
    except BaseException as error:
        own.close()
        if isinstance(error, ssl.SSLError):
            return ProbeOutcome.FOREIGN, "it does not speak TLS"
        if isinstance(error, OSError) and not isinstance(error, TimeoutError):
            return ProbeOutcome.CLOSED, ""
        raise
    try:
        writer.write(_request(page))
        status = await _status(reader)
        await _let_close(reader)
        return status
    except ConnectionError:
        return ProbeOutcome.CLOSED, ""
    except ssl.SSLError:
        return ProbeOutcome.FOREIGN, "it does not speak TLS"
    finally:
        # A server that was the first to close would have its port kept for a minute.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        writer.transport.abort()


def _trusting() -> ssl.SSLContext:
    """Return the settings that take any certificate.

    Whether a server is ready is asked, and nothing secret is sent; the certificates on the
    machines of developers are self-signed.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def _let_close(reader: asyncio.StreamReader) -> None:
    """Let the server close the connection, as it was asked to, if it does so soon."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_FAREWELL):
            left = _MOST_HEAD
            while left > 0 and (data := await reader.read(left)):
                left -= len(data)


def _request(page: HttpPage) -> bytes:
    lines = (
        f"GET {page.path} HTTP/1.1",
        f"Host: {page.host}",
        "User-Agent: port-registry",
        "Accept: */*",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


async def _status(reader: asyncio.StreamReader) -> tuple[ProbeOutcome, str]:
    """Return what the head of an answer says; hints before it (RFC 9110, 15.2) are passed."""
    head = b""
    while len(head) < _MOST_HEAD:
        line, found, rest = head.partition(b"\n")
        if not b"HTTP/".startswith(line[:5]):
            return ProbeOutcome.FOREIGN, "it does not speak HTTP"
        if found:
            words = line.split()
            number = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
            if not 100 <= number < 200:
                good = number in _GOOD
                return (ProbeOutcome.ANSWERED if good else ProbeOutcome.STATUS), str(number)
            end = rest.replace(b"\r\n", b"\n").find(b"\n\n")
            if end >= 0:
                head = rest.replace(b"\r\n", b"\n")[end + 2 :]
                continue
        data = await reader.read(4096)
        if not data:
            return ProbeOutcome.CLOSED, ""
        head += data
    return ProbeOutcome.FOREIGN, "it does not speak HTTP"


def _is_address(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        with contextlib.suppress(OSError, ValueError):
            socket.inet_pton(family, host)
            return True
    return False


def _resolve(
    host: str,
    loop: asyncio.AbstractEventLoop,
    future: "asyncio.Future[tuple[str, ...] | str]",
) -> None:
    """Ask the system for the addresses of `host`, and tell the loop, if it is still there."""
    try:
        rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        found: tuple[str, ...] | str = tuple(dict.fromkeys(str(row[4][0]) for row in rows))
    except OSError as error:
        found = str(error.strerror or "unknown").lower()
    except UnicodeError:
        found = "no host can be called so"

    def tell() -> None:
        if not future.done():
            future.set_result(found)

    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(tell)
