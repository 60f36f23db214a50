"""Pieces of text with the words that were looked for marked, from an engine's answer to safe markup."""

from html import escape

from django.utils.safestring import SafeString

# Two signs that no text of ours has a use for: engines put them around words, and nobody can type markup by them.
BEGIN, END = "\ue000", "\ue001"


def plain(marked: str) -> str:
    """The piece without its marks."""
    return marked.replace(BEGIN, "").replace(END, "")


def safe(marked: str) -> SafeString:
    """The piece as markup: everything escaped but the marks, which are balanced whatever the text holds."""
    parts, is_open = [], False
    for piece in escape(marked).replace(BEGIN, f"\0{BEGIN}").replace(END, f"\0{END}").split("\0"):
        if piece.startswith(BEGIN) and not is_open:
            parts.append("<mark>")
            is_open = True
        elif piece.startswith(END) and is_open:
            parts.append("</mark>")
            is_open = False
        parts.append(piece.lstrip(BEGIN + END))
    return SafeString("".join(parts) + ("</mark>" if is_open else ""))  # noqa: S308 -- escaped above
