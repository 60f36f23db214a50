"""Confirmation links for rows of the signature table, as the mails carry them.

Reads petition, row, generation and seconds since 1970 (when it was handed in) from standard input, a row a line.
"""

import sys
from datetime import UTC, datetime

import django


def main() -> None:
    """Prints one path a line."""
    django.setup()
    from vault import tokens

    for line in sys.stdin:
        petition_id, row_id, generation, created = line.split()
        token = tokens.make(
            tokens.Purpose.CONFIRM,
            petition_id=int(petition_id),
            row_id=int(row_id),
            generation=int(generation),
            now=datetime.fromtimestamp(float(created), UTC),
        )
        print(f"/confirm/{token}/")


if __name__ == "__main__":
    main()
