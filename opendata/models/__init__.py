from opendata.models.change import Change, Kind, Touched
from opendata.models.partner import PartnerKey, PartnerSignature

__all__ = ["Change", "Kind", "PartnerKey", "PartnerSignature", "Touched"]
