"""Makes the tables of an empty database and the petitions that are signed by a benchmark; tells their numbers."""

import json
from datetime import timedelta

import django

PREPARATION = (
    ("migrate", "--verbosity", "0"),
    ("create_site",),
    ("create_workflow",),
    ("create_roles",),
    ("create_reference_data",),
)
PETITIONS = 2000
OPEN = timedelta(days=182)
# Out of the way of what is measured: no cap for the whole site, no challenge; those of a network stay as they are.
WIDE_OPEN = {"sign_per_second_site": 100_000, "challenge_refused": 0, "challenge_factor": 0}


def main() -> None:
    """Prints one line of JSON: the petition that is signed, and the first and last of those that are only read."""
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from petitions import limits
    from petitions.models import Limits, Petition, Threshold

    for command in PREPARATION:
        call_command(*command)
    call_command("collectstatic", "--noinput", verbosity=0)
    opened_at = timezone.now() - timedelta(days=1)
    rows = [
        Petition(
            title=f"Plant more trees in street {number}",
            ask=f"The council should plant trees in street {number}, because summers are hot and shade costs little.",
            detail="Shade cools houses. Trees hold water back when it rains, and people walk more where they grow. "
            * 5,
            creator_name="Somebody Else",
            state="open",
            opened_at=opened_at,
            moderation_threshold_reached_at=opened_at,
            closes_at=opened_at + OPEN,
        )
        for number in range(PETITIONS)
    ]
    made = Petition.objects.bulk_create(rows)
    current = limits.current()
    Threshold.objects.bulk_create(
        Threshold(petition=petition, kind=kind, count=count, opens_case=opens_case)
        for petition in made
        for kind, count, opens_case in (
            ("response", current.response_threshold, True),
            ("debate", current.debate_threshold, False),
        )
    )
    known = {field.name for field in Limits._meta.get_fields()}
    if wide := {name: value for name, value in WIDE_OPEN.items() if name in known}:
        Limits.objects.update(**wide)
    print(json.dumps({"petition": made[0].pk, "first": made[1].pk, "last": made[-1].pk}))


if __name__ == "__main__":
    main()
