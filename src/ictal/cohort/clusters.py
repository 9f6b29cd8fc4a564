"""The engines of many computers: a Dask cluster that runs already, or one that SLURM is asked for.

A cluster needs the same Ictal on every worker, and sees the dataset and the output folder at the same paths. Whoever
can reach a scheduler without TLS can run code on its workers, so `tcp://` is refused but on this computer itself.
"""

from __future__ import annotations

import ipaddress
import logging
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ictal.base.errors import EngineError, MissingExtra, UsageError, reason_of
from ictal.base.provenance import ictal_version
from ictal.cohort.types import Lost, R, T

ANSWERS_WITHIN_S = 10.0
"""A scheduler that has not answered by then is taken for one that is not there."""

_POLL_S = 0.2
_CLOSED_WITHIN_S = 1.0
TRIES = 3
"""How often an answer is asked for that is lost with its worker."""

_PATIENCE_S = 15.0
"""Without a worker for so long, it is said that one is waited for."""

_LOGS = ("distributed", "tornado", "asyncio", "dask_jobqueue")

Tell = Callable[[str], None]


def _nobody(_: str) -> None:
    """Who listens when nobody does."""


@dataclass(frozen=True, slots=True)
class Dask:
    """A Dask cluster that is running, by the address of its scheduler: `tls://host:8786`, or `tcp://127.0.0.1:8786`.

    For TLS the certificates are those of Dask's own configuration (`distributed.comm.tls`). `tell` hears what is waited
    for.
    """

    address: str
    tell: Tell = _nobody

    def __post_init__(self) -> None:
        try:
            told = urlsplit(self.address)
            fine = told.scheme in ("tcp", "tls") and bool(told.hostname and told.port)
        except ValueError:
            fine = False
        if not fine:
            raise UsageError(
                f"'{self.address}' is no address of a scheduler: write tcp://HOST:PORT or tls://HOST:PORT."
            )
        if told.scheme == "tcp" and not _is_here(told.hostname or ""):
            raise UsageError(
                f"{self.address} has no TLS, so whoever reaches it can run code there: start the scheduler with "
                "certificates and write tls://HOST:PORT; tcp:// is for 127.0.0.1 alone."
            )

    def run(self, call: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[T, R | Lost]]:
        """Call for each item on the workers of the cluster; see `types.Engine`."""
        with _quiet():
            self._knock()
            with _client(self.address, self.address) as client:
                yield from _through(client, self, call, items)

    def _knock(self) -> None:
        """Dask tries a closed door again and again, also without keys; here it is told at once."""
        told = urlsplit(self.address)
        if told.scheme == "tls" and _security().tls_client_cert is None:
            raise EngineError(
                f"The scheduler at {self.address} wants certificates: name yours in Dask's configuration "
                "(distributed.comm.tls.ca-file, client.cert and client.key)"
            )
        try:
            socket.create_connection((told.hostname or "", told.port or 0), ANSWERS_WITHIN_S).close()
        except OSError as error:
            raise _unreachable(self.address, error) from None


