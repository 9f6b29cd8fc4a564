"""Is this EIMFS, what else could it be, and what is missing to know?

Knows: the record of a child, the findings of its recordings (never a waveform), the statements of `knowledge`.
Must not know: files of EEG, detectors, the store, pages.
Read first: `assess.assess`, then `data/criteria.toml` and the judges that its rows name (`judges.py`).
"""
