"""How hard a text is to read. Pure; hints for whoever writes, never a gate.

The figure is Björnsson's LIX (1968): words per sentence plus the percentage of words of more than six letters. It
counts letters, not syllables, so that one rule serves all languages of the site. Below 40 reads like fiction, from 50
on like official texts.
"""

import re
from dataclasses import dataclass

SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+(?!\s|$)[^.!?…\n]+)*")
WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
SHORT_FORM = re.compile(r"\b[A-Z]{3,8}\b")
LONG_WORD = 7
LONG_SENTENCE = 25
HARD = 50
SHOWN = 5
# Too little to judge by percentages.
LEAST_WORDS = 40


@dataclass(frozen=True)
class Reading:
    """What to look at again: the figure (None for short texts), long sentences with their words, bare letters."""

    words: int
    lix: int | None
    long_sentences: list[tuple[int, str]]
    short_forms: list[str]

    @property
    def is_hard(self) -> bool:
        return self.lix is not None and self.lix >= HARD


def read(text: str) -> Reading:
    """What a reader of ``text`` will stumble over, the longest sentences first, at most five of each."""
    sentences = [(len(WORD.findall(found)), found.strip()) for found in SENTENCE.findall(text)]
    sentences = [(words, sentence) for words, sentence in sentences if words]
    words = WORD.findall(text)
    return Reading(
        words=len(words),
        lix=_lix(words, len(sentences)) if len(words) >= LEAST_WORDS else None,
        long_sentences=sorted((one for one in sentences if one[0] > LONG_SENTENCE), reverse=True)[:SHOWN],
        short_forms=_unexplained(text)[:SHOWN],
    )


def _lix(words: list[str], sentences: int) -> int:
    long_words = sum(len(word) >= LONG_WORD for word in words)
    return round(len(words) / sentences + 100 * long_words / len(words))


def _unexplained(text: str) -> list[str]:
    """Letters that stand for words which the text never gives beside them, in brackets one way or the other."""
    found = dict.fromkeys(SHORT_FORM.findall(text))
    return [form for form in found if f"({form})" not in text and f"{form} (" not in text]
