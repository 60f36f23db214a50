from responses.models.approval import (
    Approval,
    Clearance,
    DepartmentReviewTask,
    LegalReviewTask,
    ReviewState,
    ReviewTask,
    SignOffTask,
)
from responses.models.case import Case, CaseLink, CaseNote, CaseTrigger
from responses.models.page import AnswerIndexPage, AnswerPage, AnswerText

__all__ = [
    "AnswerIndexPage",
    "AnswerPage",
    "AnswerText",
    "Approval",
    "Case",
    "CaseLink",
    "CaseNote",
    "CaseTrigger",
    "Clearance",
    "DepartmentReviewTask",
    "LegalReviewTask",
    "ReviewState",
    "ReviewTask",
    "SignOffTask",
]
