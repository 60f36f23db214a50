from signatures.models.disowned import Disowned
from signatures.models.fraud import DomainRule, DomainVerdict
from signatures.models.mailbox import MailedAddress
from signatures.models.signature import Delta, LapsedCount, Role, Signature, SignatureState

__all__ = [
    "Delta",
    "Disowned",
    "DomainRule",
    "DomainVerdict",
    "LapsedCount",
    "MailedAddress",
    "Role",
    "Signature",
    "SignatureState",
]
