
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TokenState',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='token_state', serialize=False, to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('token_version', models.BigIntegerField(help_text='Tokens that carry another version are refused.', verbose_name='token version')),
                ('password_fingerprint', models.CharField(max_length=64, verbose_name='password fingerprint')),
                ('rehashed_fingerprints', models.TextField(blank=True, default='', verbose_name='rehashed fingerprints')),
                ('is_active', models.BooleanField(default=True, help_text='Whether the account was active as of this version.', verbose_name='active')),
                ('not_before', models.BigIntegerField(blank=True, help_text='Unix time in seconds: tokens without a version are refused if they were issued up to then.', null=True, verbose_name='not before')),
                ('sidless_not_before', models.BigIntegerField(blank=True, help_text='Unix time in seconds: tokens without a session are refused if they were issued up to then.', null=True, verbose_name='sidless not before')),
                ('version_changed_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When the version was last bumped, or first recorded.', verbose_name='version changed')),
            ],
            options={
                'verbose_name': 'token state',
                'verbose_name_plural': 'token states',
            },
        ),
        migrations.CreateModel(
            name='Revocation',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('scope', models.CharField(choices=[('user', 'All tokens of a user'), ('session', 'One session'), ('token', 'One token'), ('everyone', 'All tokens of everyone')], max_length=16, verbose_name='scope')),
                ('version', models.BigIntegerField(help_text='The version or epoch that was current from then on.', verbose_name='version')),
                ('reason', models.CharField(choices=[('password_changed', 'Password changed'), ('deactivated', 'Account deactivated'), ('deleted', 'Account deleted'), ('out_of_band', "Changed behind Django's back"), ('admin', 'Revoked by an administrator'), ('logout', 'Logged out'), ('refresh_reuse', 'Refresh token used twice'), ('expired', 'Session expired'), ('other', 'Other')], max_length=32, verbose_name='reason')),
                ('note', models.TextField(blank=True, default='', verbose_name='note')),
                ('identifier', models.CharField(blank=True, db_index=True, default='', help_text='The sid or jti, where the scope is one session or one token.', max_length=255, verbose_name='identifier')),
                ('created_at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='created')),
                ('expires_at', models.DateTimeField(help_text='From when on it no longer matters, if ever.', null=True, verbose_name='expires')),
                ('actor', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor')),
                ('subject', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='subject')),
            ],
            options={
                'verbose_name': 'revocation',
                'verbose_name_plural': 'revocations',
                'ordering': ['-created_at', '-id'],
                'permissions': [('revoke_tokens', 'Can revoke tokens')],
            },
        ),
        migrations.CreateModel(
            name='TokenEpoch',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('token_epoch', models.BigIntegerField(verbose_name='token epoch')),
            ],
            options={
                'verbose_name': 'token epoch',
                'verbose_name_plural': 'token epochs',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='jwt_invalidation_one_epoch')],
            },
        ),
        migrations.CreateModel(
            name='TokenSession',
            fields=[
                ('sid', models.CharField(max_length=32, primary_key=True, serialize=False, verbose_name='session id')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created')),
                ('last_used_at', models.DateTimeField(default=django.utils.timezone.now, help_text='When it was last refreshed, to the minute.', verbose_name='last used')),
                ('idle_exp', models.BigIntegerField(verbose_name='expires')),
                ('absolute_exp', models.BigIntegerField(verbose_name='expires at the latest')),
                ('refresh_iat', models.BigIntegerField(verbose_name='refresh token issued')),
                ('refresh_exp', models.BigIntegerField(verbose_name='refresh token expires')),
                ('grace_exp', models.BigIntegerField(default=0, verbose_name='grace ends')),
                ('current_jti', models.CharField(max_length=255, verbose_name='current refresh token')),
                ('previous_jti', models.CharField(blank=True, default='', max_length=255, verbose_name='previous refresh token')),
                ('ip_address', models.GenericIPAddressField(blank=True, null=True, verbose_name='IP address')),
                ('user_agent', models.CharField(blank=True, default='', max_length=255, verbose_name='user agent')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('reason', models.CharField(blank=True, choices=[('password_changed', 'Password changed'), ('deactivated', 'Account deactivated'), ('deleted', 'Account deleted'), ('out_of_band', "Changed behind Django's back"), ('admin', 'Revoked by an administrator'), ('logout', 'Logged out'), ('refresh_reuse', 'Refresh token used twice'), ('expired', 'Session expired'), ('other', 'Other')], default='', max_length=32, verbose_name='why it ended')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='token_sessions', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'ordering': ['-last_used_at'],
            },
        ),
    ]
