"""How the measuring process talks with its children: words in, one JSON object a line out."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from streams.errors import SidecarError

STDOUT = 1


async def obey(words: Mapping[str, Callable[[], Awaitable[object]]]) -> None:
    """A child's side: do what each word says and answer with what comes of it, until "leave" or nobody asks."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.__stdin__)
    while (word := (await reader.readline()).decode().strip()) and word != "leave":
        answer = await words[word]()
        # Past whatever a screen has made of standard output.
        os.write(STDOUT, msgspec.json.encode(answer) + b"\n")


class Child:
    """The measuring process's side of one child."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        self._process = process
        self._name = name

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    async def ask(self, word: str, timeout_s: float = 120.0) -> Any:
        """Say a word and wait for the answer.

        Raises SidecarError when the child has ended or does not answer.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word}\n".encode())
        try:
            async with asyncio.timeout(timeout_s):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise SidecarError(f"the {self._name} did not answer {word!r} within {timeout_s:g} s") from None
        if not line:
            raise SidecarError(f"the {self._name} ended while it was measured; run with -v to see why")
        return msgspec.json.decode(line)
