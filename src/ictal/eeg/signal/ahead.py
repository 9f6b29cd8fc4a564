"""Work done in threads, a few steps ahead of the one who needs it. NumPy and SciPy let threads run at once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_SAID = os.environ.get("OMP_NUM_THREADS", "")
THREADS = min(2, os.cpu_count() or 1, int(_SAID) if _SAID.isdecimal() and int(_SAID) > 0 else 2)
"""OMP_NUM_THREADS is how the workers of a cluster are told that others work beside them."""


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
