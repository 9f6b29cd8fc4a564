"""Montage, filtering, artefacts, features: arrays in, arrays out, streamed block by block.

Knows: `base`, `recording` (a `Recording` to read from).
Must not know: what a seizure is, where results go.
Read first: `montage.build`, then `stream.blocks`.
"""