@dataclass(frozen=True, slots=True)
class Slurm:
    """Workers as jobs of SLURM, through dask-jobqueue: so many, each with one core.

    `options` go to `dask_jobqueue.SLURMCluster` (queue, account, memory, walltime, ...), before its configuration file.
    Without a `protocol` among them the workers are spoken to by TLS, with keys made for this run. `tell` hears what is
    waited for.
    """

    jobs: int
    options: Mapping[str, Any] = field(default_factory=dict)
    tell: Tell = _nobody
    address: str = field(default="SLURM", init=False)

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise UsageError(f"There can be 1 job of SLURM or more; got {self.jobs}.")
        protocol = str(self.options.get("protocol", "tls"))
        if protocol.rstrip(":/") != "tls":
            raise UsageError(f"The jobs of SLURM are spoken to by TLS alone; got protocol={protocol}: leave it out.")

    def run(self, call: Callable[[T], R], items: Sequence[T]) -> Iterator[tuple[T, R | Lost]]:
        """Call for each item in a job of SLURM; see `types.Engine`."""
        with _quiet(), self._cluster() as cluster:
            cluster.scale(jobs=max(1, min(self.jobs, len(items))))
            with _client(cluster, "SLURM") as client:
                yield from _through(client, self, call, items)

    @contextmanager
    def _cluster(self) -> Iterator[Any]:
        if shutil.which("sbatch") is None:
            raise EngineError("There is no SLURM here: --slurm needs its command sbatch on this computer")
        with _signals_kept():
            try:
                from dask_jobqueue.slurm import SLURMCluster
            except ImportError:
                raise MissingExtra("Running on SLURM", "cohort") from None
        with _keys() as keys:
            given = {"cores": 1, "processes": 1, "memory": "2GB", **self.options}
            if "protocol" not in given:
                given["security"] = keys
            try:
                cluster = SLURMCluster(**given)
            except (OSError, RuntimeError, TypeError, ValueError) as error:
                raise EngineError(f"SLURM could not be used ({_short(error)}): check --slurm-option") from None
            try:
                _would_be_taken(cluster.job_script())
                yield cluster
            finally:
                with suppress(Exception):
                    cluster.close(timeout=_CLOSED_WITHIN_S)


def _is_here(host: str) -> bool:
    """Is this the name of the computer itself, and not of its network?"""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _security() -> Any:
    """The certificates of Dask's own configuration."""
    from distributed.security import Security

    return Security()


@contextmanager
def _keys() -> Iterator[Any]:
    """Keys of one run, in files of the working folder, which the nodes see too, as SLURM itself needs it."""
    from distributed.security import Security

    made = Security.temporary()
    try:
        with tempfile.TemporaryDirectory(prefix=".ictal-slurm-", dir=Path.cwd()) as folder:
            key, cert = Path(folder, "key.pem"), Path(folder, "cert.pem")
            key.write_text(made.tls_client_key)
            cert.write_text(made.tls_ca_file)
            roles = {
                f"tls_{role}_{what}": str(path)
                for role in ("client", "scheduler", "worker")
                for what, path in (("key", key), ("cert", cert))
            }
            yield Security(require_encryption=True, tls_ca_file=str(cert), **roles)
    except PermissionError as error:
        raise EngineError(f"The working folder cannot be written ({reason_of(error)}): start from another") from None


