from signatures.models.challenge import ChallengeMode, SpentProof
from signatures.models.counting import CountCheck, Drift
from signatures.models.disowned import Disowned
from signatures.models.fraud import DomainRule, DomainVerdict
from signatures.models.mailbox import MailedAddress
from signatures.models.paper import PaperBatch, PaperScan, PaperState
from signatures.models.protection import DataRequest, Retention
from signatures.models.signature import Delta, LapsedCount, Role, Signature, SignatureState, Suspicion

__all__ = [
    "ChallengeMode",
    "CountCheck",
    "DataRequest",
    "Delta",
    "Disowned",
    "DomainRule",
    "DomainVerdict",
    "Drift",
    "LapsedCount",
    "MailedAddress",
    "PaperBatch",
    "PaperScan",
    "PaperState",
    "Retention",
    "Role",
    "Signature",
    "SignatureState",
    "SpentProof",
    "Suspicion",
]
