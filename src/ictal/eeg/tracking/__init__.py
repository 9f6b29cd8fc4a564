"""Discharges become stays in a place, stays become legs, legs become seizures with a pattern and a path.

Knows: `base`, `signal` (a few seconds of it, to tell a place from a far field), the types of `recording` and
`detection`.
Must not know: files, findings, the child, and how the discharges were found.
Read first: `follow.follow`, with the pictures in `places` and `link`; then `judge`, which tells what is ictal.
`marks.follow_marks` does the same where someone else said when. `examine` then asks the samples of each seizure for the
field of its onset and for the coupling of its legs.
"""
