"""How did the child come by this allele, and does that fit the way the gene is inherited?

Modes: `de_novo`, `de_novo_mosaic`, `mosaic_mother`, `mosaic_father`, `maternal`, `paternal`, `biparental`,
`recessive_homozygous`, `homozygous`, `homozygous_one_parent`, `compound_heterozygous`,
`compound_heterozygous_unphased`, `x_linked_hemizygous`, `x_linked_maternal`, `x_linked_de_novo`, `mosaic`,
`not_maternal`, `not_paternal`, `unknown`. What was not called in a parent is unknown there, never absent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from functools import cache

from ictal.infant.genes.types import Call, Gene, Inheritance, Sex

FEWEST_READS = 10
"""A parent with fewer reads cannot be said to lack an allele (our choice)."""
TRACE_READS, TRACE_FRACTION = 3, 0.02
"""So many reads, and such a share, of a called-absent allele are a trace of it: mosaicism or contamination (our
choice).
"""
BELOW_HALF = 0.001
"""Mosaic: fewer reads than half by a binomial test at this level, and below `MOSAIC_FRACTION` (our choices)."""
MOSAIC_FRACTION = 0.35


class Parent(Enum):
    """What is known of an allele in one parent."""

    NOT_GIVEN = "not given"
    UNKNOWN = "not called"
    ABSENT = "absent"
    THIN = "absent, few reads"
    TRACE = "called absent, with reads of it"
    MOSAIC = "called, with few reads of it"
    CARRIER = "carrier"
    BOTH = "both copies"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the question of inheritance needs of one allele: the calls, the chromosome's copies, and the star allele."""

    calls: tuple[Call, ...]
    mother: int | None
    father: int | None
    allele: int
    x_alone: bool
    sex: Sex
    star: int | None = None

    @property
    def child(self) -> Call:
        """The child's own call."""
        return self.calls[0]


def mosaic_fraction(call: Call, allele: int) -> float | None:
    """The share of reads where it is clearly less than a half: the allele is in some cells alone. None otherwise."""
    share = call.fraction(allele)
    if share is None or share >= MOSAIC_FRACTION:
        return None
    total = sum(n for n in call.reads if n is not None)
    return share if _binomial(call.reads[allele] or 0, total) < BELOW_HALF else None


@cache
def _binomial(successes: int, total: int) -> float:
    """The chance of so few or fewer when each read is as likely to show either allele."""
    term = 0.5**total if total < 1000 else 0.0
    if total >= 1000:
        return 0.0 if successes < 0.4 * total else 1.0
    below = 0.0
    for k in range(successes + 1):
        below += term
        term *= (total - k) / (k + 1)
    return below


def parent_of(call: Call | None, allele: int) -> Parent:
    """What is known of this allele in this parent? A half-missing call without it tells nothing."""
    if call is None:
        return Parent.NOT_GIVEN
    copies = call.copies(allele)
    if copies:
        if copies == len(call.alleles) and copies > 1:
            return Parent.BOTH
        return Parent.MOSAIC if len(call.alleles) > 1 and mosaic_fraction(call, allele) is not None else Parent.CARRIER
    if call.missing:
        return Parent.UNKNOWN
    share = call.fraction(allele)
    if share is not None and share >= TRACE_FRACTION and (call.reads[allele] or 0) >= TRACE_READS:
        return Parent.TRACE
    depth = call.depth if call.depth is not None else (sum(n or 0 for n in call.reads) if call.reads else None)
    return Parent.THIN if depth is not None and depth < FEWEST_READS else Parent.ABSENT


