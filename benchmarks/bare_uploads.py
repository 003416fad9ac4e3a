"""The floor of uploads: the least a server in Python can do with a body, which is to write it to a file and sync it.

It speaks just so much of tus that the same client takes it for a photoservice, and keeps nothing in mind but files.

    python benchmarks/bare_uploads.py FOLDER
"""

import asyncio
import itertools
import os
import socket
import sys
from pathlib import Path

import uvicorn


class Bare:
    """An ASGI application: POST begins a file, PATCH goes on with it, and either is answered when the disk has it."""

    def __init__(self, folder):
        self.folder, self.numbers = folder, itertools.count()

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        headers = dict(scope["headers"])
        is_new = scope["method"] == "POST"
        name = str(next(self.numbers)) if is_new else Path(scope["path"]).name.partition("-")[0]
        length = int(headers[b"upload-length"]) if is_new else int(Path(scope["path"]).name.partition("-")[2])
        with (self.folder / name).open("ab", buffering=0) as file:
            more = True
            while more:
                message = await receive()
                file.write(message["body"])
                more = message["more_body"]
            await asyncio.to_thread(os.fsync, file.fileno())
            offset = file.tell()
        told = [(b"upload-offset", str(offset).encode()), (b"location", f"/uploads/{name}-{length}".encode())]
        if offset == length:
            told.append((b"twincheck-word", b"filed"))
        await send({"type": "http.response.start", "status": 201 if is_new else 204, "headers": told})
        await send({"type": "http.response.body", "body": b""})


async def serve(folder):
    with socket.create_server(("127.0.0.1", 0)) as door:
        sys.stdout.write(f"http://127.0.0.1:{door.getsockname()[1]}\n")
        sys.stdout.flush()
        server = uvicorn.Server(uvicorn.Config(Bare(folder), loop="uvloop", http="httptools", log_level="error"))
        await server.serve(sockets=[door])


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(Path(sys.argv[1])))
