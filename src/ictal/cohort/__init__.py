"""Many recordings: every EEG file of a dataset, on this computer or a cluster, and what they say together.

Knows: `base`, `results` (one file in, one folder out), `exchange`, the figures and words of `report`, and engines:
processes, Dask, SLURM.
Must not know: how a seizure is found, the command line.
Read first: `run.run`, then `task.perform`, which is all that a worker does.
"""
