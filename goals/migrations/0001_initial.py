import common.clock
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
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('statement', models.CharField(max_length=300, verbose_name='I want to')),
                ('measure_kind', models.CharField(choices=[('number', 'A number'), ('scale', '1 to 5'), ('yes_no', 'Yes or not yet')], default='number', max_length=6, verbose_name='measured in')),
                ('measure', models.CharField(blank=True, max_length=200, verbose_name='what is measured')),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='unit')),
                ('baseline', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='today')),
                ('target', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='target')),
                ('current', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='now')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('begun_at', models.DateTimeField(blank=True, null=True, verbose_name='begun')),
                ('private', models.BooleanField(default=False, verbose_name='only for me')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('active', 'Active'), ('met', 'Met'), ('partly', 'Partly met'), ('not_met', 'Not met'), ('dropped', 'Dropped')], default='draft', max_length=8, verbose_name='state')),
                ('shared_at', models.DateTimeField(blank=True, null=True, verbose_name='shared')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('reflection', models.TextField(blank=True, verbose_name='what I take from it')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goals', to=settings.AUTH_USER_MODEL)),
                ('pairing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='goals', to='pairings.pairing')),
                ('topic', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='programs.topic', verbose_name='topic')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['pairing', 'state'], name='goal_of_pair')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'active', 'met', 'partly', 'not_met', 'dropped'])), name='goal_known_state'), models.CheckConstraint(condition=models.Q(('statement', ''), _negated=True), name='goal_has_statement'), models.CheckConstraint(condition=models.Q(('target', models.F('baseline')), _negated=True), name='goal_target_differs_from_baseline'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('state', 'dropped'), models.Q(models.Q(('measure', ''), _negated=True), ('baseline__isnull', False), ('begun_at__isnull', False), ('current__isnull', False), ('due_on__isnull', False), ('target__isnull', False)), _connector='OR'), name='goal_active_is_measurable'), models.CheckConstraint(condition=models.Q(('measure_kind__in', ['number', 'scale', 'yes_no'])), name='goal_known_measure_kind'), models.CheckConstraint(condition=models.Q(models.Q(('measure_kind', 'yes_no'), _negated=True), models.Q(('baseline', 0), ('target', 1)), _connector='OR'), name='goal_yes_no_from_0_to_1'), models.CheckConstraint(condition=models.Q(models.Q(('measure_kind', 'scale'), _negated=True), ('baseline__isnull', True), ('target__isnull', True), models.Q(('baseline__range', (1, 5)), ('target__range', (1, 5))), _connector='OR'), name='goal_scale_from_1_to_5'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state__in', ('met', 'partly', 'not_met', 'dropped'))), models.Q(models.Q(('state__in', ('met', 'partly', 'not_met', 'dropped')), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='goal_closed_has_time')],
            },
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('at', models.DateTimeField(default=common.clock.now, verbose_name='when')),
                ('value', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='value')),
                ('confidence', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Not at all'), (2, 'Hardly'), (3, 'Half and half'), (4, 'Fairly sure'), (5, 'Very sure')], null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='confidence')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('cheered_at', models.DateTimeField(blank=True, null=True, verbose_name='cheered')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_ins', to='goals.goal')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [],
                'constraints': [models.CheckConstraint(condition=models.Q(('confidence__gte', 1), ('confidence__lte', 5)), name='check_in_confidence'), models.CheckConstraint(condition=models.Q(('value__isnull', False), models.Q(('note', ''), _negated=True), _connector='OR'), name='check_in_says_something')],
            },
        ),
        migrations.CreateModel(
            name='GoalChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=common.clock.now, verbose_name='when')),
                ('due_before', models.DateField(verbose_name='until, before')),
                ('due_after', models.DateField(verbose_name='until, after')),
                ('target_before', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='target, before')),
                ('target_after', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='target, after')),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='goals.goal')),
            ],
            options={
                'ordering': ['-at', '-id'],
                'indexes': [],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('due_before', models.F('due_after')), _negated=True), models.Q(('target_before', models.F('target_after')), _negated=True), _connector='OR'), name='goal_change_changes_something')],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('title', models.CharField(max_length=200, verbose_name='step')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='until')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done')),
                ('goal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='goals.goal')),
            ],
            options={
                'ordering': ['position', 'id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('goal', 'position'), name='milestone_position'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='milestone_has_title')],
            },
        ),
    ]
