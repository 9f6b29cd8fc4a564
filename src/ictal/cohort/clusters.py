"""The engines of many computers: a Dask cluster that runs already, or one that SLURM is asked for.

A cluster needs the same Ictal on every worker, and sees the dataset and the output folder at the same paths. Whoever
can reach a scheduler without TLS can run code on its workers: `tcp://` is for a network where that is no matter.
"""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from ictal.base.errors import EngineError, MissingExtra, UsageError
from ictal.base.provenance import ictal_version
from ictal.cohort.types import Lost, R, T

ANSWERS_WITHIN_S = 10.0
"""A scheduler that has not answered by then is taken for one that is not there."""

_POLL_S = 0.2
_CLOSED_WITHIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Dask:
    """A Dask cluster that is running, by the address of its scheduler: `tcp://host:8786` or `tls://host:8786`.

    For TLS the certificates are those of Dask's own configuration (`distributed.comm.tls`).
    """

    address: str

    def __post_init__(self) -> None:
        kind, _, rest = self.address.partition("://")
        if kind not in ("tcp", "tls") or ":" not in rest:
            raise UsageError(
                f"'{self.address}' is no address of a scheduler: write tcp://HOST:PORT or tls://HOST:PORT."
            )

    def run(self, call: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[T, R | Lost]]:
        """Call for each item on the workers of the cluster; see `types.Engine`."""
        with _quiet(), _client(self.address) as client:
            yield from _through(client, self.address, call, items)


@dataclass(frozen=True, slots=True)
class Slurm:
    """Workers as jobs of SLURM, through dask-jobqueue: so many, each with one core.

    `options` go to `dask_jobqueue.SLURMCluster` (queue, account, memory, walltime, ...), before its configuration file.
    """

    jobs: int
    options: Mapping[str, Any] = field(default_factory=dict)

    def run(self, call: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[T, R | Lost]]:
        """Call for each item in a job of SLURM; see `types.Engine`."""
        with _quiet(), self._cluster() as cluster:
            cluster.scale(jobs=max(1, min(self.jobs, len(items))))
            with _client(cluster) as client:
                yield from _through(client, "SLURM", call, items)

    @contextmanager
    def _cluster(self) -> Iterator[Any]:
        import shutil

        if shutil.which("sbatch") is None:
            raise EngineError("There is no SLURM here: --slurm needs its command sbatch on this computer.")
        try:
            from dask_jobqueue import SLURMCluster
        except ImportError:
            raise MissingExtra("Running on SLURM", "cohort") from None
        given = {"cores": 1, "processes": 1, "memory": "2GB", **self.options}
        try:
            cluster = SLURMCluster(**given)
        except (OSError, RuntimeError, TypeError, ValueError) as error:
            raise EngineError(f"SLURM could not be used: {_short(error)}.") from None
        try:
            yield cluster
        finally:
            with suppress(Exception):
                cluster.close(timeout=_CLOSED_WITHIN_S)


@contextmanager
def _client(where: Any) -> Iterator[Any]:
    """A connection to a scheduler, which is closed in the end whatever happened."""
    try:
        import dask
        from distributed import Client
    except ImportError:
        raise MissingExtra("Running on a Dask cluster", "cohort") from None
    client = None
    try:
        with dask.config.set({"distributed.comm.timeouts.connect": f"{ANSWERS_WITHIN_S:g}s"}):
            client = Client(where, timeout=ANSWERS_WITHIN_S, set_as_default=False)
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise EngineError(
            f"The scheduler at {where} cannot be reached ({_short(error)}): check the address, and that it is running."
        ) from None
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=_CLOSED_WITHIN_S)


def _through(client: Any, address: str, call: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[T, R | Lost]]:
    """Give every item to the cluster, and hand back the answers as they come."""
    _check_workers(client)
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
    asked: dict[Any, T] = {}
    try:
        for item, future in zip(items, client.map(call, list(items), pure=False, retries=0), strict=True):
            asked[future] = item
        for future in asked:
            future.add_done_callback(answers.put)
        while asked:
            try:
                future = answers.get(timeout=_POLL_S)
            except queue.Empty:
                if client.status in ("running", "connecting"):
                    continue
                raise _gone(address) from None
            item = asked.pop(future)
            yield item, _answer(future, address)
            future.release()
    finally:
        with suppress(Exception):
            client.cancel(list(asked), force=True, asynchronous=False) if client.status == "running" else None


def _answer(future: Any, address: str) -> Any:
    """What a finished future says. Raises what the call raised."""
    from distributed import KilledWorker

    if future.status in ("cancelled", "lost"):
        raise _gone(address)
    if future.status != "error":
        return future.result(timeout=ANSWERS_WITHIN_S)
    error = future.exception(timeout=ANSWERS_WITHIN_S)
    if isinstance(error, KilledWorker):
        return Lost("Every worker that analysed it ended before its time, as when memory runs out.")
    raise error


def _gone(address: str) -> EngineError:
    return EngineError(f"The scheduler at {address} is gone")


def _check_workers(client: Any) -> None:
    """Refuse a cluster whose workers have another Ictal, or none. Those that come later are told by each file."""
    try:
        said = client.run(ictal_version)
    except Exception as error:
        raise EngineError(
            f"The workers cannot run Ictal ({_short(error)}): install Ictal {ictal_version()} on them."
        ) from None
    other = sorted(set(said.values()) - {ictal_version()})
    if other:
        raise EngineError(f"Workers have Ictal {other[0]}, this is {ictal_version()}: install the same on both.")


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    return (text or type(error).__name__)[:200]


@contextmanager
def _quiet() -> Iterator[None]:
    """The log of Dask is not for the user of a command: what matters becomes a sentence."""
    loggers = [logging.getLogger(name) for name in ("distributed", "tornado", "asyncio")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
