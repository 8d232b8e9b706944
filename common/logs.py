"""Logging: structlog for our own lines and for those of libraries, as JSON in production."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def configure(config: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: `config` is {"level": name, "json": bool}. Never log personal data: log ids."""
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
            exception_formatter=structlog.dev.plain_traceback,  # the rich one prints local variables: personal data
        )
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ]
            if config["json"]
            else [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
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
