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
from responses.models.notice import MailChoice, Notice
from responses.models.page import AnswerIndexPage, AnswerPage, AnswerText
from responses.models.queue import Presence, SavedFilter
from responses.models.stay import Stay

__all__ = [
from responses.models.rule import RoutingRule
    "AnswerIndexPage",
    "AnswerPage",
    "AnswerText",
from responses.models.team import Team
    "Approval",
    "Batch",
    "BatchItem",
    "Case",
    "CaseLink",
    "CaseNote",
    "CaseTag",
    "CaseTrigger",
    "Clearance",
    "DepartmentReviewTask",
    "LegalReviewTask",
    "MailChoice",
    "Notice",
    "Presence",
    "ReviewState",
    "ReviewTask",
    "SavedFilter",
    "SignOffTask",
    "Stay",
]
    "RoutingRule",
    "Team",
