"""Simulate the syndrome, and switch the mechanism off

`ictal.simulate(..., engine="mechanism")` lets seizures arise in a model of an infant's cortex. Nothing in it says where a seizure
goes. The hypothesis is that they migrate because inhibition lets chloride in until it excites. If that is so, holding chloride
still should leave seizures and take their migration away. This tutorial does the experiment.
"""

# %%
# The conditions differ from each other by one change. `question` is what each is to answer.

from ictal.simulator.mechanism.experiment import conditions, try_out

for condition in conditions():
    print(f"{condition.name:18} {condition.question}")

# %%
# The same three infants (seeds) under each condition, forty minutes each. Nothing else differs, not even the noise.

import os

SEEDS, MINUTES = range(900, 903), 40
if "ICTAL_TUTORIAL_SHORT" in os.environ:  # the tests of this page have less time
    SEEDS, MINUTES = range(900, 901), 5

for condition in conditions():
    outcome = try_out(condition.mechanism, SEEDS, MINUTES * 60)
    print(
        f"{condition.name:18} {outcome.seizures:3} seizures in {outcome.hours:.0f} h, migrating: {outcome.migrating}"
    )

# %%
# The last two rows are the experiment: between them only `chloride.dynamic` changed. Here are the settings that differ.

from ictal.base.settings import describe, to_mapping
from ictal.simulator.mechanism.settings import Mechanism


def flat(settings):
    return {
        f"{room}.{name}": value
        for room, part in to_mapping(settings).items()
        for name, value in part.items()
    }


held, moving = (flat(condition.mechanism) for condition in conditions()[2:])
print({name: (held[name], moving[name]) for name in held if held[name] != moving[name]})

# %%
# Every parameter says what it means and who says so. Those of chloride:

for parameter in describe(Mechanism):
    if parameter.name.startswith("chloride."):
        print(
            f"{parameter.name} = {parameter.default} {parameter.unit}: {parameter.meaning} ({parameter.source})"
        )

# %%
# Three infants are few, and the seizures of one infant are alike: read the intervals as too narrow.
# [The mechanism](../mechanism.md) has the table of ten infants, other mechanisms instead of this one, and where the model falls short. It
# shows that the mechanism is enough; it does not show that it is what happens in an infant.
