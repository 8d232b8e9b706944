"""Logging: structlog for our own lines and for those of libraries, as JSON in production."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Links that let somebody in, or answer in their name, stand in the paths that Django logs.
LINK_TOKEN = re.compile(
    r"((?<!/me)/(?:surveys/answer|sign-in/set-up/[0-9a-f-]{36}|sign-in/password/reset/key|calendar|stop)/)[^/\s\"']+"
)
# Postgres quotes the row or the key that it refuses: names, addresses, answers.
QUOTED_ROW = re.compile(
    r"DETAIL:.*?(?=\n(?:CONTEXT:|HINT:|\n|Traceback|The above exception|During handling)|\Z)",
    re.DOTALL,
)


def without_personal_data(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A processor of structlog: takes tokens out of paths and quoted rows out of the database's
    complaints.
    """
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = QUOTED_ROW.sub("DETAIL: (left out)", LINK_TOKEN.sub(r"\1…", value))
    return event


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: `config` is {"level": name, "json": bool}.

    Never log personal data: log ids.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if config["json"]
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # the rich one prints local variables: personal data
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                without_personal_data,
                renderer,
            ],
        )
    )
    logging.basicConfig(level=config["level"], handlers=[handler], force=True)
    if config["level"] != "DEBUG":
        for name in ("celery.app.trace", "celery.beat", "celery.worker.strategy"):
            logging.getLogger(name).setLevel(
                logging.WARNING
            )  # each minute's rounds say nothing; our own lines say what was done
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
