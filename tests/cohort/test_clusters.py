"""The same work on a Dask cluster and on SLURM: real ones, on this machine, whose workers and schedulers are killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas
import psutil
import pytest

from ictal.base.errors import EngineError, UsageError
from ictal.cohort.clusters import Dask, Slurm
from ictal.cohort.run import run
from ictal.cohort.types import Lost
from tests.cohort import slurm
from tests.cohort.conftest import stored, wait_for

pytestmark = pytest.mark.filterwarnings("ignore:.*:ResourceWarning")

NOT_THE_SAME = ["took_s"]


@pytest.fixture(scope="module")
def cluster():
    """A Dask cluster of two processes on this machine."""
    import dask
    from distributed import LocalCluster

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1") as made,
    ):
        yield made


def test_a_dask_cluster_gives_what_processes_give(simulated, analysed, cluster, ictal, tmp_path):
    out = tmp_path / "out"
    code, _, said = ictal("cohort", simulated, "--out", out, "--scheduler", cluster.scheduler_address)
    assert code == 0, said
    for table in ("recordings", "seizures", "legs"):
        here, there = (pandas.read_parquet(place / f"{table}.parquet") for place in (analysed, out))
        assert here.drop(columns=NOT_THE_SAME, errors="ignore").equals(
            there.drop(columns=NOT_THE_SAME, errors="ignore")
        )


def test_a_dask_worker_killed_in_mid_run_loses_nothing_and_nothing_is_done_twice(many, cluster, tmp_path):
    out, killed = tmp_path / "out", []

    def watch(share: float, what: str) -> None:
        if share > 0 and not killed:
            victim = next(iter(cluster.workers.values()))
            killed.append((victim.pid, stored(out)))
            os.kill(victim.pid, signal.SIGKILL)

    done = run(many, out, engine=Dask(cluster.scheduler_address), progress=watch)
    assert done.failed == ()
    assert [item.name for item, _ in done.outcomes] == [f"night-{k:02}" for k in range(8)]
    ((_, before),) = killed
    after = stored(out)
    assert len(after) == 8
    assert {name: after[name] for name in before} == before
    seizures = pandas.read_parquet(out / "seizures.parquet")
    assert not seizures.duplicated(["recording", "seizure_id"]).any()
    recordings = pandas.read_parquet(out / "recordings.parquet")
    assert seizures.groupby("recording").size().to_dict() == dict(
        recordings[recordings.seizures > 0][["recording", "seizures"]].itertuples(index=False)
    )


def _die_of_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_an_item_that_kills_every_worker_is_told_and_the_others_are_done(cluster):
    answers = dict(Dask(cluster.scheduler_address).run(_die_of_three, range(6)))
    assert isinstance(answers.pop(3), Lost)
    assert answers == {n: n for n in range(6) if n != 3}


def dask_process(kind: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


@pytest.fixture
def standing(tmp_path):
    """A scheduler and a worker as processes of their own; the address, and the scheduler's process."""
    file = tmp_path / "scheduler.json"
    both = [dask_process("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file)]
    try:
        wait_for(file.is_file)
        address = json.loads(file.read_text())["address"]
        both.append(dask_process("worker", address, "--nthreads", "1", "--no-dashboard", "--local-directory", tmp_path))
        yield address, both[0]
    finally:
        for process in both:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_killed_scheduler_is_one_sentence_and_the_same_work_goes_on_without_it(standing, start, many, tmp_path):
    address, scheduler = standing
    out = tmp_path / "out"
    running = start("cohort", many, "--out", out, "--scheduler", address, "--no-report")
    wait_for(lambda: len(stored(out)) >= 2)
    os.killpg(scheduler.pid, signal.SIGKILL)
    _, said = running.communicate(timeout=90)
    assert running.returncode == 3, said
    last = said.strip().splitlines()[-1]
    assert last.startswith(f"ictal: The scheduler at {address} is gone; ")
    assert "of 8 recordings are kept, the same command goes on with the others." in last
    assert "Traceback" not in said, said
    before = stored(out)
    assert 2 <= len(before) < 8
    again = start("cohort", many, "--out", out, "--no-report", "--jobs", 2)
    _, said = again.communicate(timeout=120)
    assert again.returncode == 0, said
    after = stored(out)
    assert len(after) == 8
    assert {name: after[name] for name in before} == before


def test_ctrl_c_stops_within_two_seconds_on_a_cluster_too(cluster, start, many, tmp_path):
    out = tmp_path / "out"
    running = start("cohort", many, "--out", out, "--scheduler", cluster.scheduler_address, "--no-report")
    wait_for(lambda: len(stored(out)) >= 1)
    begin = time.monotonic()
    os.killpg(running.pid, signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert time.monotonic() - begin < 2
    assert running.returncode == 130
    assert "the same command goes on with the others." in said.strip().splitlines()[-1]
    assert "Traceback" not in said, said


@pytest.mark.parametrize(
    ("address", "code", "sentence"),
    [
        ("tcp://127.0.0.1:9", 3, "The scheduler at tcp://127.0.0.1:9 cannot be reached"),
        ("tls://127.0.0.1:9", 3, "The scheduler at tls://127.0.0.1:9 wants certificates"),
        ("tcp://no-such-host.invalid:8786", 2, "has no TLS, so whoever reaches it can run code there"),
        ("tcp://10.0.0.7:8786", 2, "has no TLS"),
        ("tcp://0.0.0.0:8786", 2, "has no TLS"),
        ("tcp://127.0.0.1.example.org:8786", 2, "has no TLS"),
        ("tcp://[::1]:9", 3, "cannot be reached"),
        ("tcp://localhost:9", 3, "cannot be reached"),
        ("127.0.0.1:8786", 2, "is no address of a scheduler: write tcp://HOST:PORT or tls://HOST:PORT"),
        ("http://127.0.0.1:8786", 2, "is no address of a scheduler"),
        ("tcp://127.0.0.1", 2, "is no address of a scheduler"),
        ("tcp://127.0.0.1:99999", 2, "is no address of a scheduler"),
        ("", 2, "is no address of a scheduler"),
    ],
)
def test_a_scheduler_that_cannot_be_reached_is_one_sentence(address, code, sentence, ictal, many, tmp_path):
    got, _, said = ictal("cohort", many, "--out", tmp_path / "out", "--scheduler", address, "--quiet")
    assert (got, said.count("\n")) == (code, 1), said
    assert sentence in said


@pytest.mark.parametrize(
    "options",
    [
        ["--scheduler", "tcp://127.0.0.1:9", "--jobs", "2"],
        ["--scheduler", "tcp://127.0.0.1:9", "--slurm"],
        ["--slurm-option", "queue=long"],
        ["--slurm", "--slurm-option", "queue"],
        ["--slurm", "--jobs", "0"],
        ["--slurm", "--slurm-option", "protocol=tcp"],
        ["--slurm", "--slurm-option", "protocol=tcp://"],
    ],
)
def test_engines_that_cannot_be_meant_are_wrong_usage(options, ictal, many, tmp_path):
    code, _, said = ictal("cohort", many, "--out", tmp_path / "out", *options)
    assert (code, said.count("\n")) == (2, 1), said
    assert not (tmp_path / "out").exists()


def test_tls_works_with_the_right_keys_and_refuses_those_without(many, tmp_path, start):
    from distributed import LocalCluster
    from distributed.security import Security

    made = Security.temporary()
    pem = tmp_path / "pem"
    pem.mkdir()
    for name, text in (("ca", made.tls_ca_file), ("cert", made.tls_client_cert), ("key", made.tls_client_key)):
        (pem / name).write_text(text)
    few = tmp_path / "few"
    few.mkdir()
    (few / "night.edf").write_bytes((many / "night-00.edf").read_bytes())
    tls = "DASK_DISTRIBUTED__COMM__TLS__"
    known = {
        f"{tls}CA_FILE": str(pem / "ca"),
        f"{tls}CLIENT__CERT": str(pem / "cert"),
        f"{tls}CLIENT__KEY": str(pem / "key"),
    }
    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=":0", host="127.0.0.1", protocol="tls://", security=made
    ) as cluster:
        command = ("cohort", few, "--out", tmp_path / "out", "--scheduler", cluster.scheduler_address)
        stranger = start(*command)
        _, said = stranger.communicate(timeout=60)
        assert stranger.returncode == 3
        assert said.count("wants certificates") == 1
        assert stored(tmp_path / "out") == {}
        friend = start(*command, env={**os.environ, **known})
        _, said = friend.communicate(timeout=60)
        assert friend.returncode == 0, said


def test_a_lost_cluster_is_told_by_the_library_too():
    with pytest.raises(EngineError, match="cannot be reached"):
        list(Dask("tcp://127.0.0.1:9").run(_die_of_three, [1]))
    with pytest.raises(UsageError):
        Slurm(0)


# -- SLURM -----------------------------------------------------------------------------------------


def test_without_slurm_it_is_said_so(ictal, many, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, said = ictal("cohort", many, "--out", tmp_path / "out", "--slurm", "--quiet")
    assert code == 3
    assert said.startswith("ictal: There is no SLURM here: --slurm needs its command sbatch on this computer; ")


@pytest.fixture
def a_slurm(tmp_path_factory):
    why = slurm.missing()
    if why:
        pytest.skip(why)
    with slurm.running(tmp_path_factory.mktemp("slurm")) as variables:
        yield {**os.environ, **variables}


def test_jobs_of_slurm_give_what_processes_give_and_a_job_that_dies_loses_nothing(a_slurm, start, many, tmp_path):
    out = tmp_path / "out"
    refused = start("cohort", many, "--out", out, "--slurm", "--slurm-option", "memory=900GB", "--quiet", env=a_slurm)
    _, said = refused.communicate(timeout=60)
    assert refused.returncode == 3
    assert said.startswith("ictal: SLURM refuses the job (")
    assert said.count("\n") == 1

    command = ("cohort", many, "--out", out, "--slurm", "--jobs", 2, "--no-report")
    stopped = start(*command, env=a_slurm)
    wait_for(lambda: len(stored(out)) >= 1)
    begin = time.monotonic()
    os.killpg(stopped.pid, signal.SIGINT)
    _, said = stopped.communicate(timeout=30)
    assert time.monotonic() - begin < 2
    assert stopped.returncode == 130
    assert "of 8 recordings are kept, the same command goes on with the others." in said.splitlines()[-1]

    running = start(*command, env=a_slurm)
    wait_for(lambda: any(_is_worker(p, tmp_path) for p in psutil.process_iter()))
    before = stored(out)
    victim = next(p for p in psutil.process_iter(["cmdline"]) if _is_worker(p, tmp_path))
    victim.kill()
    said, noise = running.communicate(timeout=180)
    assert running.returncode == 0, noise
    assert "Traceback" not in noise
    after = stored(out)
    assert len(after) == 8
    assert {name: after[name] for name in before} == before
    assert not list(tmp_path.glob(".ictal-slurm-*")), "the keys of the run stayed"
    assert "tls" not in said
    jobs = lambda: subprocess.run(["squeue", "-h", "-t", "R,PD"], env=a_slurm, capture_output=True).stdout  # noqa: E731
    wait_for(lambda: not jobs(), 30)


def _is_worker(process: psutil.Process, place: Path) -> bool:
    """A worker's own process (the child of its nanny) in a job of this test."""
    try:
        return "spawn_main" in " ".join(process.cmdline()) and process.cwd() == str(place) and (
            "dask_worker" in " ".join(process.parent().cmdline())
        )  # fmt: skip
    except (psutil.Error, AttributeError):
        return False
