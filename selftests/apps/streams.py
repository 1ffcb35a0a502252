#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Many streams at once through asyncio.

streams.py serve ADDRESS PORT
    send every connection's bytes back, until killed
streams.py call ADDRESS PORT STREAMS BYTES
    open STREAMS connections at once, send BYTES on each while reading what
    comes back, compare by SHA-256; exit status 1 when one differs
"""
import asyncio
import hashlib
import os
import sys

CHUNK = 65536


async def echo(reader, writer):
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
    writer.close()
    await writer.wait_closed()


async def serve(address, port):
    server = await asyncio.start_server(echo, address, port, backlog=128)
    async with server:
        await server.serve_forever()


async def send(writer, data):
    for at in range(0, len(data), CHUNK):
        writer.write(data[at:at + CHUNK])
        await writer.drain()
    writer.write_eof()


async def stream(address, port, data):
    """One connection: the SHA-256 of what came back."""
    reader, writer = await asyncio.open_connection(address, port)
    sending = asyncio.create_task(send(writer, data))
    got = hashlib.sha256()
    while part := await reader.read(CHUNK):
        got.update(part)
    await sending
    writer.close()
    await writer.wait_closed()
    return got.digest()


async def call(address, port, streams, size):
    # No two streams alike, so that bytes of another one would be noticed
    base = os.urandom(size)
    data = [bytes([i]) + base[1:] for i in range(streams)]
    got = await asyncio.gather(*(stream(address, port, d) for d in data))
    wrong = [i for i, d in enumerate(data)
             if got[i] != hashlib.sha256(d).digest()]
    print(f"{streams} streams of {size} bytes, {len(wrong)} wrong")
    return 1 if wrong else 0


def main():
    what, address, port, *rest = sys.argv[1:]
    if what == "serve":
        asyncio.run(serve(address, int(port)))
        return 0
    return asyncio.run(call(address, int(port), *map(int, rest)))


if __name__ == "__main__":
    sys.exit(main())
