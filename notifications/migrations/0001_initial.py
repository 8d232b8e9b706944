import common.clock
import common.crypto
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='SuppressedAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='address')),
                ('reason', models.TextField(verbose_name='what the server said')),
                ('since', models.DateTimeField(default=common.clock.now, verbose_name='since')),
                ('until', models.DateTimeField(verbose_name='tried again after')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='MessagePreferences',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='message_preferences', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('off', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None, verbose_name='messages turned off')),
                ('quiet', models.BooleanField(default=True, verbose_name='quiet hours')),
                ('quiet_from', models.TimeField(default=datetime.time(20, 0), verbose_name='from')),
                ('quiet_until', models.TimeField(default=datetime.time(7, 0), verbose_name='until')),
                ('quiet_weekends', models.BooleanField(default=True, verbose_name='quiet on Saturday and Sunday')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('scope', models.UUIDField(verbose_name='program')),
                ('channel', models.CharField(choices=[('slack', 'Slack'), ('teams', 'Microsoft Teams')], max_length=10, verbose_name='service')),
                ('label', models.CharField(max_length=80, verbose_name='name of the channel')),
                ('address', common.crypto.EncryptedTextField(verbose_name='address of the webhook')),
                ('added_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('scope', 'channel'), name='webhook_one_a_service'), models.CheckConstraint(condition=models.Q(('channel__in', ('slack', 'teams'))), name='webhook_known_channel')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('beat_at', models.DateTimeField(verbose_name='last beat')),
                ('late_since', models.DateTimeField(blank=True, null=True, verbose_name='told late since')),
                ('late_told_at', models.DateTimeField(blank=True, null=True, verbose_name='told late last')),
                ('well_since', models.DateTimeField(blank=True, null=True, verbose_name='well since')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='heartbeat_only_one')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Watermark',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False, verbose_name='search')),
                ('seen_until', models.DateTimeField(verbose_name='has looked until')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('address', models.EmailField(blank=True, max_length=254, verbose_name="another address than the recipient's")),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('inbox', 'Inbox'), ('slack', 'Slack'), ('teams', 'Microsoft Teams')], default='email', max_length=10, verbose_name='channel')),
                ('kind', models.CharField(max_length=60, verbose_name='kind')),
                ('scope', models.UUIDField(blank=True, null=True, verbose_name='program')),
                ('dedupe_key', models.CharField(max_length=200, verbose_name='key')),
                ('data', models.JSONField(default=dict, verbose_name='data')),
                ('subject', models.CharField(max_length=250, verbose_name='subject')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('html', models.TextField(blank=True, verbose_name='HTML')),
                ('attachments', models.JSONField(default=list, verbose_name='attachments')),
                ('due_at', models.DateTimeField(default=common.clock.now, verbose_name='due')),
                ('try_at', models.DateTimeField(default=common.clock.now, verbose_name='next attempt')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('held_until', models.DateTimeField(blank=True, null=True, verbose_name='held until the end of the quiet time')),
                ('digest', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='digested', to='notifications.outboxmessage', verbose_name='summary')),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('leased', 'Being sent'), ('sent', 'Sent'), ('digested', 'Sent in a summary'), ('failed', 'Refused by the mail server'), ('missed', 'Missed its time'), ('cancelled', 'No longer needed'), ('unknown', 'Perhaps sent'), ('suppressed', 'Not sent to this address')], default='queued', max_length=10, verbose_name='state')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='attempts')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='leased until')),
                ('dialog_at', models.DateTimeField(blank=True, null=True, verbose_name='talk with the mail server began')),
                ('resend_allowed', models.BooleanField(default=True, verbose_name='may be sent again when unknown')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read in the inbox')),
                ('last_error', models.TextField(blank=True, verbose_name='what went wrong')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='caused by')),
                ('recipient', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='outbox_messages', to=settings.AUTH_USER_MODEL, verbose_name='recipient')),
            ],
            options={
                'ordering': ['-due_at', '-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'unknown'])), fields=['try_at', 'id'], name='outbox_waiting'), models.Index(condition=models.Q(('state', 'suppressed')), fields=['expires_at'], name='outbox_suppressed'), models.Index(condition=models.Q(('kind', 'notifications.digest')), fields=['due_at'], name='outbox_summaries'), models.Index(condition=models.Q(('channel', 'email'), ('state', 'sent')), fields=['sent_at'], name='outbox_sent'), models.Index(condition=models.Q(('state', 'leased')), fields=['lease_until'], name='outbox_leased'), models.Index(fields=['recipient', '-due_at'], name='outbox_of_person'), models.Index(condition=models.Q(('actor__isnull', False)), fields=['actor', 'kind', 'due_at'], name='outbox_by_actor'), models.Index(fields=['scope', '-due_at'], name='outbox_of_program'), models.Index(fields=['dedupe_key'], name='outbox_key_prefix', opclasses=['varchar_pattern_ops'])],
                'constraints': [models.UniqueConstraint(fields=('dedupe_key', 'channel'), name='outbox_once'), models.CheckConstraint(condition=models.Q(('dedupe_key', ''), _negated=True), name='outbox_has_key'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'leased', 'sent', 'digested', 'failed', 'missed', 'cancelled', 'unknown', 'suppressed'])), name='outbox_known_state'), models.CheckConstraint(condition=models.Q(('channel__in', ['email', 'inbox', 'slack', 'teams'])), name='outbox_known_channel'), models.CheckConstraint(condition=models.Q(models.Q(('lease_until__isnull', False), ('state', 'leased')), models.Q(models.Q(('state', 'leased'), _negated=True), ('lease_until__isnull', True)), _connector='OR'), name='outbox_leased_has_lease'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='outbox_sent_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('sent', 'digested', 'failed', 'missed', 'cancelled')), _negated=True), models.Q(('attachments', []), ('html', ''), ('text', '')), _connector='OR'), name='outbox_ended_has_no_body'), models.CheckConstraint(condition=models.Q(models.Q(('channel__in', ('slack', 'teams')), ('recipient__isnull', True), ('scope__isnull', False)), models.Q(models.Q(('channel__in', ('slack', 'teams')), _negated=True), ('recipient__isnull', False)), _connector='OR'), name='outbox_to_a_person_or_a_channel')],
            },
        ),
    ]
