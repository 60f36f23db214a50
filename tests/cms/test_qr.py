"""Addresses drawn for cameras."""

import re

import segno

from cms import qr

ADDRESS = "https://petitions.example/petitions/1000001/"


def test_the_picture_has_the_modules_of_the_code_with_a_quiet_zone_and_words_for_those_who_do_not_see_it() -> None:
    drawn = qr.svg(ADDRESS, 'Code of "this" page')
    assert 'aria-label="Code of &quot;this&quot; page"' in drawn
    assert "style=" not in drawn
    dark = set()
    for left, top, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawn):
        dark |= {(int(left) + step, int(top)) for step in range(int(width))}
    rows = segno.make(ADDRESS, error="m", micro=False).matrix
    assert dark == {(x + 4, y + 4) for y, row in enumerate(rows) for x, module in enumerate(row) if module}