@contextmanager
def _signals_kept() -> Iterator[None]:
    """The import of dask-jobqueue answers Ctrl-C with a silent end and exit code 0: give back what was there before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)


def _would_be_taken(script: str) -> None:
    """Refuse at once what SLURM would refuse: else its jobs would be waited for in vain."""
    with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
        file.write(script)
        file.flush()
        said = subprocess.run(["sbatch", "--test-only", file.name], capture_output=True, text=True, timeout=60)
    if said.returncode:
        reason = " ".join(said.stderr.split()).removeprefix("allocation failure: ")[:200]
        raise EngineError(f"SLURM refuses the job ({reason}): change it with --slurm-option")


@contextmanager
def _client(where: Any, address: str) -> Iterator[Any]:
    """A connection to a scheduler, which is closed in the end whatever happened."""
    import dask
    from distributed import Client

    try:
        with dask.config.set({"distributed.comm.timeouts.connect": f"{ANSWERS_WITHIN_S:g}s"}):
            client = Client(where, timeout=ANSWERS_WITHIN_S, set_as_default=False)
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise _unreachable(address, error) from None
    try:
        yield client
    finally:
        with suppress(Exception):
            client.close(timeout=_CLOSED_WITHIN_S)


def _unreachable(address: str, error: BaseException) -> EngineError:
    return EngineError(
        f"The scheduler at {address} cannot be reached ({_short(error)}): check the address, and that it is running"
    )


def _through(client: Any, engine: Dask | Slurm, call: Callable[[T], R], items: Sequence[T]) -> Iterator[Any]:
    """Give every item to the cluster, and hand back the answers as they come.

    Dask suspects all that a worker had when it died, so each suspect is asked again in the end, with nobody beside it.
    """
    _check_workers(client)
    suspects: list[T] = []
    for item, answer in _answers(client, engine, call, items):
        if isinstance(answer, Lost):
            suspects.append(item)
        else:
            yield item, answer
    for suspect in suspects:
        yield from _answers(client, engine, call, [suspect])


def _answers(client: Any, engine: Dask | Slurm, call: Callable[[T], R], items: Sequence[T]) -> Iterator[Any]:
    """Ask all at once. An answer lies with its worker until it is fetched; one lost with it is asked for again."""
    finished: queue.SimpleQueue[Any] = queue.SimpleQueue()
    asked: dict[Any, tuple[T, int]] = {}

    def ask(some: Sequence[T], tries: int) -> None:
        try:
            futures = client.map(call, list(some), pure=False, retries=0)
        except OSError:
            raise _gone(engine) from None
        for item, future in zip(some, futures, strict=True):
            asked[future] = (item, tries)
            future.add_done_callback(finished.put)

    try:
        ask(items, 1)
        while asked:
            future = _next(client, engine, finished)
            item, tries = asked.pop(future)
            try:
                answer = _answer(future)
            except _NotThere:
                if client.status != "running":
                    raise _gone(engine) from None
                if tries < TRIES:
                    ask([item], tries + 1)
                    continue
                answer = Lost(f"Its answer was lost {TRIES} times, with the worker that had it.")
            yield item, answer
            future.release()
    finally:
        if client.status == "running":
            with suppress(Exception):
                client.cancel(list(asked), force=True)


def _next(client: Any, engine: Dask | Slurm, finished: queue.SimpleQueue[Any]) -> Any:
    """Wait for the next future that has ended somehow; short waits, so that Ctrl-C is heard."""
    told = time.monotonic()
    while True:
        try:
            return finished.get(timeout=_POLL_S)
        except queue.Empty:
            if client.status not in ("running", "connecting"):
                raise _gone(engine) from None
            if time.monotonic() - told > _PATIENCE_S:
                told = time.monotonic()
                with suppress(OSError):
                    if not client.nthreads():
                        engine.tell(f"{engine.address} has no worker yet: waiting")


class _NotThere(Exception):
    """The answer of a future cannot be had."""


def _answer(future: Any) -> Any:
    """What a future that has ended says. Raises what the call raised, or `_NotThere`."""
    from concurrent.futures import CancelledError

    from distributed import KilledWorker

    try:
        error = future.exception(timeout=ANSWERS_WITHIN_S) if future.status == "error" else None
        if error is None:
            return future.result(timeout=ANSWERS_WITHIN_S)
    except (OSError, TimeoutError, CancelledError):
        raise _NotThere from None
    if isinstance(error, CancelledError):
        raise _NotThere
    if isinstance(error, KilledWorker):
        return Lost("Every worker that analysed it ended before its time, as when memory runs out.")
    raise error


def _gone(engine: Dask | Slurm) -> EngineError:
    return EngineError(f"The scheduler at {engine.address} is gone")


def _check_workers(client: Any) -> None:
    """Refuse a cluster whose workers have another Ictal, or none. Those that come later are told by each file."""
    try:
        said = client.run(ictal_version)
    except Exception as error:
        raise EngineError(
            f"The workers cannot run Ictal ({_short(error)}): install Ictal {ictal_version()} on them"
        ) from None
    other = sorted(set(said.values()) - {ictal_version()})
    if other:
        raise EngineError(f"Workers have Ictal {other[0]}, this is {ictal_version()}: install the same on both")


def _short(error: BaseException) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    return (text or type(error).__name__)[:200]


@contextmanager
def _quiet() -> Iterator[None]:
    """The log of Dask is not for the user of a command: what matters becomes a sentence."""
    try:
        import distributed  # noqa: F401  (it sets the levels of its log when it is imported)
    except ImportError:
        raise MissingExtra("Running on a cluster", "cohort") from None
    known = logging.root.manager.loggerDict
    loggers = [logging.getLogger(name) for name in known if name.partition(".")[0] in _LOGS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
