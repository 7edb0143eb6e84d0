#!/usr/bin/env python3
"""Prints a port of 127.0.0.1 that is free together with the next three.

Chosen below the ports that the kernel hands out for outgoing connections: one of those may be
taken by anybody's client between the moment it is found free and the moment its server starts.
"""

import random
import socket
from pathlib import Path

FIRST = 10_000


def first_ephemeral_port():
    return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port():
    while True:
        port = random.randrange(FIRST, first_ephemeral_port() - 3)
        if all(is_free(port + next) for next in range(4)):
            return port


if __name__ == "__main__":
    print(free_port())
