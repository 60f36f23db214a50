"""What one tick of the tally costs: the same changes appended again and again, and folded.

Half of the changes are one petition's, the others are spread over five hundred.
"""

import json
import sys
import time

import django

CHANGES = 4000
TICKS = 20
APPEND = """
INSERT INTO signatures_delta (petition_id, region_code, country_code, at, amount)
SELECT CASE WHEN n %% 2 = 0 THEN %(one)s ELSE %(one)s + 1 + n %% 500 END, chr(65 + n %% 12), 'GB', now(), 1
FROM generate_series(1, %(changes)s) AS n
"""


def main() -> None:
    """Prints one line of JSON: the milliseconds of each tick but the first. Takes the petition's number."""
    django.setup()
    from django.db import connection
    from django.utils import timezone

    from signatures import tally

    took = []
    for _tick in range(TICKS + 1):
        with connection.cursor() as cursor:
            cursor.execute(APPEND, {"one": int(sys.argv[1]), "changes": CHANGES})
        began = time.perf_counter()
        tally.fold(timezone.now())
        took.append((time.perf_counter() - began) * 1000)
    print(json.dumps(took[1:]))


if __name__ == "__main__":
    main()
