"""Probe of whether something accepts connections at a host and port, as a client would connect.

All addresses of a host are tried at once, those of IPv4 and of IPv6, and the first that
accepts counts. Nothing here waits longer than its patience: not for the resolver, not for a
peer that accepts and then sends nothing, not for one that sends a byte a second.
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

from port_registry.model import NamedTuple, Port
from port_registry.system.host import is_numeric

_LOOPBACK = ("127.0.0.1", "::1")
"""The addresses of `localhost` (RFC 6761, section 6.3), whatever a resolver returns."""

_MAX_HEAD = 64 * 1024
"""How many bytes of a response are read to find its status."""

_SUCCESS = range(200, 400)

_NO_LINGER = struct.pack("ii", 1, 0)
"""The value of SO_LINGER (socket(7)) that leaves nothing of a closed connection."""

_CLOSE_PATIENCE = 0.2
"""Seconds in which a server may close a connection after its response."""


class ProbeOutcome(Enum):
    """The outcome of an attempt."""

    ACCEPTED = "accepted"
    ANSWERED = "answered"
    """With a status from 200 to 399."""
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    NO_REPLY = "no-reply"
    """There was no reply, not even a refusal: a full backlog, or a firewall."""
    UNRESOLVED = "unresolved"
    """The host's name has no address, or is not resolved yet."""
    SILENT = "silent"
    """The connection was accepted, and no complete response came."""
    CLOSED = "closed"
    """The connection was accepted and closed without a response."""
    STATUS = "status"
    """The response has another status."""
    FOREIGN = "foreign"
    """The response is not HTTP, or not TLS."""


class Attempt(NamedTuple):
    """One attempt to connect to a host and port."""

    outcome: ProbeOutcome
    addresses: tuple[str, ...] = ()
    """The addresses that were tried; only the accepting one where there is one."""
    detail: str = ""
    """The HTTP status, or the error of the system."""


class HttpPage(NamedTuple):
    """A page to request with HTTP."""

    path: str
    """From its first slash, with the query."""
    host: str
    """As in the URL, with its port where that has one."""
    secure: bool
    """Whether it is requested over TLS."""


class Resolver:
    """Resolves hosts, at most one query per host at a time."""

    def __init__(self) -> None:
        self._asked: dict[str, asyncio.Future[tuple[str, ...] | str]] = {}

    async def addresses(self, host: str) -> tuple[str, ...] | str:
        """Return the addresses of `host`, or why there are none."""
        if host.lower().rstrip(".") == "localhost":
            return _LOOPBACK
        if is_numeric(host):
            return (host,)
        future = self._asked.get(host)
        if future is None:
            loop = asyncio.get_running_loop()
            future = self._asked[host] = loop.create_future()
            # The system's resolver cannot be interrupted, and the program's end would wait for
            # a thread of a pool.
            asking = threading.Thread(target=_resolve, args=(host, loop, future), daemon=True)
            asking.start()
        found = await asyncio.shield(future)
        self._asked.pop(host, None)
        return found


async def attempt_connection(
    host: str, port: Port, page: HttpPage | None, resolver: Resolver, patience: float
) -> Attempt:
    """Return the outcome of connecting to `port` of `host`, and of requesting `page` if any.

    It takes at most `patience` seconds.
    """
    until = asyncio.get_running_loop().time() + patience
    async with _connected(host, port, resolver, patience) as (attempt, connection):
        if connection is None or page is None:
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
    """Yield the outcome of connecting, and the connection, which is closed afterwards."""
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
    """Return the first connection to one of `addresses`, or why there is none."""
    attempts = {asyncio.create_task(_open(address, port)): address for address in addresses}
    waiting = set(attempts)
    errors: list[OSError] = []
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is None:
                    accepted = Attempt(ProbeOutcome.ACCEPTED, (attempts.pop(task),))
                    return accepted, task.result()
                if not isinstance(error, OSError):
                    raise error
                errors.append(error)
    finally:
        # The other attempts are over, and what they opened is closed.
        for task in attempts:
            task.cancel()
        for result in await asyncio.gather(*attempts, return_exceptions=True):
            if isinstance(result, socket.socket):
                result.close()
    # A refusal counts most: the machine is reachable. One without IPv6 cannot reach `::1`.
    if any(isinstance(error, ConnectionRefusedError) for error in errors):
        return Attempt(ProbeOutcome.REFUSED, addresses), None
    detail = errors[0].strerror if errors else None
    reason = (detail or "no address").lower()
    return Attempt(ProbeOutcome.UNREACHABLE, addresses, reason), None


async def _open(address: str, port: Port) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.settimeout(0)
        await asyncio.get_running_loop().sock_connect(opened, (address, port))
        if opened.getsockname()[:2] == opened.getpeername()[:2]:
            # Nothing listens, and the system chose the same port for this end: the socket has
            # connected to itself. Closed the usual way it would hold the port for a minute.
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            raise ConnectionRefusedError
    except BaseException:
        opened.close()
        raise
    return opened


async def _answer(connection: socket.socket, host: str, page: HttpPage) -> tuple[ProbeOutcome, str]:
    """Return the outcome of requesting `page` over a connection, with its detail."""
    context = _permissive_tls() if page.secure else None
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
        # The server was asked to close the connection, and may need a moment.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_PATIENCE):
                remaining = _MAX_HEAD
                while remaining > 0 and (data := await reader.read(remaining)):
                    remaining -= len(data)
        return status
    except ConnectionError:
        return ProbeOutcome.CLOSED, ""
    except ssl.SSLError:
        return ProbeOutcome.FOREIGN, "it does not speak TLS"
    finally:
        # A server that closed first would have its port held for a minute.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        writer.transport.abort()


def _permissive_tls() -> ssl.SSLContext:
    """Return TLS settings that accept any certificate.

    The question is whether a server is ready, and nothing secret is sent; certificates on the
    machines of developers are self-signed.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


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
    """Return the outcome by the status of a response; skips 1xx responses (RFC 9110, 15.2)."""
    head = b""
    while len(head) < _MAX_HEAD:
        line, newline, rest = head.partition(b"\n")
        if not b"HTTP/".startswith(line[:5]):
            return ProbeOutcome.FOREIGN, "it does not speak HTTP"
        if newline:
            words = line.split()
            number = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
            if not 100 <= number < 200:
                good = number in _SUCCESS
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


def _resolve(
    host: str,
    loop: asyncio.AbstractEventLoop,
    future: "asyncio.Future[tuple[str, ...] | str]",
) -> None:
    """Resolve `host` with the system's resolver, and set the result if the loop still runs."""
    try:
        rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        result: tuple[str, ...] | str = tuple(dict.fromkeys(str(row[4][0]) for row in rows))
    except OSError as error:
        result = str(error.strerror or "unknown").lower()
    except UnicodeError:
        result = "the name is not valid"

    def set_result() -> None:
        if not future.done():
            future.set_result(result)

    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(set_result)
