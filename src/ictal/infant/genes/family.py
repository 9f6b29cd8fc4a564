"""Are the roles true? Every record is asked whether this can be the child of these two, and what sex the child has.

Three kinds of place count as informative: all three called, one alternative allele, on an autosome. A place is
*impossible* where the child shares no allele with one parent, and *new* where the child has an allele that neither
has. New ones inside the genes of the panel are not counted, since those are what is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ictal.base.errors import TableError
from ictal.infant.genes.types import Call, Record, Sex, Trio

PSEUDO_AUTOSOMAL = {
    "GRCh38": ((10_001, 2_781_479), (155_701_383, 156_030_895)),
    "GRCh37": ((60_001, 2_699_520), (154_931_044, 155_260_560)),
}
FEWEST_IMPOSSIBLE = 3
"""Fewer impossible places than this are taken as errors of calling (our choice)."""
LARGEST_SHARE = 0.02
"""A trio with a larger share of impossible places is not one (our choice: true trios have about 0.1 %)."""
ENOUGH_X = 3
"""Places on X that must agree before the sex is said (our choice)."""
CONFIRMING_PLACES = 100
"""Informative places without contradiction from which parenthood counts as confirmed by the file (our choice)."""


def on_x_alone(chromosome: str, position: int, assembly: str) -> bool:
    """Does this place lie on X outside the pseudoautosomal regions?"""
    if chromosome != "X":
        return False
    regions = PSEUDO_AUTOSOMAL.get(assembly, PSEUDO_AUTOSOMAL["GRCh38"])
    return not any(low <= position <= high for low, high in regions)


@dataclass
class _Tally:
    informative: int = 0
    impossible: int = 0
    new: int = 0

    def share(self) -> float:
        return self.impossible / self.informative if self.informative else 0.0


@dataclass
class Relations:
    """Counts, over a whole file, what speaks for and against the roles. Feed it each record, then ask `judge`."""

    assembly: str
    names: tuple[str, ...]
    _as: dict[int, _Tally] = field(default_factory=lambda: {0: _Tally(), 1: _Tally(), 2: _Tally()})
    _x_het: list[int] = field(default_factory=lambda: [0, 0, 0])
    _x_single: list[int] = field(default_factory=lambda: [0, 0, 0])
    _x_hom: list[int] = field(default_factory=lambda: [0, 0, 0])
    _x_against: dict[str, int] = field(default_factory=lambda: {"as said": 0, "swapped": 0})
    _y: list[int] = field(default_factory=lambda: [0, 0, 0])

    def see(self, record: Record, in_panel: bool) -> None:
        """Count one record; the calls are those of child, mother and father, as many as were named."""
        if len(record.alts) != 1 or record.filters:
            return
        if record.chromosome == "Y":
            for i, call in enumerate(record.calls):
                self._y[i] += any(a for a in call.alleles)
            return
        if on_x_alone(record.chromosome, record.position, self.assembly):
            self._see_x(record)
            return
        if len(record.calls) != 3 or not record.chromosome.isdigit():
            return
        sets = [_called(call) for call in record.calls]
        if any(s is None for s in sets):
            return
        for child, tally in self._as.items():
            own = sets[child]
            others = [sets[i] for i in range(3) if i != child]
            _count(tally, own, others, in_panel)

    def _see_x(self, record: Record) -> None:
        for i, call in enumerate(record.calls):
            if call.missing or not any(a for a in call.alleles):
                continue
            self._x_het[i] += len(set(call.alleles)) > 1
            self._x_single[i] += len(call.alleles) == 1
            self._x_hom[i] += len(call.alleles) > 1 and len(set(call.alleles)) == 1
        if len(record.calls) == 3:
            child, one, other = (_called_any(call) for call in record.calls)
            if child and one and other:
                self._x_against["as said"] += self._x_impossible(child, one)
                self._x_against["swapped"] += self._x_impossible(child, other)

    @staticmethod
    def _x_impossible(child: frozenset[int], mother: frozenset[int]) -> bool:
        """Every child has one X of the mother."""
        return not child & mother

    def sex(self, who: int = 0) -> tuple[Sex, str]:
        """Is this person female or male by the X chromosome, and why?"""
        het, hom, single = self._x_het[who], self._x_hom[who], self._x_single[who]
        if single and not het:
            return Sex.MALE, f"{single} calls of one allele on X"
        if het >= ENOUGH_X and het >= 0.2 * (het + hom + single):
            return Sex.FEMALE, f"{het} of {het + hom + single} variants on X are heterozygous"
        if hom >= 2 * ENOUGH_X and het <= 0.05 * (het + hom):
            return Sex.MALE, f"{hom} of {hom + het} variants on X are homozygous"
        return Sex.UNKNOWN, "too few variants on X to tell"

    def judge(self, trust: bool) -> Trio:
        """What do the records say of the roles? Refused where others fit far better, unless they are to be trusted.

        Where no roles fit, the answer goes on and carries the doubt.
        """
        sex, reason = self.sex()
        if len(self.names) != 3:
            return Trio(sex=sex, sex_reason=reason, words="not a trio: the relations were not checked")
        said = self._as[0]
        swap = self._other_child() or self._swapped_parents()
        if swap and not trust:
            raise TableError(
                f"{swap}: check --child, --mother and --father, or add --trust-roles to go on all the same."
            )
        words = f"{said.impossible} of {said.informative} informative places contradict the roles"
        if said.informative < CONFIRMING_PLACES:
            words += f"; fewer than {CONFIRMING_PLACES}, so that parenthood is taken as said"
        doubt = "" if swap else self._no_trio()
        if swap:
            words += f"; taken as said all the same (--trust-roles): {swap}"
        return Trio(said.informative, said.impossible, said.new, sex, reason, words, doubt)

    def _other_child(self) -> str:
        """Do these three fit far better with a parent as the child? New alleles alone do not say so."""
        said = self._as[0]
        against = said.impossible + said.new
        best = min((1, 2), key=lambda i: self._as[i].impossible + self._as[i].new)
        other = self._as[best].impossible + self._as[best].new
        share = against / said.informative if said.informative else 0.0
        many = said.impossible >= FEWEST_IMPOSSIBLE and said.share() > LARGEST_SHARE and 2 * other < against
        few_but_clear = said.impossible >= 2 and against >= 5 and share > 5 * LARGEST_SHARE and 5 * other <= against
        if not many and not few_but_clear:
            return ""
        return f"{self._broken()}; with '{self.names[best]}' as the child it would be {other}"

    def _broken(self) -> str:
        said = self._as[0]
        child, mother, father = self.names
        return (
            f"The roles do not fit: {said.impossible + said.new} of {said.informative} places break Mendel's laws with "
            f"'{child}' as child, '{mother}' as mother and '{father}' as father"
        )

    def _swapped_parents(self) -> str:
        """Is the one who is called the mother male by X, or do the child's alleles on X not come from her?"""
        _, mother, father = self.names
        x_says, x_swapped = self._x_against["as said"], self._x_against["swapped"]
        if x_says >= FEWEST_IMPOSSIBLE and x_says > 3 * x_swapped:
            why = f"{x_says} places on X break Mendel's laws with '{mother}' as mother, {x_swapped} with '{father}'"
        elif (self.sex(1)[0], self.sex(2)[0]) == (Sex.MALE, Sex.FEMALE):
            why = f"'{mother}' is male and '{father}' is female by the X chromosome"
        else:
            return ""
        return f"The parents seem swapped: {why}"

    def _no_trio(self) -> str:
        """Do the records contradict the roles without any other reading that fits?"""
        said = self._as[0]
        impossible = said.impossible >= FEWEST_IMPOSSIBLE and said.share() > LARGEST_SHARE
        many_new = said.new >= 10 * FEWEST_IMPOSSIBLE and said.new > 5 * LARGEST_SHARE * said.informative
        if not impossible and not many_new:
            return ""
        return f"{self._broken()}, and no other roles fit: what is said of inheritance cannot be relied on"


def _called(call: Call) -> frozenset[int] | None:
    if call.missing or len(call.alleles) != 2:
        return None
    return _called_any(call)


def _called_any(call: Call) -> frozenset[int] | None:
    return None if call.missing else frozenset(a for a in call.alleles if a is not None)


def _count(tally: _Tally, own: frozenset[int] | None, others: list[frozenset[int] | None], in_panel: bool) -> None:
    one, two = others
    if own is None or one is None or two is None or own == one == two:
        return
    tally.informative += 1
    if not own & one or not own & two:
        tally.impossible += 1
    elif not own <= one | two and not in_panel:
        tally.new += 1
