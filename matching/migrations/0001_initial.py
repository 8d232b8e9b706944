import common.clock
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
            name='MatchRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('state', models.CharField(choices=[('queued', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('published', 'Published'), ('failed', 'Failed'), ('cancelled', 'Cancelled')], default='queued', max_length=10, verbose_name='state')),
                ('objective', models.CharField(choices=[('participation', 'As many people as possible'), ('score', 'The best total fit')], max_length=15, verbose_name='aim')),
                ('floor', models.BooleanField(default=True, verbose_name='weakest match as good as can be')),
                ('rules', models.JSONField(default=dict, verbose_name='rules')),
                ('weights', models.JSONField(default=dict, verbose_name='weights')),
                ('input_digest', models.CharField(blank=True, max_length=64, verbose_name='fingerprint of the input')),
                ('progress', models.PositiveSmallIntegerField(default=0, verbose_name='progress in percent')),
                ('stage', models.CharField(blank=True, max_length=60, verbose_name='what it is doing')),
                ('cancel_requested', models.BooleanField(default=False, verbose_name='to be cancelled')),
                ('statistics', models.JSONField(default=dict, verbose_name='figures')),
                ('figures_as_found', models.JSONField(default=dict, verbose_name='figures as found')),
                ('problem', models.TextField(blank=True, verbose_name='why it failed')),
                ('claim', models.UUIDField(blank=True, editable=False, null=True, verbose_name='claimed by')),
                ('lease_until', models.DateTimeField(blank=True, null=True, verbose_name='claimed until')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='published')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='match_runs', to='programs.program')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-created_at', '-id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('program',), name='match_run_one_at_a_time'), models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='match_run_progress_percent'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'running'), _negated=True), models.Q(('claim__isnull', False), ('lease_until__isnull', False)), _connector='OR'), name='match_run_running_means_claimed'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='match_run_published_at')],
            },
        ),
        migrations.CreateModel(
            name='HandChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('kind', models.CharField(choices=[('free', 'Has a place free'), ('swap', 'Swap'), ('replace', 'Give the place')], max_length=10, verbose_name='kind')),
                ('pairs', models.JSONField(default=list, verbose_name='pairs before and after')),
                ('pinned', models.JSONField(blank=True, default=list, verbose_name='pins made')),
                ('unpinned', models.JSONField(blank=True, default=list, verbose_name='pins removed')),
                ('placed', models.JSONField(blank=True, default=list, verbose_name='people placed')),
                ('costs', models.IntegerField(default=0, verbose_name='cost in basis points')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hand_changes', to='matching.matchrun')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['free', 'swap', 'replace'])), name='hand_change_kind'), models.CheckConstraint(condition=models.Q(('pairs', []), _negated=True), name='hand_change_has_pairs'), models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), ('undone_at__gte', models.F('created_at')), _connector='OR'), name='hand_change_undone_after_made')],
            },
        ),
        migrations.CreateModel(
            name='PairRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('kind', models.CharField(choices=[('pin', 'Pinned'), ('forbid', 'Excluded')], max_length=6, verbose_name='rule')),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.enrolment')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.enrolment')),
                ('program', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pair_rules', to='programs.program')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('program', 'mentor', 'mentee'), name='pair_rule_once'), models.CheckConstraint(condition=models.Q(('mentor', models.F('mentee')), _negated=True), name='pair_rule_two_enrolments')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('score', models.PositiveIntegerField(verbose_name='score')),
                ('breakdown', models.JSONField(default=dict, verbose_name='breakdown')),
                ('reasons', models.JSONField(default=list, verbose_name='reasons')),
                ('warnings', models.JSONField(default=list, verbose_name='warnings')),
                ('alternatives', models.JSONField(default=list, verbose_name='alternatives')),
                ('pinned', models.BooleanField(default=False, verbose_name='pinned')),
                ('by_hand', models.BooleanField(default=False, verbose_name='changed by hand')),
                ('refusal', models.CharField(blank=True, max_length=40, verbose_name='why it was not published')),
                ('mentee', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals_as_mentee', to='programs.enrolment')),
                ('mentor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals_as_mentor', to='programs.enrolment')),
                ('pairing', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='proposal', to='pairings.pairing')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='matching.matchrun')),
            ],
            options={
                'ordering': ['-score', 'id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('run', 'mentor', 'mentee'), name='proposal_once'), models.CheckConstraint(condition=models.Q(('score__lte', 10000)), name='proposal_score_basis_points'), models.CheckConstraint(condition=models.Q(('mentor', models.F('mentee')), _negated=True), name='proposal_two_enrolments')],
            },
        ),
        migrations.CreateModel(
            name='Unmatched',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='public id')),
                ('created_at', models.DateTimeField(default=common.clock.now, editable=False, verbose_name='made at')),
                ('reason', models.JSONField(default=dict, verbose_name='why')),
                ('enrolment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='programs.enrolment')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unmatched', to='matching.matchrun')),
            ],
            options={
                'ordering': ['id'],
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('run', 'enrolment'), name='unmatched_once')],
            },
        ),
    ]
