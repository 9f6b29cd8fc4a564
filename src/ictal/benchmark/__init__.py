"""How well does a detector do, on recordings whose truth is known, or that experts have marked?

Knows: the analysis, the simulator, scoring, recordings, the event tables, and the report's way of drawing.
Must not know: how a seizure is found or simulated; the command line.
Read first: `run.perform`, then `suite.toml`, `measures` and `helsinki`.
"""
