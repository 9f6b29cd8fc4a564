"""Read a day of EEG

A recording is read."""

# %%
# First simulate.

import ictal

made = ictal.simulate("demo", duration_s=300, seed=1)
print(made.recording.duration_s)
