"""The record of one infant, in order of age.

Knows: entries and their words, ages, what an entry cannot be, how the rate of seizures rises.
Must not know: what follows for growth, development and treatment; where a record is stored.
Read first: `types.Infant`, then `ages.Ages` and `checks.problems`.
"""
