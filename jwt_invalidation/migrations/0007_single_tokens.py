from django.db import migrations, models
from django.db.models import Exists, OuterRef


def note_revoked_tokens(apps, schema_editor):
    """Let the log be asked about the users whose single tokens it names."""
    Revocation = apps.get_model("jwt_invalidation", "Revocation")
    TokenState = apps.get_model("jwt_invalidation", "TokenState")
    using = schema_editor.connection.alias
    entries = Revocation.objects.using(using).filter(scope="token", subject_id=OuterRef("user"))
    TokenState.objects.using(using).filter(Exists(entries)).update(has_revoked_tokens=True)


class Migration(migrations.Migration):

    dependencies = [
        ('jwt_invalidation', '0006_session_lifetime'),
    ]

    operations = [
        migrations.AddField(
            model_name='tokenstate',
            name='has_revoked_tokens',
            field=models.BooleanField(db_default=False, default=False, help_text='Whether the log names a single token of the user that was revoked.', verbose_name='has revoked tokens'),
        ),
        migrations.RunPython(
            note_revoked_tokens,
            migrations.RunPython.noop,
            # So that a router decides as for the table.
            hints={'model_name': 'tokenstate'},
        ),
    ]
