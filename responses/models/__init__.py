from responses.models.approval import (
    Approval,
    Clearance,
    DepartmentReviewTask,
    LegalReviewTask,
    ReviewState,
    ReviewTask,
    SignOffTask,
)
from responses.models.batch import Batch, BatchItem
from responses.models.case import Case, CaseLink, CaseNote, CaseTag, CaseTrigger
from responses.models.clock import ClockMark, Escalation, Extension, InterimUpdate, Mark
from responses.models.notice import MailChoice, Notice
from responses.models.page import AnswerIndexPage, AnswerPage, AnswerText
from responses.models.queue import Presence, SavedFilter
from responses.models.rule import RoutingRule
from responses.models.stay import Stay
from responses.models.team import Team

__all__ = [
    "AnswerIndexPage",
    "AnswerPage",
    "AnswerText",
    "Approval",
    "Batch",
    "BatchItem",
    "Case",
    "CaseLink",
    "CaseNote",
    "CaseTag",
    "CaseTrigger",
    "Clearance",
    "ClockMark",
    "DepartmentReviewTask",
    "Escalation",
    "Extension",
    "InterimUpdate",
    "LegalReviewTask",
    "Mark",
    "MailChoice",
    "Notice",
    "Presence",
    "ReviewState",
    "ReviewTask",
    "RoutingRule",
    "SavedFilter",
    "SignOffTask",
    "Stay",
    "Team",
]
