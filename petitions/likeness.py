"""How alike texts are: by the words they share, each counting the more the rarer it is. Pure.

A text is a vector over its words (Salton's weights: how often a word stands in it, damped, times how rare the word is
among all), and likeness is the cosine. What makes short titles comparable is the second look: the words of the texts
nearest to a title (Rocchio's feedback) find those that say the same with other words. How the figures here were chosen
and what they reach: docs/finding.md.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Vector = dict[str, float]

# What one occurrence of a word counts: in the title, in what is asked, in the detail.
IN_TITLE, IN_ASK, IN_DETAIL = 10, 3, 1
RARITY_DAMPED = 0.6
# How many of the words that the nearest texts use say what a title means.
WIDENED_WORDS = 100
# What the words of the nearest texts, and the letters of the title, count beside the title's own words.
WIDENED, LETTERS = 2.5, 0.25
# A petition of the same weeks is the more likely to mean the same events.
NEAR, NEAR_DAYS = 0.7, 300

# A word of a text search vector as PostgreSQL writes it, and its places, each with the letter of its field.
_WORD = re.compile(r"'((?:[^']|'')*)'(?::(\S+))?")


@dataclass(frozen=True)
class Rarity:
    """In how many texts each word stands, of so many."""

    texts: int = 0
    holding: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, word: str) -> float:
        """What the word counts. One that stands nowhere counts most."""
        return math.log(1 + (1 + self.texts) / self.holding.get(word, 0.5)) ** RARITY_DAMPED

    def rarest(self, words: Iterable[str], number: int) -> list[str]:
        return sorted(words, key=lambda word: (self.holding.get(word, 0), word))[:number]


def words(search: str) -> Vector:
    """The words of a text search vector, each with how much it stands in the text."""
    return {
        _unescaped(word): math.log1p(
            IN_TITLE * places.count("A") + IN_ASK * places.count("B") + IN_DETAIL * places.count("C")
        )
        for word, places in _WORD.findall(search)
    }


def _unescaped(word: str) -> str:
    return word.replace("''", "'").replace("\\\\", "\\")


def vector(counted: Mapping[str, float], rarity: Rarity) -> Vector:
    """The words of a text, weighed, at length 1."""
    return _to_length_1({word: much * rarity(word) for word, much in counted.items()})


def cosine(one: Vector, other: Vector) -> float:
    """From 0, no word in common, to 1."""
    few, many = (one, other) if len(one) <= len(other) else (other, one)
    return sum(much * many[word] for word, much in few.items() if word in many)


def widened(nearest: Iterable[tuple[float, Vector]]) -> Vector:
    """What the texts nearest to a title are about, each counting as much as it is like the title."""
    together: Counter[str] = Counter()
    for likeness, text in nearest:
        for word, much in text.items():
            together[word] += likeness * much  # type: ignore[assignment]
    return _to_length_1(dict(together.most_common(WIDENED_WORDS)))


def score(*, direct: float, through: float, letters: float, days: float) -> float:
    """How near a petition comes: by its words (`direct`), by those of the nearest texts (`through`), by the letters of
    its title, and by how many days lie between."""
    return (direct + WIDENED * through + LETTERS * letters) * (1 + NEAR * math.exp(-abs(days) / NEAR_DAYS))


def _to_length_1(weights: Vector) -> Vector:
    length = math.sqrt(sum(much * much for much in weights.values()))
    return {word: much / length for word, much in weights.items()} if length else {}
