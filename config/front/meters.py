"""What the front of a web process counts."""

from functools import cache

from prometheus_client import Counter, Histogram

from config.front.kinds import Kind

requests = Counter("redress_requests_total", "Requests answered by Django, by kind and status.", ["kind", "status"])
seconds = Histogram(
    "redress_request_seconds",
    "Seconds in Django, the wait at the gate left out.",
    ["kind"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
# Finding a counter by its labels takes longer than counting.
requests_of, seconds_of = cache(requests.labels), cache(seconds.labels)
for kind in Kind:
    requests_of(kind, "500")  # a rate sees no first failure of a counter that begins with it
shed = Counter("redress_shed_total", "Requests turned away, by kind and reason (full, waited, away).", ["kind", "why"])
pages = Counter("redress_pages_total", "Public pages: fresh, renewing, checked (not changed), rendered, aged.", ["how"])
fresh, renewing, checked, rendered, aged = (
    pages.labels(how) for how in ("fresh", "renewing", "checked", "rendered", "aged")
)
