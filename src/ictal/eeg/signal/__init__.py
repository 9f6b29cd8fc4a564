"""Montage, filtering, artefacts, features: arrays in, arrays out, streamed block by block.

Knows: `base`, the types of `recording` (a `Recording` to read from).
Must not know: files, what a seizure is, where results go.
Read first: `montage.build`, then `stream.Preparer.blocks`; `types.Mask` lists what hides a second.
"""
