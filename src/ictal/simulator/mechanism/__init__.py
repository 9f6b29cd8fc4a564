"""Why does a seizure move? A neural mass in each region of an infant's cortex, coupled, without a schedule.

Knows: `base`, and of its parent room the cortex, the head, chance and the truth's words.
Must not know: detectors, files, where a seizure is wanted to go.
Read first: `settings` (every number with its source), `model` (the equations, plainly), then `course` and `reading`.
`kernel` is the same equations, fast.
"""
