"""What is known, as cited statements in data files: each with its source, its provenance, and the day it expires.

Knows: `base`, and the data files beside it. A file of a user is read by the same loader.
Must not know: recordings, children, verdicts. Nothing here is computed from a case.
Read first: `library.library`, then `types.Statement`; `load.load_entries` is how every data file is read.
"""
