"""Clocks of this room. Each task calls one service."""

from celery import shared_task
from django.utils import timezone

from petitions import services


@shared_task(ignore_result=True, soft_time_limit=60)
def close_due() -> int:
    """Close petitions whose deadline has come."""
    return services.close_due(timezone.now())


@shared_task(ignore_result=True, soft_time_limit=60)
def count_ratings() -> int:
    """Count what signers said of answers."""
    return services.count_ratings(timezone.now())


@shared_task(ignore_result=True, soft_time_limit=60)
def find_crossings() -> int:
    """Mark thresholds that were reached without anybody noticing."""
    return services.find_crossings(timezone.now())
