"""The names of the event tables and of their columns, and the words that stand in their cells."""

from __future__ import annotations

SEIZURES, LEGS, DISCHARGES = "seizures.tsv", "legs.tsv", "discharges.tsv"
TRUTH = "derivatives/truth"
"""Where in a simulated BIDS dataset the tables of what is true are."""

SZCORE_COLUMNS = ("onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration")
SEIZURE_COLUMNS = (
    *SZCORE_COLUMNS, "seizure_id", "onset_electrode", "onset_hemisphere", "onset_lobe", "pattern", "crosses_midline",
    "path",
)  # fmt: skip
LEG_COLUMNS = (
    "seizure_id", "leg", "onset", "duration", "electrode", "hemisphere", "lobe", "frequency_hz", "amplitude_uv",
    "channels", "came_from", "came_by",
)  # fmt: skip
DISCHARGE_COLUMNS = ("onset", "duration", "derivation", "frequency_hz", "amplitude_uv", "score")

NOT_KNOWN = "n/a"
BACKGROUND = "bckg"
DATE_TIME = "%Y-%m-%d %H:%M:%S"
PATH_JOINT = ">"
