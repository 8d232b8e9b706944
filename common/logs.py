"""Logging: structlog for our own lines and for those of libraries, as JSON in production."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

import psycopg.errors
import structlog

# Django logs paths. Some contain a token that signs somebody in, or answers in their name.
LINK_TOKEN = re.compile(
    r"((?<!/me)/(?:surveys/answer|sign-in/set-up/[0-9a-f-]{36}|sign-in/password/reset/key"
    r"|sign-in/mailbox|calendar|stop|addresses(?=/[^/]*:))/)[^/\s\"']+"
)
LEFT_OUT = "(left out)"
# What cannot quote what somebody wrote.
QUOTES_NOTHING = (bool, int, float, Decimal, datetime, date, time, timedelta, UUID)
BYTES = (bytes, bytearray, memoryview)
COLLECTIONS = (list, tuple, set, frozenset)
# Where the message of one exception ends in a traceback.
END = (
    r"(?=\n\n(?:The above exception was|During handling of the above)"
    r"|\nTraceback \(most recent call last\)|\Z)"
)
# A database error quotes what it refuses: rows, keys, parameters, statements.
QUOTING_PART = re.compile(
    rf"(?:DETAIL|CONTEXT|WHERE|QUERY|STATEMENT|HINT|LINE \d+):.*?{END}", re.DOTALL
)
DATABASE_ERROR = re.compile(
    rf"(?P<kind>\b(?:psycopg\.(?:errors\.)?|django\.db\.utils\.)\w+): (?P<message>.*?){END}",
    re.DOTALL,
)
# The same as `repr` writes it: DataError('…').
_names = {name for name, value in vars(psycopg.errors).items() if isinstance(value, type)}
WRITTEN_ERROR = re.compile(
    rf"\b(?P<kind>{'|'.join(sorted(_names))})\((?P<message>['\"].*?){END}", re.DOTALL
)
# The first line may quote a value too ("invalid input syntax for type integer: …"). These quote
# nothing but names of tables, columns and constraints.
SAFE_MESSAGE = re.compile(
    r"['\"]?(?:duplicate key value|conflicting key value|new row for relation|null value in column"
    r"|(?:update or delete|insert or update) on table|deadlock detected|could not serialize"
    r"|canceling statement|terminating connection|connection (?:failed|is |timeout)|the connection)"
    r"[^\n:\\]*"
)


def without_personal_data(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor that removes link tokens, and what database errors quote.

    Whatever kind a value is, and however deep it is nested.
    """
    for name, value in event.items():
        event[name] = _cleaned(value)
    return event


def _cleaned(value: Any) -> Any:
    """The value without what it may quote. What is no number, date or id becomes text."""
    if value is None or isinstance(value, QUOTES_NOTHING):
        return value
    if isinstance(value, Mapping):
        return {str(_cleaned(name)): _cleaned(item) for name, item in value.items()}
    if isinstance(value, COLLECTIONS):
        return [_cleaned(item) for item in value]
    return _cleaned_text(_as_text(value))


def _as_text(value: Any) -> str:
    """Text as it is; of an object its class and key alone, because its `repr` may quote names."""
    if isinstance(value, str | PurePath):
        return str(value)
    if isinstance(value, BYTES):
        return bytes(value).decode("utf-8", "replace")
    kind = type(value)
    if isinstance(value, BaseException):
        # with the module, which tells an error of the database from others
        return f"{kind.__module__}.{kind.__qualname__}: {value}".removeprefix("builtins.")
    key = getattr(value, "pk", "")
    return f"<{kind.__qualname__} {key}>" if key else f"<{kind.__qualname__}>"


def _cleaned_text(text: str) -> str:
    without_tokens = LINK_TOKEN.sub(r"\1…", text)
    without_messages = DATABASE_ERROR.sub(_without_values, without_tokens)
    without_messages = WRITTEN_ERROR.sub(_without_values, without_messages)
    return QUOTING_PART.sub(LEFT_OUT, without_messages)


def _without_values(error: re.Match[str]) -> str:
    """The class of a database error, with its message only where that quotes no value."""
    safe = SAFE_MESSAGE.match(error["message"])
    return f"{error['kind']}: {safe[0] if safe else LEFT_OUT}"


class ValuesInWords(logging.Filter):
    """Cleans what a library logs before it becomes part of a line, where its kind is lost.

    Alone, the text of a database error does not tell what it is.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record."""
        if isinstance(record.msg, BaseException):
            record.msg = _cleaned(record.msg)
        if isinstance(record.args, Mapping):
            items = record.args.items()
            quoting = {name: _cleaned(item) for name, item in items if _may_quote(item)}
            record.args = {**record.args, **quoting} if quoting else record.args
        elif record.args:
            record.args = tuple(
                _cleaned(item) if _may_quote(item) else item for item in record.args
            )
        return True


def _may_quote(value: Any) -> bool:
    """Errors, bytes, collections and rows; a format such as `%d` needs others as they are."""
    kinds = (BaseException, Mapping, *BYTES, *COLLECTIONS)
    return isinstance(value, kinds) or hasattr(value, "pk")


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: `config` is {"level": name, "json": bool}.

    Never log personal data: log ids.
    """
    level = config["level"]
    logging.basicConfig(level=level, handlers=[_handler(as_json=config["json"])], force=True)
    if level != "DEBUG":
        # Each minute's round would write several lines; our own lines say what was done.
        for name in QUIET:
            logging.getLogger(name).setLevel(logging.WARNING)

    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


# The processors of our own lines and of those of libraries.
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
QUIET = ("celery.app.trace", "celery.beat", "celery.worker.strategy")


def _handler(*, as_json: bool) -> logging.Handler:
    """Writes the lines of structlog and of logging alike."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_personal_data,
            _renderer(as_json=as_json),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    handler.addFilter(ValuesInWords())
    return handler


def _renderer(*, as_json: bool) -> Any:
    if as_json:
        return structlog.processors.JSONRenderer()
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        # The rich formatter prints local variables, which may be personal data.
        exception_formatter=structlog.dev.plain_traceback,
    )
