"""Every change to a case and its answer. Each service is one transaction and locks the case's row first."""

from accounts.permissions import NotAllowed
from petitions.services import Refused
from responses.clearance import NotCleared
from responses.lifecycle import WrongState
from responses.services.announcing import (
    announce,
    return_announcement,
    sign_off_announcement,
    tell_of_hearings,
)
from responses.services.cases import (
    add_note,
    assign,
    close,
    open_by_hand,
    open_case,
    open_missing_cases,
    start_drafting,
)
from responses.services.conferring import comment, hand_over, settle
from responses.services.deadlines import watch_due_dates
from responses.services.extending import ask_extension, grant_extension, refuse_extension
from responses.services.following_up import follow_up_low_rated
from responses.services.grouping import group, ungroup
from responses.services.pausing import pause, resume
from responses.services.publication import (
    check_clearances,
    correct,
    publish,
    publish_due,
    record_missing_publications,
    record_publication,
    schedule,
    unschedule,
)
from responses.services.review import approve, recall, send_back, submit
from responses.services.updates import approve_update, propose_update, return_update
from responses.services.withdrawing import leave, take_off, withdraw

__all__ = [
    "NotAllowed",
    "NotCleared",
    "Refused",
    "WrongState",
    "add_note",
    "announce",
    "approve",
    "approve_update",
    "ask_extension",
    "assign",
    "check_clearances",
    "close",
    "comment",
    "correct",
    "follow_up_low_rated",
    "grant_extension",
    "group",
    "hand_over",
    "leave",
    "open_by_hand",
    "open_case",
    "open_missing_cases",
    "pause",
    "propose_update",
    "publish",
    "publish_due",
    "recall",
    "record_missing_publications",
    "record_publication",
    "refuse_extension",
    "resume",
    "return_announcement",
    "return_update",
    "schedule",
    "send_back",
    "settle",
    "sign_off_announcement",
    "start_drafting",
    "submit",
    "take_off",
    "ungroup",
    "tell_of_hearings",
    "unschedule",
    "watch_due_dates",
    "withdraw",
]
