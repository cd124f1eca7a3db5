"""Figures beside their bars. A bar that is missed is printed and fails nothing: the machine has its share in it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure, and the least or the most that it should be."""

    what: str
    measured: float
    least: float | None = None
    most: float | None = None
    unit: str = "times"

    @property
    def is_met(self) -> bool:
        """Whether the figure is within its bounds."""
        is_enough = self.least is None or self.measured >= self.least
        return is_enough and (self.most is None or self.measured <= self.most)

    def __str__(self) -> str:
        bounds = (("at least", self.least), ("at most", self.most))
        wanted = ", ".join(f"{word} {bound:g}" for word, bound in bounds if bound is not None)
        short = "" if self.is_met else "  FELL SHORT"
        return f"{self.what}: {self.measured:.3g} {self.unit} ({wanted}){short}"


def report(bars: Sequence[Bar]) -> None:
    """Print every bar, those that fell short marked."""
    for bar in bars:
        print(bar)
