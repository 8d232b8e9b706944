import common.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, default=common.clock.now, verbose_name='when')),
                ('actor_id', models.BigIntegerField(blank=True, null=True, verbose_name='actor')),
                ('verb', models.CharField(max_length=60, verbose_name='verb')),
                ('target_type', models.CharField(max_length=60, verbose_name='kind of object')),
                ('target_id', models.CharField(max_length=60, verbose_name='object')),
                ('scope', models.UUIDField(blank=True, null=True, verbose_name='program')),
                ('detail', models.JSONField(default=dict, verbose_name='detail')),
            ],
            options={
                'indexes': [models.Index(fields=['target_type', 'target_id'], name='audit_target'), models.Index(fields=['scope', 'at'], name='audit_scope')],
                'constraints': [],
            },
        ),
    ]