def inheritance_of(asked: Asked) -> Inheritance:
    """The mode for one allele alone; pairs of alleles of one gene come later (`pairs`)."""
    mother = parent_of(None if asked.mother is None else asked.calls[asked.mother], asked.allele)
    father = parent_of(None if asked.father is None else asked.calls[asked.father], asked.allele)
    child = asked.child
    share = mosaic_fraction(child, asked.allele)
    copies = child.copies(asked.allele)
    single = len(child.alleles) == 1 or (asked.sex is Sex.MALE and copies == len(child.alleles))
    if asked.x_alone and (single or (asked.sex is Sex.MALE and copies)):
        return _x_of_a_boy(mother, share if not single else None, child.fraction(asked.allele))
    if copies >= 2 and not child.missing:
        lacks = (Parent.ABSENT, Parent.THIN)
        if asked.x_alone and asked.sex is Sex.UNKNOWN and father in lacks:
            boy = _x_of_a_boy(mother, None, child.fraction(asked.allele))
            return replace(boy, words=f"{boy.words} (taken for a boy's: the father does not have it)")
        return _two_copies(mother, father)
    told = _one_copy(mother, father, share, asked.x_alone)
    more = ""
    if child.missing and len(child.alleles) > 1:
        more = "; the child's other allele was not called, so that it may have two copies"
    elif asked.star is not None and child.copies(asked.star):
        more = "; the child's other copy is taken away by a deletion that begins before it"
    return Inheritance(told.mode, told.words + more, told.fits, child.fraction(asked.allele), told.confirmed)


def _x_of_a_boy(mother: Parent, share: float | None, fraction: float | None) -> Inheritance:
    if share is not None:
        return Inheritance(
            "de_novo_mosaic" if mother in (Parent.ABSENT, Parent.THIN) else "mosaic",
            f"on a boy's one X, in {share:.0%} of reads: mosaic",
            "",
            share,
        )
    if mother in (Parent.ABSENT, Parent.THIN):
        words = "on a boy's one X, and the mother does not have it: new" + _thin(mother)
        return Inheritance("x_linked_de_novo", words, "", fraction, mother is Parent.ABSENT)
    if mother in (Parent.TRACE, Parent.MOSAIC):
        return Inheritance("mosaic_mother", "on a boy's one X; the mother has it in some of her cells", "", fraction)
    if mother in (Parent.CARRIER, Parent.BOTH):
        return Inheritance("x_linked_maternal", "on a boy's one X, from the mother", "", fraction)
    return Inheritance("x_linked_hemizygous", f"on a boy's one X; mother {mother.value}", "", fraction)


def _two_copies(mother: Parent, father: Parent) -> Inheritance:
    carries = {Parent.CARRIER, Parent.BOTH, Parent.MOSAIC, Parent.TRACE}
    if mother in carries and father in carries:
        return Inheritance("recessive_homozygous", "both copies, one from each parent", "", confirmed=True)
    lacks = {Parent.ABSENT, Parent.THIN}
    if mother in lacks or father in lacks:
        which = " and ".join(n for n, p in (("the mother", mother), ("the father", father)) if p in lacks)
        words = f"both copies, but {which} has none: a deletion, both copies from one parent, or an error; check it"
        return Inheritance("homozygous_one_parent", words, "")
    return Inheritance("homozygous", f"both copies; mother {mother.value}, father {father.value}", "")


def _one_copy(mother: Parent, father: Parent, share: float | None, x_alone: bool) -> Inheritance:
    lacks = {Parent.ABSENT, Parent.THIN}
    has = {Parent.CARRIER, Parent.BOTH}
    some = {Parent.TRACE, Parent.MOSAIC}
    if mother in lacks and father in lacks:
        thin = _thin(mother) or _thin(father)
        if share is not None:
            return Inheritance("de_novo_mosaic", f"new, in {share:.0%} of the child's reads: mosaic" + thin, "", share)
        mode = "x_linked_de_novo" if x_alone else "de_novo"
        return Inheritance(mode, "new: neither parent has it" + thin, "", share, not thin)
    if mother in some and father not in has:
        return Inheritance("mosaic_mother", f"the mother has it in some of her cells ({mother.value})", "", share)
    if father in some and mother not in has:
        return Inheritance("mosaic_father", f"the father has it in some of his cells ({father.value})", "", share)
    if mother in has and father in has:
        return Inheritance("biparental", "both parents have it", "", share)
    if mother in has:
        return Inheritance("maternal", "from the mother" + _or(father, "father"), "", share)
    if father in has:
        return Inheritance("paternal", "from the father" + _or(mother, "mother"), "", share)
    if mother in lacks:
        return Inheritance("not_maternal", f"not from the mother; father {father.value}", "", share)
    if father in lacks:
        return Inheritance("not_paternal", f"not from the father; mother {mother.value}", "", share)
    if share is not None:
        return Inheritance("mosaic", f"in {share:.0%} of the child's reads: mosaic; parents {mother.value}", "", share)
    return Inheritance("unknown", f"one copy; mother {mother.value}, father {father.value}", "", share)


