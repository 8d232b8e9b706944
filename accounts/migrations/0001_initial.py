import common.clock
import common.crypto
import common.timezones
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Grade',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.PositiveSmallIntegerField(unique=True, verbose_name='rank')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
            ],
            options={
                'ordering': ['rank'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('preferred_name', models.CharField(blank=True, max_length=100, verbose_name='what people call you')),
                ('pronouns', models.CharField(blank=True, max_length=40, verbose_name='pronouns')),
                ('employee_id', models.CharField(blank=True, max_length=64, null=True, verbose_name='employee id')),
                ('job_title', models.CharField(blank=True, max_length=200, verbose_name='job title')),
                ('department', models.CharField(blank=True, db_index=True, max_length=200, verbose_name='department')),
                ('location', models.CharField(blank=True, max_length=200, verbose_name='location')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[common.timezones.validate_zone], verbose_name='time zone')),
                ('locale', models.CharField(default='en', max_length=10, verbose_name='language of pages and mails')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), blank=True, default=list, size=None, verbose_name='languages')),
                ('grade_is_derived', models.BooleanField(default=False, verbose_name='grade comes from the reporting tree')),
                ('hired_on', models.DateField(blank=True, null=True, verbose_name='hired on')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_hr_admin', models.BooleanField(default=False, verbose_name='HR admin')),
                ('hr_admin_since', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='HR admin since')),
                ('hr_admin_made_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('directory_state', models.CharField(choices=[('unknown', 'Not from the directory'), ('listed', 'In the directory'), ('left', 'Left the directory')], default='unknown', editable=False, max_length=8, verbose_name='directory')),
                ('session_epoch', models.PositiveIntegerField(default=0, editable=False, verbose_name='sign-ins ended')),
                ('last_name', models.CharField(blank=True, editable=False, max_length=200, verbose_name='last name')),
                ('sort_key', models.CharField(blank=True, db_index=True, editable=False, max_length=200, verbose_name='sort key')),
                ('search_text', models.TextField(blank=True, editable=False, verbose_name='search text')),
                ('manager', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='reports', to=settings.AUTH_USER_MODEL, verbose_name='manager')),
                ('grade', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='people', to='accounts.grade', verbose_name='grade')),
                ('join_link', models.URLField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(schemes=['https'])], verbose_name='join link')),
            ],
            options={
                'ordering': ['sort_key', 'id'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('search_text', config='simple'), name='user_search'), models.Index(condition=models.Q(('is_hr_admin', True)), fields=['id'], name='user_hr_admins')],
                'constraints': [models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='user_email_in_lower_case'), models.UniqueConstraint(fields=('employee_id',), name='user_employee_id_unique'), models.CheckConstraint(condition=models.Q(('employee_id', ''), _negated=True), name='user_employee_id_not_empty'), models.CheckConstraint(condition=models.Q(('manager__isnull', True), models.Q(('manager', models.F('id')), _negated=True), _connector='OR'), name='user_not_own_manager'), models.CheckConstraint(condition=models.Q(('join_link', ''), ('join_link__startswith', 'https://'), _connector='OR'), name='user_link_is_https')],
            },
        ),
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='company name')),
                ('product_name', models.CharField(default='Upstream', max_length=60, verbose_name='name of this application')),
                ('time_zone', models.CharField(default='UTC', max_length=64, validators=[common.timezones.validate_zone], verbose_name='time zone')),
                ('locale', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('set_up_at', models.DateTimeField(blank=True, null=True, verbose_name='set up')),
                ('anonymity_k', models.PositiveSmallIntegerField(default=5, verbose_name='smallest group shown')),
                ('anonymity_k_locked', models.BooleanField(default=False, editable=False, verbose_name='smallest group is fixed')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='company_only_one'), models.CheckConstraint(condition=models.Q(('anonymity_k__gte', 5)), name='company_k_at_least_5')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='PairBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [],
                'constraints': [models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='pair_block_ordered'), models.UniqueConstraint(fields=('first', 'second'), name='pair_block_once')],
            },
        ),
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='absence_ends_after_start'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('person_id'), models.F('person_id'), models.Value('[]'), function='int8range', output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField()), '&&'), (models.Func(models.F('starts_on'), models.F('ends_on'), models.Value('[]'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='absence_no_overlap', violation_error_code='overlap')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='AddressChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('old_email', models.EmailField(max_length=254, verbose_name='old address')),
                ('new_email', models.EmailField(max_length=254, verbose_name='new address')),
                ('state', models.CharField(choices=[('pending', 'To confirm'), ('confirmed', 'Confirmed'), ('rejected', 'Rejected'), ('withdrawn', 'No longer needed'), ('stopped', 'Stopped by one of the addresses')], default='pending', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='address_changes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('person',), name='address_change_one_pending')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('delegate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delegations_held', to=settings.AUTH_USER_MODEL)),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='delegations_given', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('mentee', 'delegate'), name='delegation_once'), models.CheckConstraint(condition=models.Q(('mentee', models.F('delegate')), _negated=True), name='delegation_not_to_oneself')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='DirectoryImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('file_name', models.CharField(max_length=255, verbose_name='file')),
                ('content', models.BinaryField(null=True, verbose_name='content')),
                ('mapping', models.JSONField(default=dict, verbose_name='columns')),
                ('headings', models.JSONField(default=list, verbose_name='headings')),
                ('state', models.CharField(choices=[('uploaded', 'Uploaded'), ('checking', 'Being checked'), ('checked', 'Ready to apply'), ('applying', 'Being applied'), ('applied', 'Applied'), ('failed', 'Failed'), ('discarded', 'Discarded')], default='uploaded', max_length=12, verbose_name='state')),
                ('progress', models.PositiveSmallIntegerField(default=0, verbose_name='progress in percent')),
                ('options', models.JSONField(default=dict, verbose_name='options')),
                ('preview', models.JSONField(default=dict, verbose_name='what it will do')),
                ('row_errors', models.JSONField(default=list, verbose_name='errors by row')),
                ('differences', models.JSONField(default=list, verbose_name='every change')),
                ('fingerprint', models.CharField(blank=True, max_length=64, verbose_name='fingerprint of the difference')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='how often a worker has begun')),
                ('problem', models.TextField(blank=True, verbose_name='why it failed')),
                ('confirmed_leavers', models.BooleanField(default=False, verbose_name='many leavers confirmed')),
                ('confirmed_managers', models.BooleanField(default=False, verbose_name='go on with managers missing')),
                ('confirmed_errors', models.BooleanField(default=False, verbose_name='go on without the rows with errors')),
                ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='applied')),
                ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='import_progress_percent'), models.UniqueConstraint(condition=models.Q(('state', 'applying')), fields=('state',), name='import_applying_one_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['applied', 'failed', 'discarded']), _negated=True), ('content__isnull', True), _connector='OR'), name='import_content_wiped_at_the_end')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='calendar_feed', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('token_hash', models.CharField(max_length=64, unique=True, verbose_name='hash of the token')),
                ('made_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='OwnCalendar',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='own_calendar', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('address', common.crypto.EncryptedTextField(verbose_name='address')),
                ('busy', common.crypto.EncryptedJSONField(blank=True, null=True, verbose_name='busy times')),
                ('fetched_at', models.DateTimeField(blank=True, null=True, verbose_name='last read')),
                ('next_at', models.DateTimeField(db_index=True, default=common.clock.now, verbose_name='next attempt')),
                ('failures', models.PositiveSmallIntegerField(default=0, verbose_name='failed attempts in a row')),
                ('problem', models.CharField(blank=True, max_length=12, verbose_name='problem')),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='FactorReset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('state', models.CharField(choices=[('pending', 'To confirm'), ('confirmed', 'Confirmed'), ('rejected', 'Rejected')], default='pending', max_length=10, verbose_name='state')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='factor_resets', to=settings.AUTH_USER_MODEL)),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('person',), name='factor_reset_one_pending'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('requested_by__isnull', True), models.Q(('state', 'confirmed'), _negated=True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='factor_reset_by_two')],
                'indexes': [],
            },
        ),
    ]
