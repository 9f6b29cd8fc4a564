"""What every room may know: time, electrodes, errors, settings, provenance.

Knows: nobody. It imports no other room of Ictal and no heavy library beyond NumPy.
Must not know: files, detectors, children, pages.
Read first: `time.Interval` and `electrodes.electrode`.
"""
