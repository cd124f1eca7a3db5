"""The reviewer: what is wrong with a gateway, whoever made it, as rules over its view."""

from .review import review
from .rules import RULES

__all__ = ["RULES", "review"]
