
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jwt_invalidation', '0002_session_epoch'),
    ]

    operations = [
        migrations.AlterField(
            model_name='tokenstate',
            name='password_fingerprint',
            field=models.CharField(max_length=73, verbose_name='password fingerprint'),
        ),
        migrations.CreateModel(
            name='SecretKeyUse',
            fields=[
                ('key_id', models.CharField(max_length=8, primary_key=True, serialize=False, verbose_name='key id')),
                ('current_since', models.BigIntegerField(help_text='Unix time in microseconds: when it was first used, or declared to be the current key.', verbose_name='current since')),
                ('last_used', models.BigIntegerField(help_text='Unix time in microseconds: when a process has last used it, to ten minutes.', verbose_name='last used')),
            ],
            options={
                'verbose_name': 'use of a secret key',
                'verbose_name_plural': 'uses of secret keys',
            },
        ),
    ]
