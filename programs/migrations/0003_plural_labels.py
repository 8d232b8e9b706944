"""What a program calls several people of a side."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0002_k_is_fixed_once_promised")]
    operations = [
        migrations.AddField(
            "program",
            "mentors_label",
            models.CharField(
                default="mentors", max_length=40, verbose_name="what mentors are called"
            ),
        ),
        migrations.AddField(
            "program",
            "mentees_label",
            models.CharField(
                default="mentees", max_length=40, verbose_name="what mentees are called"
            ),
        ),
        migrations.AlterField(
            "program",
            "mentor_label",
            models.CharField(
                default="mentor", max_length=40, verbose_name="what a mentor is called"
            ),
        ),
        migrations.AlterField(
            "program",
            "mentee_label",
            models.CharField(
                default="mentee", max_length=40, verbose_name="what a mentee is called"
            ),
        ),
    ]
