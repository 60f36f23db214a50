"""The peer's application; its question to the captcha service is answered here, at once and with yes."""

from appel_crises.wsgi import application  # noqa: I001 - it must be set up before its modules are read
from appel_crises import api


def answered(token: str) -> tuple[bool, tuple[str, ...]]:
    return bool(token), ()


api.verify_captcha = answered

__all__ = ["application"]
