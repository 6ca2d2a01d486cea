
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jwt_invalidation', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='tokensession',
            name='token_epoch',
            field=models.BigIntegerField(default=0, help_text='The epoch it started in. It is over if everyone was revoked since.', verbose_name='token epoch'),
        ),
    ]
