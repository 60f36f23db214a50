from signatures.models.mailbox import MailedAddress
from signatures.models.signature import Delta, LapsedCount, Role, Signature, SignatureState

__all__ = ["Delta", "LapsedCount", "MailedAddress", "Role", "Signature", "SignatureState"]
