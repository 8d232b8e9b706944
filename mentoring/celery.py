"""The Celery application. It only starts work; Postgres knows what there is to do."""

import os

from celery import Celery
from celery.signals import setup_logging
from kombu import Queue
from kombu.transport.redis import QoS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mentoring.settings")

app = Celery("mentoring")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options={
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "health_check_interval": 30,
        "visibility_timeout": 3600,
    },
    task_publish_retry=False,
    task_ignore_result=True,
    # What a dying worker leaves is found by beat's next round. A late acknowledgement would add
    # nothing but this: when the broker goes away during a task, it has nowhere to go, and Celery
    # ends the worker over it.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    # A thousand mails of one publication must not wait before somebody's matching or import:
    # workers take turns between queues.
    task_queues=[Queue("celery"), Queue("mail")],
    task_default_queue="celery",
    task_routes={"notifications.tasks.*": {"queue": "mail"}},
    task_serializer="json",
    accept_content=["json"],
    timezone="UTC",
)
app.autodiscover_tasks()

# Tasks that a worker has fetched and not begun are not put back when the connection breaks: beat
# enqueues the work again. Putting them back over the broken connection would end the worker
# ("Unrecoverable error" of kombu 5.7).
QoS.restore_at_shutdown = False


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Django has configured logging already; Celery must not configure it again."""
