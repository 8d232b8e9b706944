import common.clock
import common.crypto
import common.timezones
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('pairings', '0001_initial'),
        ('programs', '0002_k_is_fixed_once_promised'),
    ]

    operations = [
        migrations.CreateModel(
            name='MentoringSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('scheduled', 'Scheduled'), ('held', 'Held'), ('cancelled', 'Cancelled'), ('missed', 'Missed')], default='scheduled', max_length=10, verbose_name='state')),
                ('wall_date', models.DateField(verbose_name='day')),
                ('wall_time', models.TimeField(verbose_name='time')),
                ('time_zone', models.CharField(max_length=64, validators=[common.timezones.validate_zone], verbose_name='time zone')),
                ('minutes', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(240)], verbose_name='minutes')),
                ('starts_at', models.DateTimeField(editable=False, verbose_name='starts')),
                ('ends_at', models.DateTimeField(editable=False, verbose_name='ends')),
                ('sequence', models.PositiveIntegerField(default=0, verbose_name='changes')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='place')),
                ('link', models.URLField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(schemes=['https'])], verbose_name='join link')),
                ('question', models.TextField(blank=True, verbose_name="the mentee's question")),
                ('timed_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='last change')),
                ('takeaway', models.TextField(blank=True, verbose_name='shared takeaway')),
                ('mentor_taught', models.TextField(blank=True, verbose_name='what the mentor taught')),
                ('mentee_taught', models.TextField(blank=True, verbose_name='what the mentee taught')),
                ('logged_at', models.DateTimeField(blank=True, null=True, verbose_name='logged')),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('guide', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='programs.sessionguide')),
                ('logged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('moved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('pairing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='pairings.pairing')),
                ('scheduled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('topic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='programs.topic', verbose_name='about')),
                ('topics', models.ManyToManyField(blank=True, related_name='+', to='programs.topic', verbose_name='topics')),
            ],
            options={
                'ordering': ['starts_at', 'id'],
                'indexes': [models.Index(fields=['state', 'starts_at'], name='session_due')],
                'constraints': [models.UniqueConstraint(fields=('pairing', 'number'), name='session_number'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='session_ends_after_start'), models.CheckConstraint(condition=models.Q(('state', 'cancelled'), ('cancelled_by__isnull', True), _connector='OR'), name='session_cancelled_by_means_cancelled'), models.CheckConstraint(condition=models.Q(('minutes__gte', 15), ('minutes__lte', 240)), name='session_minutes_bounds'), models.CheckConstraint(condition=models.Q(('link', ''), ('link__startswith', 'https://'), _connector='OR'), name='session_link_is_https')],
            },
        ),
        migrations.CreateModel(
            name='PlannedTopic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('pairing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='planned_topics', to='pairings.pairing')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.topic', verbose_name='topic')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('pairing', 'position'), name='planned_topic_position'), models.UniqueConstraint(fields=('pairing', 'topic'), name='planned_topic_once')],
            },
        ),
        migrations.CreateModel(
            name='Commitment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('text', models.TextField(verbose_name='what the mentee will do differently')),
                ('due_on', models.DateField(verbose_name='until')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('what_changed', models.TextField(blank=True, verbose_name='what changed')),
                ('pairing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='commitments', to='pairings.pairing')),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='commitment', to='meetings.mentoringsession')),
            ],
            options={
                'ordering': ['due_on', 'id'],
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['due_on'], name='commitment_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='commitment_says_something'), models.CheckConstraint(condition=models.Q(('what_changed', ''), ('done_at__isnull', False), _connector='OR'), name='commitment_changed_means_done')],
            },
        ),
        migrations.CreateModel(
            name='ComfortPulse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('feeling', models.PositiveSmallIntegerField(choices=[(1, 'Not good'), (2, 'All right'), (3, 'Good')], verbose_name='how it felt')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='meetings.mentoringsession')),
            ],
            options={
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('session', 'person'), name='comfort_once'), models.CheckConstraint(condition=models.Q(('feeling__in', [1, 2, 3])), name='comfort_feeling')],
            },
        ),
        migrations.CreateModel(
            name='PrivateNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('body', common.crypto.EncryptedTextField(blank=True, default='', verbose_name='private note')),
                ('changed_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='changed')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='meetings.mentoringsession')),
            ],
            options={
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('session', 'author'), name='private_note_once')],
            },
        ),
        migrations.CreateModel(
            name='SessionAttendance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField(verbose_name='during')),
                ('live', models.BooleanField(default=True, verbose_name='scheduled')),
                ('minutes_late', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='minutes late')),
                ('late_said_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendances', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attendances', to='meetings.mentoringsession')),
            ],
            options={
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('session', 'person'), name='attendance_once'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('live', True)), expressions=[(models.Func(models.F('person_id'), models.F('person_id'), models.Value('[]'), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), ('during', '&&')], name='attendance_no_overlap', violation_error_code='overlap')],
            },
        ),
        migrations.CreateModel(
            name='SessionLogRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('content', models.JSONField(verbose_name='content')),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='log_revisions', to='meetings.mentoringsession')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='SessionStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('proposed', 'Proposed'), ('scheduled', 'Scheduled'), ('held', 'Held'), ('cancelled', 'Cancelled'), ('missed', 'Missed')], max_length=10, verbose_name='what happened')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statements', to='meetings.mentoringsession')),
            ],
            options={
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('session', 'person'), name='statement_once'), models.CheckConstraint(condition=models.Q(('outcome__in', ['held', 'cancelled', 'missed'])), name='statement_is_an_outcome')],
            },
        ),
    ]
