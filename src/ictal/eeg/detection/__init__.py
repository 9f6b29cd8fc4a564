"""Where is each derivation ictal? A score for every second, then discharges by hysteresis.

Knows: `base`, `signal` (blocks, spectra, masks) and the types of `recording`; one derivation at a time.
Must not know: other derivations, places on the head, paths, files, truth.
Read first: `protocol`; then the built-in `rule`, whose stages are `score.annotate` (blocks to scores) and
`runs.discharges` (scores to discharges). `plugins` runs the detectors of others.
"""
