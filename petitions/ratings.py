"""What signers think of an answer, as figures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

# Fewer say too little, and might be told apart.
SHOWN_FROM = 20


@dataclass(frozen=True)
class Result:
    """How many signers said that an answer was, was partly, or was not an answer to what was asked."""

    yes: int = 0
    partly: int = 0
    no: int = 0

    @property
    def total(self) -> int:
        return self.yes + self.partly + self.no

    @property
    def is_shown(self) -> bool:
        """Whether there are enough votes for the figures to be public."""
        return self.total >= SHOWN_FROM

    @property
    def is_low(self) -> bool:
        """Whether more than half of enough voters say that their petition was not answered."""
        return self.is_shown and self.no * 2 > self.total


def result(counted: Mapping[str, int], *, case_id: int | None) -> Result:
    """The figures as stored with a petition; none where they are about another case than this."""
    if case_id is None or counted.get("case") != case_id:
        return Result()
    return Result(yes=counted.get("yes", 0), partly=counted.get("partly", 0), no=counted.get("no", 0))
