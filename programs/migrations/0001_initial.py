import common.clock
import common.crypto
import common.timezones
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import programs.models.program
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Avoidance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('people', common.crypto.EncryptedJSONField(blank=True, null=True, verbose_name='people to avoid')),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='avoidance', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Program',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('template_key', models.CharField(default='blank', max_length=40, verbose_name='template')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('enrolling', 'Enrolling'), ('matching', 'Matching'), ('running', 'Running'), ('closing', 'Closing'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], db_index=True, default='draft', max_length=10, verbose_name='state')),
                ('archived_at', models.DateTimeField(blank=True, null=True, verbose_name='archived')),
                ('wizard_done', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None, verbose_name='wizard steps done')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('purpose', models.TextField(blank=True, verbose_name='purpose')),
                ('invitation', models.TextField(blank=True, verbose_name='invitation')),
                ('closing_ritual', models.TextField(blank=True, verbose_name='how it ends together')),
                ('mentor_label', models.CharField(default='mentor', max_length=40, verbose_name='what a mentor is called')),
                ('mentors_label', models.CharField(default='mentors', max_length=40, verbose_name='what mentors are called')),
                ('mentee_label', models.CharField(default='mentee', max_length=40, verbose_name='what a mentee is called')),
                ('mentees_label', models.CharField(default='mentees', max_length=40, verbose_name='what mentees are called')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[common.timezones.validate_zone], verbose_name='time zone')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='starts on')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='ends on')),
                ('enrolment_deadline', models.DateField(blank=True, null=True, verbose_name='enrol until')),
                ('planned_sessions', models.PositiveSmallIntegerField(default=6, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='planned sessions')),
                ('interval_weeks', models.PositiveSmallIntegerField(default=4, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(26)], verbose_name='weeks between sessions')),
                ('session_minutes', models.PositiveSmallIntegerField(default=45, validators=[django.core.validators.MinValueValidator(15), django.core.validators.MaxValueValidator(240)], verbose_name='minutes a session')),
                ('driver', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], default='mentee', max_length=6, verbose_name='who proposes times')),
                ('departments', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None, verbose_name='departments')),
                ('open_call', models.BooleanField(default=False, verbose_name='open call')),
                ('grade_gap', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)], verbose_name='grades between mentor and mentee')),
                ('require_common_language', models.BooleanField(default=True, verbose_name='a common language')),
                ('min_overlap_minutes', models.PositiveSmallIntegerField(default=60, verbose_name='common free minutes a week')),
                ('forbid_same_department', models.BooleanField(default=False, verbose_name='never in the same department')),
                ('allow_former_pairs', models.BooleanField(default=False, verbose_name='may meet a former partner again')),
                ('weights', models.JSONField(blank=True, default=dict, verbose_name='weights')),
                ('objective', models.CharField(choices=[('participation', 'As many people as possible'), ('score', 'The best total fit')], default='participation', max_length=15, verbose_name='aim')),
                ('floor', models.BooleanField(default=True, verbose_name='make the weakest match as good as can be')),
                ('minimum_score', models.PositiveSmallIntegerField(default=0, verbose_name='smallest fit of a pair')),
                ('agreement_text', models.TextField(blank=True, verbose_name='agreement')),
                ('reminder_hours', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=programs.models.program.default_reminder_hours, size=None, verbose_name='hours before a session')),
                ('question_days', models.PositiveSmallIntegerField(default=3, validators=[django.core.validators.MaxValueValidator(14)], verbose_name='days before a session')),
                ('anonymity_k', models.PositiveSmallIntegerField(default=5, verbose_name='smallest group shown')),
                ('anonymity_k_locked', models.BooleanField(default=False, editable=False, verbose_name='smallest group is fixed')),
                ('mentee_min_grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.grade')),
                ('mentor_max_grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.grade')),
                ('sponsor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='sponsored_programs', to=settings.AUTH_USER_MODEL, verbose_name='sponsor')),
            ],
            options={
                'ordering': ['-starts_on', 'name', 'id'],
                'indexes': [],
                'constraints': [models.CheckConstraint(condition=models.Q(('anonymity_k__gte', 5)), name='program_k_at_least_5'), models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='program_ends_after_start'), models.CheckConstraint(condition=models.Q(('enrolment_deadline__lte', models.F('starts_on'))), name='program_deadline_before_start'), models.CheckConstraint(condition=models.Q(('grade_gap__gte', 1)), name='program_grade_gap'), models.CheckConstraint(condition=models.Q(('minimum_score__lte', 10000)), name='program_minimum_score'), models.CheckConstraint(condition=models.Q(('question_days__lte', 14)), name='program_question_days')],
            },
        ),
        migrations.CreateModel(
            name='PrepStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('role', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], max_length=6, verbose_name='for')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('body', models.TextField(verbose_name='text')),
                ('minutes', models.PositiveSmallIntegerField(default=2, verbose_name='minutes')),
                ('question', models.TextField(blank=True, verbose_name='question for oneself')),
                ('is_card', models.BooleanField(default=False, verbose_name='can be printed as a card')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prep_steps', to='programs.program')),
            ],
            options={
                'ordering': ['role', 'position'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('program', 'role', 'position'), name='prep_step_position')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('role', models.CharField(choices=[('mentor', 'Mentor'), ('mentee', 'Mentee')], max_length=6, verbose_name='role')),
                ('state', models.CharField(choices=[('invited', 'Invited'), ('volunteering', 'Volunteering'), ('applied', 'Applied'), ('approved', 'Approved'), ('waitlisted', 'On the waiting list'), ('declined', 'Not this time'), ('withdrawn', 'Withdrawn')], default='invited', max_length=12, verbose_name='state')),
                ('step', models.PositiveSmallIntegerField(default=0, verbose_name='pages saved')),
                ('saved_from', models.CharField(blank=True, max_length=32, verbose_name='page that saved last')),
                ('capacity', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(5)], verbose_name='how many partners')),
                ('what_for', models.TextField(blank=True, verbose_name='what I want to understand, and why')),
                ('in_return', models.TextField(blank=True, verbose_name='what I want in return')),
                ('off_limits', common.crypto.EncryptedTextField(blank=True, default='', verbose_name='off limits')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), blank=True, default=list, size=None, verbose_name='languages')),
                ('availability', models.JSONField(blank=True, default=list, verbose_name='when I have time')),
                ('working_style', models.JSONField(blank=True, default=dict, verbose_name='how I like to work')),
                ('interests', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='interests')),
                ('wishes', common.crypto.EncryptedJSONField(blank=True, null=True, verbose_name='whom I would like to be matched with')),
                ('pledged_at', models.DateTimeField(blank=True, null=True, verbose_name='pledge')),
                ('invited_at', models.DateTimeField(blank=True, null=True, verbose_name='invited')),
                ('answer_by', models.DateField(blank=True, null=True, verbose_name='answer by')),
                ('nudges', models.PositiveSmallIntegerField(default=0, verbose_name='reminders to finish enrolling')),
                ('nudged_at', models.DateTimeField(blank=True, null=True, verbose_name='last reminded')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='applied')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='programs.program')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [models.Index(fields=['program', 'role', 'state'], name='enrolment_funnel')],
                'constraints': [models.UniqueConstraint(fields=('program', 'person', 'role'), name='enrolment_once'), models.CheckConstraint(condition=models.Q(('capacity__lte', 5)), name='enrolment_capacity'), models.CheckConstraint(condition=models.Q(('nudges__lte', 2)), name='enrolment_two_nudges')],
            },
        ),
        migrations.CreateModel(
            name='ProgramClosing',
            fields=[
                ('closes_at', models.DateTimeField(db_index=True, verbose_name='takes effect')),
                ('sessions_until', models.DateTimeField(verbose_name='sessions stay until')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('program', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='planned_closing', serialize=False, to='programs.program')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('sessions_until__gte', models.F('closes_at'))), name='closing_takes_no_session_before_it')],
            },
        ),
        migrations.CreateModel(
            name='ProgramStaff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('role', models.CharField(choices=[('coordinator', 'Coordinator'), ('safe_contact', 'Safe contact'), ('safe_deputy', 'Deputy of the safe contact')], max_length=12, verbose_name='role')),
                ('answer', models.CharField(choices=[('open', 'Not answered yet'), ('accepted', 'Accepted'), ('declined', 'Declined')], default='open', max_length=8, verbose_name='answer')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='program_roles', to=settings.AUTH_USER_MODEL)),
                ('program', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='staff', to='programs.program')),
            ],
            options={
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('program', 'person', 'role'), name='program_staff_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('program__isnull', False), models.Q(('role', 'coordinator'), _negated=True), _connector='OR'), name='program_staff_of_the_company_listens')],
            },
        ),
        migrations.CreateModel(
            name='SessionGuide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('kind', models.CharField(choices=[('first', 'First session'), ('topic', 'Session about a topic'), ('last', 'Last session')], max_length=5, verbose_name='for')),
                ('category', models.CharField(blank=True, max_length=80, verbose_name='category')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('aim', models.TextField(blank=True, verbose_name='what it is for')),
                ('agenda', models.JSONField(default=list, verbose_name='agenda')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='guides', to='programs.program')),
            ],
            options={
                'ordering': ['kind', 'category'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('program', 'kind', 'category'), name='guide_once'), models.CheckConstraint(condition=models.Q(('kind', 'topic'), ('category', ''), _connector='OR'), name='guide_category_means_topic')],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('name', models.CharField(max_length=120, verbose_name='topic')),
                ('category', models.CharField(max_length=80, verbose_name='category')),
                ('exercise', models.TextField(blank=True, verbose_name='exercise')),
                ('questions', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None, verbose_name='questions')),
                ('mentor_goal', models.TextField(blank=True, verbose_name='goal for a mentor')),
                ('mentee_goal', models.TextField(blank=True, verbose_name='goal for a mentee')),
                ('is_burdening', models.BooleanField(default=False, verbose_name='may burden the junior')),
                ('program', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='own_topics', to='programs.program')),
            ],
            options={
                'ordering': ['category', 'name', 'id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('name', 'program'), name='topic_once', nulls_distinct=False)],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentTopic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='level')),
                ('priority', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='priority')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topic_choices', to='programs.enrolment')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.topic')),
            ],
            options={
                'ordering': ['priority', '-level', 'id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'topic'), name='enrolment_topic_once'), models.CheckConstraint(condition=models.Q(models.Q(('level__gte', 1), ('level__isnull', False), ('level__lte', 5), ('priority__isnull', True)), models.Q(('level__isnull', True), ('priority__gte', 1), ('priority__isnull', False)), _connector='OR'), name='enrolment_topic_level_or_priority')],
            },
        ),
        migrations.CreateModel(
            name='TopicRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(choices=[('baseline', 'At the start'), ('closing', 'At the end')], default='baseline', max_length=8, verbose_name='when')),
                ('value', models.PositiveSmallIntegerField(verbose_name='where I stand')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='programs.enrolment')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.topic')),
            ],
            options={
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'topic', 'moment'), name='topic_rating_once'), models.CheckConstraint(condition=models.Q(('value__gte', 1), ('value__lte', 5)), name='topic_rating_value')],
            },
        ),
        migrations.CreateModel(
            name='PrepTick',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prep_ticks', to='programs.enrolment')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ticks', to='programs.prepstep')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'step'), name='prep_tick_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='PrepAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', common.crypto.EncryptedTextField(verbose_name='answer')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prep_answers', to='programs.enrolment')),
                ('step', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='programs.prepstep')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('enrolment', 'step'), name='prep_answer_once')],
            },
        ),
        migrations.AddField(
            model_name='Program',
            name='topics',
            field=models.ManyToManyField(blank=True, related_name='programs', to='programs.topic', verbose_name='topics'),
        ),
    ]
