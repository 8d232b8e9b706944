import common.clock
import django.contrib.postgres.fields
import django.core.validators
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
            name='SurveyPlanItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('departments', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None, verbose_name='departments')),
                ('locations', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None, verbose_name='locations')),
                ('grades', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name='grades')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('kind', models.CharField(choices=[('baseline', 'At the start'), ('pulse', 'Pulse'), ('midpoint', 'Half-way'), ('closing', 'At the end')], default='pulse', max_length=10, verbose_name='what it is for')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('intro', models.TextField(blank=True, verbose_name='what it is for, in a sentence')),
                ('label', models.CharField(choices=[('attributed', 'With your name'), ('confidential', 'Confidential'), ('anonymous', 'Anonymous')], default='anonymous', max_length=12, verbose_name='who sees the answers')),
                ('audience', models.CharField(choices=[('all', '{Mentors} and {mentees}'), ('mentors', '{Mentors}'), ('mentees', '{Mentees}'), ('staff', 'All staff')], default='all', max_length=8, verbose_name='who is asked')),
                ('first_day', models.PositiveSmallIntegerField(default=30, verbose_name='days after the start')),
                ('days_before_end', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days before the end')),
                ('every_weeks', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(52)], verbose_name='again every so many weeks')),
                ('opens_on', models.DateField(blank=True, null=True, verbose_name='opens on')),
                ('every_months', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(24)], verbose_name='again every so many months')),
                ('open_days', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(60)], verbose_name='days open')),
                ('asks_readers', models.BooleanField(default=False, help_text='They read the results, so an anonymous survey leaves them out otherwise.', verbose_name='HR admins and coordinators are asked too')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                ('program', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='survey_plan', to='programs.program')),
                ('readers', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='named readers of a confidential survey')),
            ],
            options={
                'ordering': ['position', 'id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('program', 'position'), name='survey_plan_position'), models.CheckConstraint(condition=models.Q(('days_before_end__isnull', True), ('every_weeks__isnull', True), _connector='OR'), name='survey_plan_before_end_once'), models.CheckConstraint(condition=models.Q(('open_days__gte', 1)), name='survey_plan_open_days'), models.CheckConstraint(condition=models.Q(('every_weeks__isnull', True), ('every_weeks__gte', 1), _connector='OR'), name='survey_plan_every_weeks'), models.CheckConstraint(condition=models.Q(('program__isnull', False), ('audience', 'staff'), _connector='OR'), name='survey_plan_without_program_asks_staff'), models.CheckConstraint(condition=models.Q(models.Q(('audience', 'staff'), _negated=True), ('label', 'anonymous'), _connector='OR'), name='survey_plan_staff_anonymous'), models.CheckConstraint(condition=models.Q(('program__isnull', True), models.Q(('every_months__isnull', True), ('opens_on__isnull', True)), _connector='OR'), name='survey_plan_months_of_staff'), models.CheckConstraint(condition=models.Q(('every_months__isnull', True), ('every_months__gte', 1), _connector='OR'), name='survey_plan_every_months')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='identity')),
                ('text', models.CharField(max_length=300, verbose_name='question')),
                ('kind', models.CharField(choices=[('scale5', 'Scale of 1 to 5'), ('scale10', 'Scale of 0 to 10'), ('single', 'One of several'), ('multiple', 'Any of several'), ('text', 'In your own words')], default='scale5', max_length=10, verbose_name='how it is answered')),
                ('options', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None, verbose_name='options')),
                ('low', models.CharField(blank=True, max_length=60, verbose_name='words for the lowest number')),
                ('high', models.CharField(blank=True, max_length=60, verbose_name='words for the highest number')),
                ('required', models.BooleanField(default=True, verbose_name='must be answered')),
                ('plan_item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='feedback.surveyplanitem')),
            ],
            options={
                'ordering': ['position', 'id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('plan_item', 'position'), name='question_position'), models.UniqueConstraint(fields=('plan_item', 'key'), name='question_key_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['single', 'multiple']), _negated=True), ('options__len__gte', 2), _connector='OR'), name='question_has_options')],
            },
        ),
        migrations.CreateModel(
            name='SurveyRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('departments', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None, verbose_name='departments')),
                ('locations', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None, verbose_name='locations')),
                ('grades', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name='grades')),
                ('number', models.PositiveSmallIntegerField(verbose_name='number')),
                ('kind', models.CharField(choices=[('baseline', 'At the start'), ('pulse', 'Pulse'), ('midpoint', 'Half-way'), ('closing', 'At the end')], max_length=10, verbose_name='what it is for')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('intro', models.TextField(blank=True, verbose_name='what it is for, in a sentence')),
                ('label', models.CharField(choices=[('attributed', 'With your name'), ('confidential', 'Confidential'), ('anonymous', 'Anonymous')], max_length=12, verbose_name='who sees the answers')),
                ('audience', models.CharField(choices=[('all', '{Mentors} and {mentees}'), ('mentors', '{Mentors}'), ('mentees', '{Mentees}'), ('staff', 'All staff')], max_length=8, verbose_name='who is asked')),
                ('questions', models.JSONField(verbose_name='questions')),
                ('k', models.PositiveSmallIntegerField(verbose_name='smallest group shown')),
                ('state', models.CharField(choices=[('open', 'Open'), ('closed', 'Closed'), ('cancelled', 'Cancelled')], default='open', max_length=10, verbose_name='state')),
                ('opens_at', models.DateTimeField(verbose_name='opens')),
                ('closes_at', models.DateTimeField(verbose_name='closes')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('asked', models.PositiveIntegerField(default=0, verbose_name='people asked')),
                ('answered', models.PositiveIntegerField(blank=True, null=True, verbose_name='people who answered')),
                ('band', models.PositiveSmallIntegerField(default=0, verbose_name='quarters that have answered')),
                ('banded_on', models.DateField(blank=True, null=True, verbose_name='as of')),
                ('rewrite_due', models.BooleanField(default=False, verbose_name='tables to rewrite')),
                ('comments', models.JSONField(default=dict, verbose_name='comments')),
                ('told_us', models.TextField(blank=True, verbose_name='what you told us, what we are changing')),
                ('told_us_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                ('plan_item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rounds', to='feedback.surveyplanitem')),
                ('program', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='survey_rounds', to='programs.program')),
                ('readers', models.ManyToManyField(blank=True, related_name='rounds_to_read', to=settings.AUTH_USER_MODEL, verbose_name='named readers')),
            ],
            options={
                'ordering': ['-opens_at', '-id'],
                'indexes': [models.Index(fields=['state', 'closes_at'], name='round_due')],
                'constraints': [models.UniqueConstraint(fields=('plan_item', 'number'), name='round_number'), models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='round_closes_after_opening'), models.CheckConstraint(condition=models.Q(('k__gte', 5)), name='round_k_at_least_5'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(('state', 'closed'), _negated=True), _connector='OR'), name='round_closed_has_time'), models.CheckConstraint(condition=models.Q(('program__isnull', False), ('audience', 'staff'), _connector='OR'), name='round_without_program_asks_staff'), models.CheckConstraint(condition=models.Q(models.Q(('audience', 'staff'), _negated=True), ('label', 'anonymous'), _connector='OR'), name='round_staff_anonymous')],
            },
        ),
        migrations.CreateModel(
            name='Response',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('answers', models.JSONField(verbose_name='answers')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='survey_responses', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='responses', to='feedback.surveyround')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('round', 'person'), name='response_once')],
            },
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('responded', models.BooleanField(default=False, verbose_name='has answered')),
                ('opted_out', models.BooleanField(default=False, verbose_name='does not want to be asked again')),
                ('draft', models.JSONField(blank=True, null=True, verbose_name='saved for later')),
                ('role', models.CharField(blank=True, max_length=10, verbose_name='Role')),
                ('department', models.CharField(blank=True, max_length=200, verbose_name='Department')),
                ('grade', models.CharField(blank=True, max_length=80, verbose_name='Grade')),
                ('location', models.CharField(blank=True, max_length=200, verbose_name='Location')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participations', to=settings.AUTH_USER_MODEL)),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participations', to='feedback.surveyround')),
            ],
            options={
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('round', 'person'), name='participation_once')],
            },
        ),
        migrations.CreateModel(
            name='FrozenTable',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cut', models.CharField(choices=[('total', 'Everybody'), ('role', 'Role'), ('department', 'Department'), ('grade', 'Grade'), ('location', 'Location')], max_length=10, verbose_name='cut')),
                ('cell', models.CharField(blank=True, max_length=200, verbose_name='cell')),
                ('figures', models.JSONField(default=dict, verbose_name='figures')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tables', to='feedback.surveyround')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('round', 'cut', 'cell'), name='frozen_cell_once')],
            },
        ),
        migrations.CreateModel(
            name='AnonymousAnswer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('answers', models.JSONField(verbose_name='answers')),
                ('role', models.CharField(blank=True, max_length=10, verbose_name='Role')),
                ('department', models.CharField(blank=True, max_length=200, verbose_name='Department')),
                ('grade', models.CharField(blank=True, max_length=80, verbose_name='Grade')),
                ('location', models.CharField(blank=True, max_length=200, verbose_name='Location')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='anonymous_answers', to='feedback.surveyround')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
    ]
