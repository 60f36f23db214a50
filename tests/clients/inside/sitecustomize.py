"""Read by the Python of a client when it starts: the names it calls lead to the test's own door, on loopback.

Nothing of the client is changed. Every other address outside of this machine is refused.
"""

import os
import socket
from typing import Any

HOSTS = frozenset(os.environ["CLIENT_HOSTS"].split())
PORT = int(os.environ["CLIENT_PORT"])
ASKED_PORT = 443
LOOPBACK = ("127.", "::1", "localhost")

_resolve, _connect, _connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex


def _getaddrinfo(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    if name in HOSTS:
        if str(port) not in (str(ASKED_PORT), "https"):
            raise ConnectionRefusedError(f"{name}:{port}: only port {ASKED_PORT} leads anywhere")
        return _resolve("127.0.0.1", PORT, *rest, **more)
    return _resolve(host, port, *rest, **more)


def _led(address: Any) -> Any:
    """The door, for who connects to what a name led to with the port it had asked for. Refuses what is elsewhere."""
    if not isinstance(address, tuple):
        return address
    host, port, *rest = address
    if not str(host).startswith(LOOPBACK):
        raise ConnectionRefusedError(f"{host} is outside of this machine")
    return (host, PORT if port == ASKED_PORT else port, *rest)


def _led_connect(self: socket.socket, address: Any) -> None:
    return _connect(self, _led(address))


def _led_connect_ex(self: socket.socket, address: Any) -> int:
    return _connect_ex(self, _led(address))


socket.getaddrinfo = _getaddrinfo
socket.socket.connect = _led_connect  # type: ignore[method-assign]
socket.socket.connect_ex = _led_connect_ex  # type: ignore[method-assign]
