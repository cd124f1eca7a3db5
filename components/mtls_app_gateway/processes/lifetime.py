"""What runs from a start to a stop, as a context."""

from abc import ABC, abstractmethod
from typing import Self


class Lifetime(ABC):
    """Something that runs from `start` to `stop`, which a `with` statement calls. Making one starts nothing."""

    @abstractmethod
    def start(self) -> None:
        """Begin; where this raises, nothing runs."""

    @abstractmethod
    def stop(self) -> None:
        """End it, and return when nothing of it is left; nothing happens where it does not run."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
