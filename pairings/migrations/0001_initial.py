import common.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('programs', '0002_k_is_fixed_once_promised'),
    ]

    operations = [
        migrations.CreateModel(
            name='Pairing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('state', models.CharField(choices=[('offered', 'Offered'), ('active', 'Active'), ('paused', 'Paused'), ('completed', 'Completed'), ('ended', 'Ended'), ('void', 'Did not come about')], default='offered', max_length=10, verbose_name='state')),
                ('score', models.PositiveIntegerField(default=0, verbose_name='score')),
                ('reasons', models.JSONField(default=list, verbose_name='reasons')),
                ('mentor_accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='mentor accepted')),
                ('mentee_accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='mentee accepted')),
                ('offer_expires_at', models.DateTimeField(blank=True, null=True, verbose_name='answer until')),
                ('activated_at', models.DateTimeField(blank=True, null=True, verbose_name='active since')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused')),
                ('paused_by_directory', models.BooleanField(default=False, verbose_name='paused because the directory changed')),
                ('mentor_ready_at', models.DateTimeField(blank=True, null=True, verbose_name='mentor ready to go on')),
                ('mentee_ready_at', models.DateTimeField(blank=True, null=True, verbose_name='mentee ready to go on')),
                ('resumed_at', models.DateTimeField(blank=True, null=True, verbose_name='went on after a pause')),
                ('stopped_at', models.DateTimeField(blank=True, null=True, verbose_name='stopped')),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings_as_mentee', to=settings.AUTH_USER_MODEL)),
                ('mentee_enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings_as_mentee', to='programs.enrolment')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings_as_mentor', to=settings.AUTH_USER_MODEL)),
                ('mentor_enrolment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pairings_as_mentor', to='programs.enrolment')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pairings', to='programs.program')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['program', 'state'], name='pairing_program_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['offered', 'active', 'paused'])), fields=('program', 'mentor', 'mentee'), name='pairing_live_once'), models.CheckConstraint(condition=models.Q(('mentor', models.F('mentee')), _negated=True), name='pairing_not_with_oneself'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'active'), _negated=True), models.Q(('activated_at__isnull', False), ('mentee_accepted_at__isnull', False), ('mentor_accepted_at__isnull', False)), _connector='OR'), name='pairing_active_means_accepted'), models.CheckConstraint(condition=models.Q(('mentee_accepted_at__isnull', True), ('mentor_accepted_at__isnull', False), _connector='OR'), name='pairing_mentor_is_asked_first')],
            },
        ),
        migrations.CreateModel(
            name='AgreementVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('number', models.PositiveSmallIntegerField(verbose_name='version')),
                ('text', models.TextField(verbose_name="the program's text")),
                ('boundaries', models.TextField(blank=True, verbose_name='boundaries')),
                ('confidentiality', models.TextField(blank=True, verbose_name='what stays between us')),
                ('cadence', models.TextField(blank=True, verbose_name='how often and how long')),
                ('channel', models.TextField(blank=True, verbose_name='where we meet and write')),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pairing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agreement_versions', to='pairings.pairing')),
            ],
            options={
                'ordering': ['-number'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('pairing', 'number'), name='agreement_version_number')],
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signed_at', models.DateTimeField(verbose_name='signed')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signatures', to='pairings.agreementversion')),
            ],
            options={
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('version', 'person'), name='signature_once')],
            },
        ),
    ]
