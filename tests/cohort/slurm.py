"""A real SLURM of one node on this machine's loopback, from the system's packages, for a test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = ("slurmctld", "slurmd", "sbatch", "squeue", "munged")

CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={munge}
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation={place}/state
SlurmdSpoolDir={place}/spool
SlurmctldPidFile={place}/slurmctld.pid
SlurmdPidFile={place}/slurmd.pid
SlurmctldLogFile={place}/slurmctld.log
SlurmdLogFile={place}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=4000 State=UNKNOWN
PartitionName=test Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> str | None:
    """Why can no SLURM be started here? `None` when it can."""
    if os.geteuid() != 0:
        return "a SLURM can be started by the administrator alone"
    absent = [name for name in PROGRAMS if shutil.which(name, path=_path()) is None]
    return f"needs SLURM (apt-get install slurmctld slurmd slurm-client munge): no {absent[0]}" if absent else None


@contextmanager
def running(place: Path) -> Iterator[dict[str, str]]:
    """The variables with which commands of SLURM speak to it."""
    for name in ("state", "spool", "munge"):
        (place / name).mkdir(mode=0o755)
    key = place / "munge" / "key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    munge = place / "munge" / "socket"
    host = socket.gethostname().split(".")[0]
    port, node_port = _free_port(), _free_port()
    conf = place / "slurm.conf"
    cpus = len(os.sched_getaffinity(0))
    conf.write_text(CONF.format(host=host, port=port, node_port=node_port, munge=munge, place=place, cpus=cpus))
    env = {**os.environ, "SLURM_CONF": str(conf), "PATH": _path()}
    commands = (
        ["munged", "--foreground", "--force", f"--key-file={key}", f"--socket={munge}", f"--pid-file={place}/munge/pid",
         f"--log-file={place}/munge/log", f"--seed-file={place}/munge/seed"],
        ["slurmctld", "-D", "-c"],
        ["slurmd", "-D", "-c", "-N", host],
    )  # fmt: skip
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            log = (place / f"{command[0]}.out").open("wb")
            started.append(subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True))
            if command[0] == "munged":
                _until(munge.exists)
        _until(lambda: b"idle" in subprocess.run(["sinfo", "-h", "-o", "%T"], env=env, capture_output=True).stdout)
        yield {"SLURM_CONF": str(conf), "PATH": _path()}
    finally:
        subprocess.run(["scancel", "--user=root"], env=env, capture_output=True)
        for process in reversed(started):  # at once: nothing of it is kept
            process.kill()
            process.wait()


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _until(true: object, longest_s: float = 30.0) -> None:
    until = time.monotonic() + longest_s
    while not true():  # type: ignore[operator]
        if time.monotonic() > until:
            raise TimeoutError("SLURM did not come up")
        time.sleep(0.1)
