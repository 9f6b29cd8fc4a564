"""`ictal growth`: a quick answer about one measurement, without a study."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ictal.base.errors import UsageError
from ictal.cli.options import AS_JSON

if TYPE_CHECKING:
    from ictal.infant.growth.types import GrowthZ, Measure
    from ictal.infant.timeline.words import Sex


@click.command()
@click.option("--sex", type=click.Choice(["female", "male"]), required=True, help="The WHO standards are by sex.")
@click.option("--age-days", type=float, required=True, help="Days since birth; 0 is the day of birth.")
@click.option(
    "--gestation-weeks", metavar="WEEKS", help="Weeks at birth, as 32 or 32+4; without them only one z-score."
)
@click.option("--head-cm", type=float, help="Head circumference in cm.")
@click.option("--weight-kg", type=float, help="Weight in kg.")
@click.option("--length-cm", type=float, help="Length in cm, lying; from two years on standing.")
@AS_JSON
def growth(
    sex: str,
    age_days: float,
    gestation_weeks: str | None,
    head_cm: float | None,
    weight_kg: float | None,
    length_cm: float | None,
    as_json: bool,
) -> None:
    """Say how far a head, weight or length is from the WHO median of its age.

    For an infant born before 37 weeks both z-scores are shown: by age from birth, and by corrected age.
    """
    from ictal.infant.growth.measure import measured
    from ictal.infant.growth.standards import STANDARD
    from ictal.infant.timeline.ages import Ages

    ages = Ages(age_days, None if gestation_weeks is None else _weeks(gestation_weeks))
    asked: tuple[tuple[Measure, float | None], ...] = (
        ("head", head_cm),
        ("weight", weight_kg),
        ("length", length_cm),
    )
    found = [measured(name, value, _sex(sex), ages) for name, value in asked if value is not None]
    if not found:
        raise UsageError("Nothing was measured: give --head-cm, --weight-kg or --length-cm.")
    if not as_json:
        for one in found:
            click.echo(_text(one, sex, ages.gestation_weeks))
        return
    told = {
        "sex": sex,
        "age_days": ages.days,
        "gestation_weeks": ages.gestation_weeks,
        "postmenstrual_weeks": ages.postmenstrual_weeks,
        "corrected_age_days": ages.corrected_days,
        "standard": STANDARD,
        **_told(found[0]),
        "measures": [_told(one) for one in found],
    }
    click.echo(json.dumps(told, indent=2))


def _sex(word: str) -> Sex:
    return "female" if word == "female" else "male"


def _weeks(text: str) -> float:
    """Weeks as a clinician writes them: `32`, `32.5`, `32+4`."""
    found = re.fullmatch(r"\s*(\d{2}(?:\.\d+)?)(?:\+([0-6]))?\s*", text)
    if found is None or (found[2] and "." in found[1]):
        raise UsageError(f"A gestation is given in weeks, as 32 or 32+4 (days 0 to 6). Got '{text}'.")
    return float(found[1]) + int(found[2] or 0) / 7


def _told(one: GrowthZ) -> dict[str, object]:
    told = asdict(one)
    kept = ("measure", "value", "z_uncorrected", "z_corrected", "notes")
    return {key: round(v, 4) if isinstance(v := told[key], float) and math.isfinite(v) else v for key in kept}


def _text(one: GrowthZ, sex: str, gestation_weeks: float | None) -> str:
    from ictal.infant.growth.standards import STANDARD
    from ictal.infant.growth.types import UNIT
    from ictal.infant.timeline.ages import age_text

    born = "gestation not captured" if gestation_weeks is None else f"born at {gestation_weeks:.1f} weeks"
    lines = [f"{one.measure} {one.value:g} {UNIT[one.measure]}, {sex}, {age_text(one.age_days)} old, {born}"]
    corrected = "" if one.corrected_days is None else f" (day {one.corrected_days:.0f})"
    lines.append(f"  z by age from birth     {_z(one.z_uncorrected)}  (day {one.age_days:g})")
    lines.append(f"  z by corrected age      {_z(one.z_corrected)}{corrected}")
    lines += [f"  {note}" for note in one.notes]
    return "\n".join([*lines, f"  {STANDARD}"])


def _z(z: float | None) -> str:
    return "not available" if z is None else f"{z:+.2f}"
