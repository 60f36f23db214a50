from signatures.models.challenge import ChallengeMode, SpentProof
from signatures.models.counting import CountCheck, Drift
from signatures.models.disowned import Disowned
from signatures.models.follower import Follower
from signatures.models.fraud import Act, BulkAct, BulkState, DomainRule, DomainVerdict, Flag, FlagKind, Removal
from signatures.models.mailbox import MailedAddress
from signatures.models.paper import PaperBatch, PaperScan, PaperState
from signatures.models.protection import DataRequest, Retention
from signatures.models.signature import Delta, LapsedCount, Role, Signature, SignatureState, Suspicion

__all__ = [
    "Act",
    "BulkAct",
    "BulkState",
    "ChallengeMode",
    "CountCheck",
    "DataRequest",
    "Delta",
    "Disowned",
    "DomainRule",
    "DomainVerdict",
    "Drift",
    "Flag",
    "FlagKind",
    "Follower",
    "LapsedCount",
    "MailedAddress",
    "PaperBatch",
    "PaperScan",
    "PaperState",
    "Removal",
    "Retention",
    "Role",
    "Signature",
    "SignatureState",
    "SpentProof",
    "Suspicion",
]
