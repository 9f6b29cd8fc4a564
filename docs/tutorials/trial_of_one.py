"""A treatment trial of one

A medicine was started and the seizures became fewer. Did it help? In one infant there are three other answers: the count is too
small to tell, something else changed at the same time, or the storm would have passed anyway. This tutorial makes a diary with known truth and
asks the question properly. The infant, the diary and the medicine are simulated.
"""

# %%
# A month of diary before, a month during. Seizures come in clusters, so the days differ much more than chance would make them: each
# day has its own rate (gamma, shape 1). The true effect is -60 %.

import numpy as np

from ictal.infant.timeline.types import Diary, Dose, Growth, Infant, Treatment

START, DAYS = 60, 28


def infant(effect, per_day=8.0, seed=3, more=()):
    rng = np.random.default_rng(seed)
    diary = []
    for day in range(START - DAYS, START + DAYS):
        rate = per_day * rng.gamma(1.0) * (1 + effect if day >= START else 1.0)
        diary.append(
            Diary(
                age_days=day, hours_observed=14.0, seizures=int(rng.poisson(rate)), source="parents"
            )
        )
    given = Treatment(
        age_days=START, name="medicine", dose=Dose(amount=10, unit="mg/kg/day"), ongoing="yes"
    )
    return Infant(
        pseudonym="simulated-1", sex="female", gestation_weeks=39, simulated=True,
        entries=(Growth(age_days=0, head_cm=34.2, weight_kg=3.3), *diary, given, *more),
    )  # fmt: skip


# %%
# The question. `place` is the place of the treatment among the entries.

from ictal.infant.treatment.response import response, treatment_places


def asked(child, which=0):
    found = response(child, treatment_places(child)[which])
    print(f"{found.treatment}, by {found.source}: {found.answer}")
    for outcome in found.outcomes:
        print(f"  {outcome.definition}: {outcome.answer}. {outcome.sentence}")
    for doubt in (*(f"Not separable from: {n}" for n in found.not_separable), *found.cautions):
        print("  !", doubt)
    return found


helped = asked(infant(-0.6))

# %%
# Five definitions of a response stand beside each other because the definition alone can double the share of responders. The answer is `yes` or
# `no` only where the whole 95 % interval lies on one side of one half; else it is `uncertain`, which is an answer too: although the
# true effect is beyond one half, this month of this infant cannot show it. With an effect of -90 % it can:

strong = asked(infant(-0.9))

# %%
# The same diary with no effect at all:

nothing = asked(infant(0.0))

# %%
# How often would counting alone, without an interval, have called a medicine without effect a success? Over 200 infants:

counted = [response(infant(0.0, per_day=2.0, seed=seed), DAYS * 2 + 1) for seed in range(200)]
print(
    "responders by the point alone:",
    sum(r.change.ratio is not None and r.change.ratio <= 0.5 for r in counted),
)
print("responders by the interval:   ", sum(r.answer == "yes" for r in counted))

# %%
# And when a diet begins in the same week, the change may be real and still not the medicine's:

diet = Treatment(
    age_days=START + 3,
    name="ketogenic diet",
    treatment="diet",
    dose=Dose(amount=3, unit=":1"),
    ongoing="yes",
)
both = asked(infant(-0.6, more=(diet,)))
print("attributable to the medicine alone:", both.attributable)

# %%
# Where the record of a child is kept: [studies](../study.md). How often these intervals hold the truth: [the child](../child.md).
