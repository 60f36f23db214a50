"""Logs: one JSON object a line, naming events, routes, tasks and ids: no path, no exception message, no value."""

import logging
import logging.config
import sys
import traceback
from pathlib import Path
from types import TracebackType

import structlog
from structlog.typing import EventDict, WrappedLogger

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def logging_settings(*, level: str, folder: str, role: str) -> dict[str, object]:
    """Django's LOGGING: standard error, and a file for each role as well when a folder is given."""
    handlers: dict[str, dict[str, object]] = {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            # With a file to hold the rest, the terminal shows only what somebody must look at.
            "level": "WARNING" if folder else level,
        }
    }
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        handlers["file"] = {
            "class": "logging.handlers.WatchedFileHandler",
            "filename": str(Path(folder) / f"{role}.jsonl"),
            "formatter": "json",
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "config.logs.formatter"}},
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level},
        "loggers": {
            "celery": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            "psycopg.pool": {"level": "ERROR"},  # each attempt to reconnect; the failed requests are told anyway
            "_granian": {"level": "WARNING"},
            # Titles of unpublished pages, and three lines for each save.
            "wagtail": {"level": "WARNING"},
            "django_tasks": {"level": "WARNING"},
            "django.server": {"handlers": [], "propagate": True},
        },
    }


def configure(settings: dict[str, object]) -> None:
    """LOGGING_CONFIG: the standard library's loggers and structlog's speak through the same formatter."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


class Line(str):
    """A message that is JSON already, one object a line, and holds nothing personal: it is written as it is."""

    __slots__ = ()


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Writes a record as JSON, after taking out what may be personal. A ``Line`` is ready."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        return record.msg if isinstance(record.msg, Line) else super().format(record)


def formatter() -> Formatter:
    """The formatter of all handlers."""
    return Formatter(
        pass_foreign_args=True,
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            quieten,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            exception_places,
            structlog.processors.JSONRenderer(),
        ],
    )


def quieten(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Replace the texts of Django and Celery that repeat paths, hosts, arguments or messages of exceptions."""
    record: logging.LogRecord = event["_record"]
    arguments = event.pop("positional_args", None)
    if record.name.startswith(("django.request", "django.security")):
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        event["event"] = "request failed" if record.name == "django.request" else "request refused"
        event["route"] = match.view_name if match else None
        event["status"] = getattr(record, "status_code", None)
    elif record.name == "django.dispatch":
        event["event"] = "receiver failed"
    elif record.name == "celery.beat" and record.exc_info:
        event["event"] = "job not sent"
    elif record.name == "celery.app.trace" and isinstance(arguments, dict):
        event["event"] = f"task {arguments.get('description', 'ended')}"
        event["task"] = arguments.get("name")
        event["task_id"] = arguments.get("id")
    return event


def exception_places(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Say which exception was raised where, without its message, which may quote what somebody typed."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    if isinstance(raised, BaseException):
        raised = (type(raised), raised, raised.__traceback__)
    if isinstance(raised, tuple) and raised[0]:
        event["exception"] = _names(raised[1])
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(raised[2])]
    return event


def _names(error: BaseException | None) -> list[str]:
    """The exception and what caused it, outermost first; a database error with its SQLSTATE."""
    names: list[str] = []
    while error is not None and len(names) < 5:
        state = getattr(error, "sqlstate", None)
        names.append(f"{type(error).__module__}.{type(error).__qualname__}" + (f" {state}" if state else ""))
        error = error.__cause__ or error.__context__
    return names
