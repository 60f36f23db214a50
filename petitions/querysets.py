"""Named conditions on petitions."""

import re
from datetime import datetime

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import F, Q

from petitions.lifecycle import OPENED, PUBLIC, ResponseState, State


def search_configuration(language: str) -> str:
    """The text search configuration of a language, as the column `search` is made with."""
    return "redress_french" if language == "fr" else "redress_english"


# A word or a quoted phrase, either left out by a minus in front. Of anything else PostgreSQL makes nothing, or, of many
# a minus in a row, an error.
_SEARCHED = re.compile(r'(?:(?<!\S)-)?(?:"[^"]*\w[^"]*"|\w[^\s"]*)')


def searched(text: str) -> str:
    """What people type (words, quoted phrases, or, a minus before what is not wanted), without anything else."""
    return " ".join(_SEARCHED.findall(text))


def search_query(text: str, language: str) -> SearchQuery:
    """What people type in the words of one language."""
    return SearchQuery(searched(text), config=search_configuration(language), search_type="websearch")


def with_words(text: str) -> Q:
    """The petitions in which these words stand, each searched in its own language."""
    return Q(language="fr", search=search_query(text, "fr")) | (~Q(language="fr") & Q(search=search_query(text, "en")))


class PetitionQuerySet(models.QuerySet):
    """Conditions that lists, JSON, sweeps and staff screens share."""

    def public(self) -> "PetitionQuerySet":
        """Shown to everybody: opened once and not hidden, or publicly rejected."""
        return self.filter(Q(state__in=PUBLIC) & (~Q(state=State.WITHDRAWN) | Q(opened_at__isnull=False)))

    def open(self) -> "PetitionQuerySet":
        return self.filter(state=State.OPEN)

    def in_moderation(self) -> "PetitionQuerySet":
        return self.filter(state=State.IN_MODERATION)

    def answered(self) -> "PetitionQuerySet":
        return self.filter(state__in=OPENED, response_state=ResponseState.ANSWERED)

    def past_deadline(self, now: datetime) -> "PetitionQuerySet":
        return self.filter(state=State.OPEN, closes_at__lte=now)

    def reached_unmarked_threshold(self) -> "PetitionQuerySet":
        """With the signatures of a threshold that has no crossing yet."""
        return self.filter(
            state__in=OPENED,
            exempt=False,
            thresholds__count__lte=F("signature_count"),
            thresholds__crossing__isnull=True,
        ).distinct()

    def matching(self, text: str) -> "PetitionQuerySet":
        """Full text search, each petition in the words of its own language; annotates nothing and keeps the order."""
        return self.filter(with_words(text))

    def most_signed(self) -> "PetitionQuerySet":
        return self.order_by("-signature_count", "-id")


class CrossingQuerySet(models.QuerySet):
    """Conditions on reached thresholds that sweeps of other rooms share."""

    def bringing_case(self) -> "CrossingQuerySet":
        """Whose threshold opens a case, of petitions that stand."""
        return self.filter(fires=True, threshold__opens_case=True, petition__state__in=OPENED)

    def undercut(self) -> "CrossingQuerySet":
        """Where the count fell below the threshold again: a person looks at it."""
        return self.filter(undercut_at__isnull=False)

    def undercut_unreviewed(self) -> "CrossingQuerySet":
        """Of these, where nobody has looked since the count last fell."""
        return self.undercut().filter(Q(undercut_reviewed_at=None) | Q(undercut_reviewed_at__lt=F("undercut_at")))