def _thin(parent: Parent) -> str:
    return f" (a parent has fewer than {FEWEST_READS} reads there)" if parent is Parent.THIN else ""


def _or(parent: Parent, name: str) -> str:
    return f"; {name} {parent.value}" if parent in (Parent.UNKNOWN, Parent.NOT_GIVEN) else ""


@dataclass(frozen=True, slots=True)
class Half:
    """One heterozygous allele of a gene, as one half of a possible pair."""

    key: int
    mode: str
    call: Call
    allele: int
    place: int = 0


def pairs(halves: tuple[Half, ...]) -> dict[int, tuple[str, int]]:
    """Which alleles of one gene make a pair, each with the mode and its partner? In trans by parents or phase first."""
    found: dict[int, tuple[str, int]] = {}
    for first in halves:
        for second in halves:
            if first.key == second.key:
                continue
            trans = in_trans(first, second)
            if trans is False:
                continue
            mode = "compound_heterozygous" if trans else "compound_heterozygous_unphased"
            if first.key not in found or (trans and found[first.key][0] != "compound_heterozygous"):
                found[first.key] = mode, second.key
    return found


def in_trans(first: Half, second: Half) -> bool | None:
    """Do two alleles lie on different copies of the gene? None where neither parents nor phase tell."""
    sides = {"maternal": 0, "mosaic_mother": 0, "not_paternal": 0, "paternal": 1, "mosaic_father": 1, "not_maternal": 1}
    one, two = sides.get(first.mode), sides.get(second.mode)
    if one is not None and two is not None:
        return one != two
    if first.place and first.place == second.place:
        return True  # one copy of a gene has one base at one place
    a, b = first.call, second.call
    if (
        a.phased
        and b.phased
        and a.phase_set == b.phase_set
        and first.allele in a.alleles
        and second.allele in b.alleles
    ):
        return a.alleles.index(first.allele) != b.alleles.index(second.allele)
    return None


_SUITS = {
    "AD": {"de_novo", "de_novo_mosaic", "mosaic_mother", "mosaic_father", "x_linked_de_novo"},
    "AR": {"recessive_homozygous", "homozygous", "compound_heterozygous"},
    "XL": {
        "x_linked_hemizygous",
        "x_linked_maternal",
        "x_linked_de_novo",
        "de_novo",
        "de_novo_mosaic",
        "mosaic_mother",
    },
}
_MAY = {
    "AD": {"unknown", "not_maternal", "not_paternal", "mosaic", "homozygous", "homozygous_one_parent"},
    "AR": {"compound_heterozygous_unphased", "homozygous_one_parent"},
    "XL": {"unknown", "not_maternal", "not_paternal", "mosaic", "mosaic_father", "homozygous", "recessive_homozygous"},
}


def suits(mode: str, gene: Gene) -> str:
    """Does a mode fit the way this gene is inherited: `yes`, `possible` or `no`?"""
    if any(mode in _SUITS[way] for way in gene.inheritance):
        return "yes"
    return "possible" if any(mode in _MAY[way] for way in gene.inheritance) else "no"
