"""A refusal of Azure Resource Manager."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason to refuse a request: ARM's code, where one is known, and a message without any secret."""

    code: str | None
    message: str

    def __str__(self) -> str:
        return f'Code="{self.code}" Message="{self.message}"' if self.code else f'Message="{self.message}"'


class ArmError(Exception):
    """Everything that is wrong with a request. ARM often stops at the first reason; the emulator gives all."""

    def __init__(self, refusals: Sequence[Refusal], status: int = 400) -> None:
        self.refusals = tuple(refusals)
        super().__init__("\n".join(f"Status={status} {refusal}" for refusal in refusals))
