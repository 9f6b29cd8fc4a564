"""What a recording shows: burden by hour, foci, independence, migration, markers, quality, and all of it in sentences.

Knows: `base`, and the types of the rooms before it: recording, signal (masks), detection, tracking (seizures).
Must not know: samples, files, the child. What was not captured is never called absent.
Read first: `state.state`, which fills `types.Findings`; then `sentences.sentences`.
"""
