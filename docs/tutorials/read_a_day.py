"""Read a day of EEG

You have a long recording and want to know what is in it before anything is detected: how long it is, what it holds, where
nothing was recorded, and how its seconds look. Everything here is simulated, because a tutorial needs a file that
everybody may have.
"""

# %%
# A file to read. `HOURS` is 24 on this page; a simulation makes its samples as it writes them, so a day needs no more
# memory than an hour. If you have a recording of your own, leave this part out and give its name to `ictal.read`.

import os
from pathlib import Path

import ictal
from ictal.exchange.edf import write_edf

HOURS = (
    0.25 if "ICTAL_TUTORIAL_SHORT" in os.environ else 24
)  # the tests of this page have less time

made = ictal.simulate("eimfs-storm", duration_s=HOURS * 3600, seed=7, rate_hz=128)
write_edf(made.recording, Path("day.edf"))

# %%
# `ictal.read` looks at the header and at where the records lie. It reads no sample yet, so it takes as long for a day as for
# an hour. EDF, EDF+ and BDF are read by Ictal itself, other formats with `pip install "ictal[formats]"`.

recording = ictal.read("day.edf")
print(
    f"{recording.duration_s / 3600:g} hours in {len(recording.segments)} piece, {len(recording.channels)} channels"
)
for channel in recording.channels[:3]:
    print(channel.label, channel.kind, channel.rate_hz, "Hz, electrode", channel.electrode)

# %%
# A recording may have gaps. They stay gaps: seconds always count from the first sample, with the gaps in them.

print("gaps:", [(gap.start_s, gap.stop_s) for gap in recording.gaps] or "none")
print("recorded:", round(sum(part.duration_s for part in recording.recorded) / 3600, 2), "hours")

# %%
# Samples are read where you ask for them: channels by number, the piece of the recording, and from which sample to which. They are
# microvolts; a sample that the file could not give is NaN. Here are four seconds of the first three channels. `to_sample` is the
# one converter from seconds to samples in Ictal.

from ictal.base.time import to_sample

start, stop = (to_sample(second, recording.channels[0].rate_hz) for second in (600.0, 604.0))
seconds = recording.samples.read_uv((0, 1, 2), 0, start, stop)
print(seconds.shape, seconds.dtype, "RMS in uV:", seconds.std(axis=1).round(1))

# %%
# Now the analysis. It goes through the recording once, block by block.

analysis = ictal.analyse(recording, age=ictal.Age(days=120, gestation_weeks=39))
findings = analysis.findings
print(
    f"{findings.recorded.readable_s / 3600:.1f} of {findings.recorded.recorded_s / 3600:.1f} hours could be read"
)
print(
    f"{findings.seizures} seizures, {findings.burden_min_per_h:.2f} minutes of seizure in a readable hour"
)

# %%
# What hid the rest is told channel by channel; the three worst:

for row in sorted(findings.quality, key=lambda q: q.readable_s)[:3]:
    hidden = ", ".join(
        f"{cause} {seconds:.0f} s" for cause, seconds in row.masked_s.items() if seconds
    )
    print(f"{row.derivation}: {row.readable_s / row.recorded_s:.1%} readable; {hidden}")

# %%
# And the day as a whole: where the seizures are, hour by hour.

from ictal.report.drawings import drawing

Path("day.svg").write_text(drawing(analysis, "overview"), encoding="utf-8")

# %%
# Next: [which of these seizures migrate, and could that be chance?](find_what_migrates.py)
