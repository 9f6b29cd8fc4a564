"""Does an upload of a gigabyte come through a killed server, and does the server's memory stay flat?

    python benchmarks/uploads.py [--megabytes 1000]

The file goes up in pieces of 4 MB as the page sends it; half way the server is killed (SIGKILL) in the middle of a
piece and started again, and the upload goes on where the server says it is. Then the recording's bytes are compared.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.serving import Server, prepared  # noqa: E402

PIECE = 4 << 20


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    size = parser.parse_args().megabytes * 1_000_000
    block = np.random.default_rng(1).bytes(PIECE)
    data = (block * (size // PIECE + 1))[:size]
    wanted = hashlib.sha256(data).hexdigest()
    with tempfile.TemporaryDirectory() as place:
        study = Path(place) / "study"
        prepared(study)
        with Server(study) as server:
            first_mb = server.now_mb()
            plan = {"name": "night.edf", "bytes": size, "label": "A gigabyte"}
            number = json.loads(server.get("/api/uploads", "POST", json.dumps(plan).encode()))["id"]
            began = time.perf_counter()
            at, resumed, half_mb = 0, -1, 0.0
            while at < size:
                if resumed < 0 and at >= size // 2:
                    half_mb = server.most_mb()
                    threading.Timer(0.005, server.kill).start()
                try:
                    path = f"/api/uploads/{number}?at={at}"
                    at = json.loads(server.get(path, "PUT", data[at : at + PIECE], "application/octet-stream"))["there"]
                except OSError:
                    acknowledged = at
                    server.process.wait()
                    server.start()
                    at = resumed = json.loads(server.get(f"/api/uploads/{number}"))["there"]
                    print(f"killed: {acknowledged} bytes were acknowledged, {resumed} are there")
                    if resumed < acknowledged:
                        raise SystemExit("An acknowledged piece was lost.") from None
            took_s = time.perf_counter() - began
            rest_mb = server.most_mb()
            recording = json.loads(server.get(f"/api/uploads/{number}", "POST"))["recording"]
            with (study / "recordings" / recording / "recording.edf").open("rb") as file:
                same = hashlib.file_digest(file, "sha256").hexdigest() == wanted
        print(f"{size / 1e6:.0f} MB in {took_s:.1f} s, each piece flushed to the disk; the same bytes: {same}")
        print(f"memory of the server: {first_mb:.0f} MB before, {half_mb:.0f} MB at most in the first half,", end=" ")
        print(f"{rest_mb:.0f} MB in the second (another process)")
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
