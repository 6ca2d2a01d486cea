
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import jwt_invalidation.db.user_key


class Migration(migrations.Migration):

    dependencies = [
        ('jwt_invalidation', '0004_installation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The columns stay where they are, with their values: only the field is another one.
        migrations.AlterField(
            model_name='revocation',
            name='subject',
            field=jwt_invalidation.db.user_key.UserKeyField(db_column='subject_id', db_index=True, help_text='The primary key of the user whose tokens were revoked. Empty for everyone.', null=True, verbose_name='subject'),
        ),
        migrations.RenameField(
            model_name='revocation',
            old_name='subject',
            new_name='subject_id',
        ),
        migrations.AlterField(
            model_name='revocation',
            name='subject_id',
            field=jwt_invalidation.db.user_key.UserKeyField(db_index=True, help_text='The primary key of the user whose tokens were revoked. Empty for everyone.', null=True, verbose_name='subject'),
        ),
        migrations.AlterField(
            model_name='revocation',
            name='actor',
            field=jwt_invalidation.db.user_key.UserKeyField(db_column='actor_id', db_index=True, help_text='The primary key of the user who revoked them.', null=True, verbose_name='actor'),
        ),
        migrations.RenameField(
            model_name='revocation',
            old_name='actor',
            new_name='actor_id',
        ),
        migrations.AlterField(
            model_name='revocation',
            name='actor_id',
            field=jwt_invalidation.db.user_key.UserKeyField(db_index=True, help_text='The primary key of the user who revoked them.', null=True, verbose_name='actor'),
        ),
        migrations.AddField(
            model_name='revocation',
            name='cause',
            field=models.CharField(blank=True, choices=[('password_changed', 'Password changed'), ('deactivated', 'Account deactivated'), ('unknown_key', 'Recorded with an unknown SECRET_KEY')], db_default='', default='', help_text="What had changed, if it was changed behind Django's back.", max_length=32, verbose_name='cause'),
        ),
        migrations.AddField(
            model_name='tokensession',
            name='holder_id',
            field=jwt_invalidation.db.user_key.UserKeyField(help_text='The primary key of the user whom its tokens name.', null=True, verbose_name='holder'),
        ),
        migrations.AlterField(
            model_name='revocation',
            name='reason',
            field=models.CharField(choices=[('password_changed', 'Password changed'), ('deactivated', 'Account deactivated'), ('deleted', 'Account deleted'), ('out_of_band', "Changed behind Django's back"), ('admin', 'Revoked by an administrator'), ('logout', 'Logged out'), ('refresh_reuse', 'Refresh token used twice'), ('evicted', 'Another login took its place'), ('expired', 'Session expired'), ('other', 'Other')], max_length=32, verbose_name='reason'),
        ),
        migrations.AlterField(
            model_name='tokensession',
            name='reason',
            field=models.CharField(blank=True, choices=[('password_changed', 'Password changed'), ('deactivated', 'Account deactivated'), ('deleted', 'Account deleted'), ('out_of_band', "Changed behind Django's back"), ('admin', 'Revoked by an administrator'), ('logout', 'Logged out'), ('refresh_reuse', 'Refresh token used twice'), ('evicted', 'Another login took its place'), ('expired', 'Session expired'), ('other', 'Other')], default='', max_length=32, verbose_name='why it ended'),
        ),
        migrations.AlterField(
            model_name='tokensession',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='token_sessions+', related_query_name='token_sessions', to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
        migrations.AlterField(
            model_name='tokenstate',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='token_state+', related_query_name='token_state', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='user'),
        ),
    ]
