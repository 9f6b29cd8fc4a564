"""Work done in threads, a few steps ahead of the one who needs it. NumPy and SciPy let threads run at once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

THREADS = min(2, os.cpu_count() or 1)


def ahead(jobs: Iterable[Callable[[], T]], waiting: int = 3) -> Iterator[T]:
    """What do these jobs give, in their order?

    Jobs are drawn in the caller's thread and done in others, at most `waiting` before their result is asked for, so
    memory is bounded. An error of a job is raised where its result would have been. Whoever stops early waits for the
    jobs under way and for no other.
    """
    running: deque[Future[T]] = deque()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="ictal") as pool:
        try:
            for job in jobs:
                running.append(pool.submit(job))
                if len(running) > waiting:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
