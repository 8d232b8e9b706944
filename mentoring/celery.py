"""The Celery application. It only starts work; Postgres knows what there is to do."""

import os

from celery import Celery
from celery.signals import setup_logging
from kombu.transport.redis import QoS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")

app = Celery("mentoring")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Tasks that a worker has fetched and not begun are not put back when the connection breaks: beat
# enqueues the work again. Putting them back over the broken connection would end the worker
# ("Unrecoverable error" of kombu 5.7).
QoS.restore_at_shutdown = False


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Django has configured logging already; Celery must not configure it again."""
