from responses.models.announcement import Announcement, AnnouncementKind
from responses.models.approval import (
    Approval,
    Clearance,
    DepartmentReviewTask,
    ExtraReviewTask,
    LegalReviewTask,
    ReviewState,
    ReviewTask,
    SignOffTask,
)
from responses.models.batch import Batch, BatchItem
from responses.models.belonging import CaseLink, CaseNote, CaseTrigger
from responses.models.case import Case, CaseTag
from responses.models.clock import ClockMark, Escalation, Extension, InterimUpdate, Mark
from responses.models.contribution import Attachment, Contribution
from responses.models.notice import MailChoice, Notice
from responses.models.page import AnswerIndexPage, AnswerPage, AnswerText
from responses.models.queue import Presence, SavedFilter
from responses.models.reviewing import AnswerComment, Delegation, ReviewReading, Withdrawal
from responses.models.rule import RoutingRule
from responses.models.saved import Quotation, SavedText
from responses.models.stay import Stay
from responses.models.team import Team

__all__ = [
    "Announcement",
    "AnnouncementKind",
    "AnswerComment",
    "AnswerIndexPage",
    "AnswerPage",
    "AnswerText",
    "Approval",
    "Attachment",
    "Batch",
    "BatchItem",
    "Case",
    "CaseLink",
    "CaseNote",
    "CaseTag",
    "CaseTrigger",
    "Clearance",
    "ClockMark",
    "Contribution",
    "Delegation",
    "DepartmentReviewTask",
    "Escalation",
    "Extension",
    "ExtraReviewTask",
    "InterimUpdate",
    "LegalReviewTask",
    "Mark",
    "MailChoice",
    "Notice",
    "Presence",
    "Quotation",
    "ReviewReading",
    "ReviewState",
    "ReviewTask",
    "RoutingRule",
    "SavedFilter",
    "SavedText",
    "SignOffTask",
    "Stay",
    "Team",
    "Withdrawal",
]
