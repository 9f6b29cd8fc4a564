"""The child, not the waveform: what was seen, measured, given and lost, by age.

Knows: the entries of one infant's record, and what follows from them. Pseudonyms and ages in days alone.
Must not know: a waveform, a file, a database, a page.
Read first: `timeline.types.Infant`, `genes.triage`.
"""
