import common.crypto
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Concern',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('code_hash', models.CharField(max_length=64, unique=True, verbose_name='hash of the code')),
                ('state', models.CharField(choices=[('open', 'Not read yet'), ('acknowledged', 'Read, not answered yet'), ('answered', 'Answered'), ('closed', 'Closed')], default='open', max_length=12, verbose_name='state')),
                ('written_on', models.DateField(verbose_name='first written')),
                ('last_written_on', models.DateField(verbose_name='last written by the author')),
                ('acknowledge_by', models.DateField(verbose_name='to be acknowledged by')),
                ('answer_by', models.DateField(verbose_name='to be answered by')),
                ('closed_on', models.DateField(null=True, verbose_name='closed')),
                ('is_told', models.BooleanField(default=False, verbose_name='a mail has told of it')),
                ('deputy_since', models.DateField(null=True, verbose_name='the deputy may read from')),
                ('helped', models.CharField(blank=True, choices=[('yes', 'Yes'), ('partly', 'In part'), ('no', 'No')], max_length=6, verbose_name='whether it helped')),
                ('contact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='concerns_heard', to=settings.AUTH_USER_MODEL)),
                ('deputy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='concerns_deputised', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('contact__isnull', True), models.Q(('contact', models.F('deputy')), _negated=True), _connector='OR'), name='concern_deputy_is_another'),
                    models.CheckConstraint(condition=models.Q(('helped', ''), ('state', 'closed'), _connector='OR'), name='concern_helped_once_closed'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ConcernEntry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('side', models.CharField(choices=[('author', 'Author'), ('contact', 'Safe contact'), ('deputy', 'Deputy of the safe contact')], max_length=7, verbose_name='side')),
                ('is_note', models.BooleanField(default=False, verbose_name='note for oneself')),
                ('text', common.crypto.EncryptedTextField(verbose_name='text')),
                ('written_on', models.DateField(verbose_name='written')),
                ('concern', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='concerns.concern')),
            ],
            options={
                'ordering': ['position'],
                'constraints': [
                    models.UniqueConstraint(fields=('concern', 'position'), name='concern_entry_position'),
                    models.CheckConstraint(condition=models.Q(('is_note', False), models.Q(('side', 'author'), _negated=True), _connector='OR'), name='concern_author_has_no_notes'),
                ],
            },
        ),
        migrations.CreateModel(
            name='TalkSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outside_line', models.TextField(blank=True, verbose_name='outside line')),
                ('is_statutory', models.BooleanField(default=False, verbose_name="the company's statutory channel")),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='talk_settings_only_one')],
            },
        ),
    ]
