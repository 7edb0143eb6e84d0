#!/usr/bin/env python3
"""Links a network namespace that has nothing but its loopback with the servers outside.

usage: link.py outside SOCKET PORT...              relays from the Unix socket to 127.0.0.1:PORT
       link.py inside SOCKET PORT... COMMAND...    serves these ports in here and runs COMMAND

Stopping the outer one (SIGSTOP) is a partition: connections stay, and nothing moves.
"""

import asyncio
import os
import subprocess
import sys


async def pump(reader, writer):
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


async def join(one, other):
    await asyncio.gather(pump(one[0], other[1]), pump(other[0], one[1]))


async def outside(path, _ports):
    async def relay(reader, writer):
        port = int((await reader.readline()).decode())
        try:
            await join((reader, writer), await asyncio.open_connection("127.0.0.1", port))
        except OSError:
            writer.close()

    await (await asyncio.start_unix_server(relay, path)).serve_forever()


async def inside(path, ports):
    def relay_to(port):
        async def relay(reader, writer):
            try:
                link = await asyncio.open_unix_connection(path)
                link[1].write(f"{port}\n".encode())
                await join((reader, writer), link)
            except OSError:
                writer.close()
        return relay

    for port in ports:
        await asyncio.start_server(relay_to(port), "127.0.0.1", port)


def main():
    role, path, *rest = sys.argv[1:]
    ports = [int(each) for each in rest if each.isdigit()]
    command = rest[len(ports):]
    if role == "outside":
        asyncio.run(outside(path, ports))
        return
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    read_end, write_end = os.pipe()
    # The command keeps this process's id, so that who started it can signal it.
    if os.fork() == 0:
        os.close(read_end)
        parent = os.getppid()

        async def serve():
            await inside(path, ports)
            os.write(write_end, b"!")
            os.close(write_end)
            while os.getppid() == parent:
                await asyncio.sleep(0.5)

        asyncio.run(serve())
        os._exit(0)
    os.close(write_end)
    os.read(read_end, 1)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
