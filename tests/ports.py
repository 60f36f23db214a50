"""Ports for servers that tests start."""

import random
import socket

# Below those that systems give to whoever asks for any: a port stays free until its server starts, and starts again.
RANGE = range(20_000, 32_000)
_chance = random.SystemRandom()


def free_port() -> int:
    """One that nobody uses on this machine."""
    while True:
        port = _chance.choice(RANGE)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
