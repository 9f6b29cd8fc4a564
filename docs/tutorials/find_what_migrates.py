"""Find what migrates, and test it against chance

A seizure that is here and then there has two readings: it moved, or two places were ictal one after the other by accident. In a
storm there are many seizures, and some will follow each other whatever the brain does. This tutorial finds what migrates, looks
at one such seizure, and asks what chance alone would give.
"""

# %%
# Half an hour of a simulated storm, dense enough to have something to count.

from pathlib import Path

import ictal
from ictal.report.drawings import drawing
from ictal.simulator import SCENARIOS

storm = SCENARIOS["eimfs-storm"].moved(seizures_per_hour=24, clustered=0)
made = ictal.simulate(storm, duration_s=1800, seed=11)
analysis = ictal.analyse(made.recording, age=ictal.Age(days=120, gestation_weeks=39))

for number, seizure in enumerate(analysis.seizures, start=1):
    when = f"{seizure.start_s:6.0f} s  {seizure.duration_s:4.0f} s"
    print(f"{number:2}  {when}  {seizure.pattern:10}  {' > '.join(seizure.path)}")

# %%
# *Migrating* is said of a seizure in which the next place is another region or the other hemisphere and the first wanes while
# the next rises. Take the one with the longest path, and look at each hand-over: how long after the onset of one place
# the other began, and whether they overlapped (below zero) or paused (above).

number = max(range(1, len(analysis.seizures) + 1), key=lambda k: len(analysis.seizures[k - 1].path))
for link in analysis.findings.details[number - 1].links:
    places = f"{link.from_electrode} to {link.to_electrode}"
    print(f"{places}: {link.way}, after {link.delay_s:.0f} s, hand-over {link.handover_s:+.0f} s")

# %%
# The same over the head, and over time.

Path("path.svg").write_text(drawing(analysis, "path", number), encoding="utf-8")
Path("chronogram.svg").write_text(drawing(analysis, "chronogram", number), encoding="utf-8")

# %%
# How many migrate, with the interval that so few seizures leave:

share = analysis.findings.migration.migrating
print(f"{share.count} of {share.of} seizures migrated ({share.low:.0%} to {share.high:.0%})")

# %%
# **Against chance.** Each place keeps how many stays it had, how long each was, and its pauses; only *when* they were is shuffled,
# 499 times. Were the places independent, hand-overs would be about as frequent as in the shuffles. `p` is the share of shuffles with
# as many.

for fact in analysis.findings.facts:
    if fact.about == "chance":
        value = "not captured" if fact.value is None else f"{fact.value:g}"
        print(f"{fact.name:20} {value:6} {fact.meaning}")

# %%
# The control: an infant with one focus, whose seizures never migrate. What is called migrating here is a mistake of the path, and the
# reason to ask chance before believing a single seizure. Where too few stays are there to shuffle, nothing is said.

focal = SCENARIOS["single-focus"].moved(seizures_per_hour=24)
control = ictal.simulate(focal, duration_s=900, seed=11)
found = ictal.analyse(control.recording)
print("truth:", sorted(str(s.pattern) for s in control.truth.seizures))
print("found:", sorted(str(s.pattern) for s in found.seizures))
told = {fact.name: fact.value for fact in found.findings.facts if fact.about == "chance"}
print("hand-overs beyond chance, p:", told.get("handovers_p", "not captured: too few stays"))

# %%
# Because this is a simulation, the truth is there too. What the finder missed or made up:

answer = ictal.score(made.truth.seizures, analysis.seizures, made.recording.duration_s)
print(
    f"found {answer.unmerged.found} of {answer.unmerged.reference}, {answer.unmerged.false} false"
)

# %%
# What each of these numbers rests on: [findings](../findings.md). How a path is made: [tracking](../tracking.md).
