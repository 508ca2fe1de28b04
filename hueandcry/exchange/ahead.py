"""Reading ahead: the next chunk is read and its lines are written while PostgreSQL merges the one before. Pure."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Self

from hueandcry.exchange.drafts import Draft
from hueandcry.exchange.staging import Chunk, chunk

# Seconds after which the reading thread lets the other one go on. Python's own 0.005 would add to each of the twenty
# statements of a chunk, whose answer waits for its turn.
_TURN = 0.0005
_ORDINARY = sys.getswitchinterval()

# Objects made before Python looks for circles among them. Drafts hold none, and looking for them each 700 objects, of
# the many thousands that a chunk is made of, takes a tenth of the reading.
_LOOK = 50_000
_ORDINARY_LOOK = gc.get_threshold()


class Ahead:
    """The drafts of a file in chunks of ``size``, one ahead of who takes them. A reader's fault is raised by the call
    that would give, or look for, the chunk it broke in. A file of one chunk starts no thread.

    ``first`` is the size of the first chunk: nothing is merged yet while that is read, so of a large file it is small.
    """

    def __init__(self, drafts: Iterator[Draft], size: int, first: int | None = None) -> None:
        self.drafts = drafts
        self.size = size
        self.asked = first or size
        self.pool: ThreadPoolExecutor | None = None
        self.coming: Future[Chunk] | None = None
        self.held: Chunk | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)
            sys.setswitchinterval(_ORDINARY)
            gc.set_threshold(*_ORDINARY_LOOK)

    def next(self) -> Chunk:
        """The next chunk; it may be empty only where the file is."""
        found = self.held or (self.coming.result() if self.coming else self._read())
        self.held = self.coming = None
        if len(found.drafts) == self.asked:
            self.asked = self.size
            if self.pool is None:
                self.pool = ThreadPoolExecutor(1, thread_name_prefix="reading-ahead")
                sys.setswitchinterval(_TURN)
                gc.set_threshold(_LOOK, *_ORDINARY_LOOK[1:])
            self.coming = self.pool.submit(self._read)
        return found

    def more(self) -> bool:
        """Whether another chunk follows the one that was given last."""
        if self.coming is None:
            return False
        self.held, self.coming = self.coming.result(), None
        return bool(self.held.drafts)

    def _read(self) -> Chunk:
        return chunk(list(islice(self.drafts, self.asked)))
