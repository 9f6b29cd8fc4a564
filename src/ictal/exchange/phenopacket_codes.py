"""Codes and ages of a GA4GH Phenopacket (v2): which public code says which field, and how an age or a date is written.

Codes: HPO, LOINC, UCUM, GENO, UBERON, NCBITaxon. What has no public code that we know has one of our own (prefix
`ictal`), which the packet declares among its resources. Sources: phenopacket-schema.readthedocs.io (v2), loinc.org,
ucum.org.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ictal.base.errors import EntryError

OWN = "ictal"
DAY_S = 86400
STAND_IN_BIRTH = "1900-01-01T00:00:00Z"
"""The day of birth in a packet that needs dates: v2 has no ages in the intervals of a dose. It is nobody's birthday."""
SIMULATED = f"{OWN}:simulated"
EPILEPSY = ("MONDO:0005027", "epilepsy")
STATUS = ("HP:0002133", "Status epilepticus")
BLOOD = ("UBERON:0000178", "blood")
GESTATION = ("LOINC:76516-4", "Gestational age--at birth")
MEASURES = {
    "head_cm": ("LOINC:9843-4", "Head Occipital-frontal circumference", "cm"),
    "weight_kg": ("LOINC:29463-7", "Body weight", "kg"),
    "length_cm": ("LOINC:8302-2", "Body height", "cm"),
    "qtc_ms": ("LOINC:8636-3", "Q-T interval corrected", "ms"),
    "heart_rate_per_min": ("LOINC:8867-4", "Heart rate", "/min"),
}
"""Field of `Growth` or `Ecg` -> LOINC code, its name, and the UCUM unit of the field."""
ALSO = {
    "LOINC:8306-3": "length_cm",
    "LOINC:3137-7": "length_cm",
    "LOINC:3141-9": "weight_kg",
    "LOINC:8287-5": "head_cm",
}
"""Other LOINC codes of the same quantities, understood when a packet is read."""
IN_UNIT = {
    ("g", "kg"): 0.001, ("mm", "cm"): 0.1, ("m", "cm"): 100.0, ("s", "ms"): 1000.0, ("[lb_av]", "kg"): 0.45359237,
    ("[in_i]", "cm"): 2.54, ("{beats}/min", "/min"): 1.0,
}  # fmt: skip
UCUM = {
    "mg/kg/day": "mg/kg/d", "mg/day": "mg/d", "ug/kg/day": "ug/kg/d", "IU/day": "[IU]/d", "IU/kg/day": "[IU]/kg/d",
    "IU/m2/day": "[IU]/m2/d", "g/day": "g/d", "ml/day": "mL/d", ":1": "1",
}  # fmt: skip
"""Units of doses whose UCUM code is another text."""
SEIZURES = {
    "electrographic-only": ("HP:0032811", "Neonatal electrographic only seizure"),
    "automatisms": ("HP:0032898", "Focal automatism seizure"),
    "clonic": ("HP:0020221", "Clonic seizure"),
    "epileptic spasms": ("HP:0011097", "Epileptic spasm"),
    "myoclonic": ("HP:0032794", "Myoclonic seizure"),
    "tonic": ("HP:0032792", "Tonic seizure"),
    "autonomic": ("HP:0011154", "Focal autonomic seizure"),
    "behavioural arrest": ("HP:0011173", "Focal behavior arrest seizure"),
    "sequential": ("HP:0032825", "Neonatal electro-clinical sequential seizure"),
    "focal": ("HP:0007359", "Focal-onset seizure"),
    "focal, consciousness preserved": ("HP:0002349", "Focal aware seizure"),
    "focal, consciousness impaired": ("HP:0002384", "Focal impaired awareness seizure"),
    "focal motor tonic": ("HP:0011167", "Focal tonic seizure"),
    "focal motor clonic": ("HP:0002266", "Focal clonic seizure"),
    "focal to bilateral tonic-clonic": ("HP:0007334", "Bilateral tonic-clonic seizure with focal onset"),
    "hemiclonic": ("HP:0006813", "Focal hemiclonic seizure"),
    "tonic-clonic": ("HP:0002069", "Bilateral tonic-clonic seizure"),
    "absence": ("HP:0002121", "Generalized non-motor (absence) seizure"),
    "atonic": ("HP:0010819", "Atonic seizure"),
}
"""Kind of seizure -> HPO term; any other is `SEIZURE`. The packet keeps our own word beside it."""
SEIZURE = ("HP:0001250", "Seizure")
ZYGOSITY = {
    "heterozygous": ("GENO:0000135", "heterozygous"),
    "homozygous": ("GENO:0000136", "homozygous"),
    "hemizygous": ("GENO:0000134", "hemizygous"),
    "compound heterozygous": ("GENO:0000402", "compound heterozygous"),
    "mosaic": (f"{OWN}:mosaic", "mosaic"),
}
ACMG = {
    "pathogenic": "PATHOGENIC",
    "likely pathogenic": "LIKELY_PATHOGENIC",
    "uncertain significance": "UNCERTAIN_SIGNIFICANCE",
    "likely benign": "LIKELY_BENIGN",
    "benign": "BENIGN",
}
SEXES = {"female": "FEMALE", "male": "MALE", "other": "OTHER_SEX"}
_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<years>\d+(?:\.\d+)?)Y)?(?:(?P<months>\d+(?:\.\d+)?)M)?(?:(?P<weeks>\d+(?:\.\d+)?)W)?"
    r"(?:(?P<days>\d+(?:\.\d+)?)D)?(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_LENGTH_DAYS = {
    "years": Fraction("365.25"), "months": Fraction("30.4375"), "weeks": Fraction(7), "days": Fraction(1),
    "hours": Fraction(1, 24), "minutes": Fraction(1, 1440), "seconds": Fraction(1, DAY_S),
}  # fmt: skip
_STAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(Z|z|[+-]\d\d:\d\d)")


