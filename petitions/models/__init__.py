from petitions.models.counting import Tally, Trend
from petitions.models.draft import Draft
from petitions.models.feedback import Feedback
from petitions.models.limits import Limits
from petitions.models.moderation import (
    Correction,
    Note,
    Rejection,
    RejectionReason,
    Report,
    Resubmission,
    ReviewRequest,
)
from petitions.models.network import NetworkRule
from petitions.models.petition import Crossing, Petition, Threshold, Topic
from petitions.models.place import (
    ConstituencyCount,
    Country,
    CountryCount,
    HourCount,
    PostcodeArea,
    Region,
    RegionCount,
)
from petitions.models.rating import Rating
from petitions.models.switches import SigningPause, SiteSwitches
from petitions.models.timeline import Event, Hearing, OtherBusiness, PublicCase

__all__ = [
    "ConstituencyCount",
    "Correction",
    "Country",
    "CountryCount",
    "Crossing",
    "Draft",
    "Event",
    "Feedback",
    "Hearing",
    "HourCount",
    "Limits",
    "NetworkRule",
    "Note",
    "OtherBusiness",
    "Petition",
    "PostcodeArea",
    "PublicCase",
    "Rating",
    "Region",
    "RegionCount",
    "Rejection",
    "RejectionReason",
    "Report",
    "Resubmission",
    "ReviewRequest",
    "SigningPause",
    "SiteSwitches",
    "Tally",
    "Threshold",
    "Topic",
    "Trend",
]
