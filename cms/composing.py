"""One spelling for text that people type: letters with their marks as one character, where there is one. Pure."""

import unicodedata

# As the stream-safe format of Unicode (UAX #15): no script piles more marks on one letter.
MOST_MARKS = 30


def composed(text: str) -> str:
    """``text`` in NFC, with at most 30 marks on one letter.

    Normalising sorts the marks of a letter, in a time that grows with the square of their number: with a form full of
    them, one request would stop its process for a second.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", _without_piles(text))


def _without_piles(text: str) -> str:
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)
