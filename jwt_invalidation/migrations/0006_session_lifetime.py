from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jwt_invalidation', '0005_log_without_foreign_keys'),
    ]

    operations = [
        migrations.AddField(
            model_name='tokensession',
            name='refresh_lifetime',
            field=models.BigIntegerField(blank=True, help_text="In seconds, if a login asked for another one than the setting's.", null=True, verbose_name='lifetime of its refresh tokens'),
        ),
    ]
