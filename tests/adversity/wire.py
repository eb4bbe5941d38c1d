"""A TCP address whose other end can be moved, slowed down, frozen and cut: what networks do to a service."""

import asyncio
from contextlib import suppress


class Wire:
    """Hands on what comes to `port`, to whoever is at `target`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.delay = 0.0
        """Seconds for each message, in either direction."""
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._forgotten: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> "Wire":
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._server.close()
        self.thaw()
        self.cut()

    def freeze(self) -> None:
        """Let nothing through, and tell nobody: connections are taken, and nothing comes of them."""
        self._flows.clear()

    def thaw(self) -> None:
        """Let everything through again."""
        self._flows.set()

    def cut(self) -> None:
        """End every connection."""
        for writer in self._writers | self._forgotten:
            writer.transport.abort()

    def move(self, target: int) -> None:
        """Lead new connections elsewhere. The old ones stay open and are never heard of again."""
        self._forgotten |= self._writers
        self.target = target

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flows.wait()
        try:
            other_reader, other_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, other_writer}
        self._writers |= both
        try:
            await asyncio.wait(
                {
                    asyncio.create_task(self._carry(reader, other_writer)),
                    asyncio.create_task(self._carry(other_reader, writer)),
                }
            )
        finally:
            self._writers -= both
            self._forgotten -= both
            for each in both:
                each.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._flows.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                if writer not in self._forgotten:
                    writer.write(data)
                    await writer.drain()
        if writer not in self._forgotten:
            writer.close()
