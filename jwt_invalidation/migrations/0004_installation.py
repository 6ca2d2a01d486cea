from django.db import migrations, models


def add_the_row(apps, schema_editor):
    """Write the row without a moment: the first token that this app stamps sets it."""
    Installation = apps.get_model("jwt_invalidation", "Installation")
    Installation.objects.using(schema_editor.connection.alias).create()


class Migration(migrations.Migration):

    dependencies = [
        ('jwt_invalidation', '0003_secret_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Installation',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('latest_iat', models.BigIntegerField(help_text='Unix time in seconds: tokens without a version that were issued later are refused. Empty until this app stamps its first token.', null=True, verbose_name='latest time of issue')),
                ('unversioned_uses', models.BigIntegerField(default=0, help_text='How often the gate let such a token in, without the uses not written yet.', verbose_name='uses of tokens without a version')),
                ('unversioned_used_at', models.DateTimeField(null=True, verbose_name='tokens without a version last used')),
            ],
            options={
                'verbose_name': 'installation',
                'verbose_name_plural': 'installations',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='jwt_invalidation_one_install')],
            },
        ),
        migrations.RunPython(
            add_the_row,
            migrations.RunPython.noop,
            # So that a router decides as for the table.
            hints={'model_name': 'installation'},
        ),
    ]