def code(pair: tuple[str, str]) -> dict[str, str]:
    """An OntologyClass of this id and label."""
    return {"id": pair[0], "label": pair[1]}


def own(*words: str) -> str:
    """A code of our own for these words: `ictal:milestone-walks-alone`."""
    return f"{OWN}:" + "-".join(re.sub(r"[^a-z0-9]+", "-", word.casefold()).strip("-") for word in words)


def quantity(value: float, unit: str) -> dict[str, Any]:
    """A Quantity whose unit has its UCUM code and our word for it."""
    return {"unit": {"id": f"UCUM:{UCUM.get(unit, unit)}", "label": unit}, "value": value}


def age(days: float) -> dict[str, Any]:
    """A TimeElement of this age: whole days, or days with a decimal part."""
    return {"age": {"iso8601duration": f"P{plain(days)}D"}}


def plain(number: float) -> str:
    """A number without an exponent and without `.0`."""
    text = format(Decimal(repr(float(number))), "f")
    return text.removesuffix(".0")


def days_of_duration(text: object) -> float:
    """How many days is an ISO 8601 duration (a month 30.4375 days, a year 365.25)? Raises `EntryError`."""
    found = _DURATION.fullmatch(text.strip().upper()) if isinstance(text, str) else None
    if found is None:
        raise EntryError(f"'{text}' is no age: write it as P3M12D or P91D.")
    parts = [Fraction(value) * _LENGTH_DAYS[name] for name, value in found.groupdict().items() if value is not None]
    return float(sum(parts))


def stamp(days: float) -> str:
    """The time of this age when the birth stands at `STAND_IN_BIRTH`, to the nanosecond."""
    from datetime import datetime, timedelta

    exact = (Decimal(repr(float(days))) * DAY_S).quantize(Decimal("1e-9"))
    whole = int(exact)
    at = datetime.fromisoformat(STAND_IN_BIRTH) + timedelta(seconds=whole)
    rest = format(exact - whole, "f").rstrip("0").removeprefix("0").rstrip(".")
    return f"{at:%Y-%m-%dT%H:%M:%S}{rest}Z"


def seconds_of_stamp(text: object) -> Decimal:
    """Seconds of an RFC 3339 time, counted from the start of 1900. Raises `EntryError`."""
    from datetime import datetime

    found = _STAMP.fullmatch(text.strip()) if isinstance(text, str) else None
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute, second = (int(found[k]) for k in range(1, 7))
        zone = "+00:00" if found[8] in "Zz" else found[8]
        at = datetime.fromisoformat(f"{year:04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{zone}")
    except ValueError:
        raise EntryError(f"'{text}' is no time: write it as 2024-03-01T08:30:00Z.") from None
    apart = at - datetime.fromisoformat(STAND_IN_BIRTH)
    return Decimal(apart.days * DAY_S + apart.seconds) + Decimal(found[7] or 0)
