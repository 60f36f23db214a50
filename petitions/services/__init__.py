"""Every change to a petition. Each service is one transaction, locks the petition's row first, announces last."""

from accounts.permissions import NotAllowed
from petitions.lifecycle import WrongState
from petitions.refusals import Refused
from petitions.services.cases import record_answer, record_answer_taken_off, record_case
from petitions.services.corrections import correct
from petitions.services.counting import CountChange, find_crossings, record_counts
from petitions.services.creator import edit_before_moderation, forget_creator, request_review, withdraw
from petitions.services.deadlines import close_due, reopen
from petitions.services.events import record_event
from petitions.services.feedback import address_of, finish_feedback, give_feedback
from petitions.services.hearings import HearingState, record_hearing
from petitions.services.moderation import (
    add_note,
    approve,
    ask_second_opinion,
    claim,
    release,
)
from petitions.services.paper import record_paper
from petitions.services.ratings import (
    count_ratings,
    forget_comments,
    forget_rater,
    is_rateable,
    record_rating,
    void_ratings,
)
from petitions.services.refusing import hide, reject, restore, take_down
from petitions.services.reports import decide_reports, report
from petitions.services.retention import forget_old, forget_salt, forget_words
from petitions.services.reviews import decide_review
from petitions.services.submission import (
    confirm_creator,
    discard_draft,
    record_supporters,
    rename_creator,
    submit,
)
from petitions.services.switching import (
    pause_creation,
    pause_signing,
    resume_creation,
    resume_signing,
    set_notice,
)
from petitions.services.undercuts import review_undercut

__all__ = [
    "CountChange",
    "HearingState",
    "NotAllowed",
    "Refused",
    "WrongState",
    "address_of",
    "add_note",
    "approve",
    "ask_second_opinion",
    "claim",
    "close_due",
    "confirm_creator",
    "correct",
    "count_ratings",
    "decide_reports",
    "decide_review",
    "discard_draft",
    "edit_before_moderation",
    "find_crossings",
    "finish_feedback",
    "forget_comments",
    "forget_creator",
    "forget_old",
    "forget_rater",
    "forget_salt",
    "forget_words",
    "give_feedback",
    "hide",
    "is_rateable",
    "pause_creation",
    "pause_signing",
    "record_answer",
    "record_answer_taken_off",
    "record_case",
    "record_counts",
    "record_event",
    "record_hearing",
    "record_paper",
    "record_rating",
    "record_supporters",
    "reject",
    "release",
    "rename_creator",
    "reopen",
    "report",
    "request_review",
    "restore",
    "review_undercut",
    "resume_creation",
    "resume_signing",
    "set_notice",
    "submit",
    "take_down",
    "void_ratings",
    "withdraw",
]
