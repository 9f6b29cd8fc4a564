"""A cohort on Dask

One recording is `ictal analyse`. Many are a cohort: analysed once each, on the cores of this computer, on a Dask cluster or on SLURM, then
gathered into tables. This tutorial makes a small simulated dataset and runs it on a Dask cluster that lives in this very
process; a real cluster differs by its address alone.
"""

# %%
# Three infants, a few minutes each, as one BIDS dataset. A simulation writes BIDS, so its folders are put together.

import shutil
from pathlib import Path

from ictal.cli.main import run as ictal_command

for number, age in ((1, 40), (2, 120), (3, 200)):
    ictal_command(
        f"simulate eimfs-storm --minutes 4 --seed {number} --age-days {age} --rate-hz 128 --set seizures_per_hour=40 "
        f"--set clustered=0 --out made-{number} --quiet".split()
    )
    shutil.copytree(f"made-{number}", "dataset", dirs_exist_ok=True)

rows = "sub-0001\t40\tKCNT1\nsub-0002\t120\tKCNT1\nsub-0003\t200\tn/a\n"
Path("dataset/participants.tsv").write_text(
    "participant_id\tage_days\tgene\n" + rows, encoding="utf-8"
)
print(*sorted(str(path) for path in Path("dataset").rglob("*.edf")), sep="\n")

# %%
# A file that is no EEG, as real datasets have them:

Path("dataset/sub-0004/eeg").mkdir(parents=True)
_ = Path("dataset/sub-0004/eeg/sub-0004_task-monitoring_eeg.edf").write_bytes(b"no EDF")

# %%
# The cluster, and the run. `Dask` takes the address of a scheduler; at your institute that is `tcp://HOST:8786` or `tls://HOST:8786`.

from distributed import LocalCluster

from ictal.cohort.clusters import Dask
from ictal.cohort.run import run

with LocalCluster(
    n_workers=2, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address=":0"
) as cluster:
    cohort = run(Path("dataset"), Path("out"), engine=Dask(cluster.scheduler_address))

for failed in cohort.failed:
    print(f"{failed.name} failed: {failed.reason}")

# %%
# The tables are Parquet: any tool reads them. A recording that failed is a row with its reason, not a hole.

import pyarrow.parquet as parquet

table = parquet.read_table("out/recordings.parquet")
for row in table.select(
    ["participant_id", "age_days", "gene", "status", "seizures", "migrating", "reason"]
).to_pylist():
    print(row)

# %%
# The summary is by infant, by age and by gene, and knows that three recordings are few:

ictal_command(["cohort", "--summary", "--out", "out"])

# %%
# Stopped in any way, the same run goes on where it was. Other engines, Snakemake and Nextflow: [cohorts](../cohort.md).
