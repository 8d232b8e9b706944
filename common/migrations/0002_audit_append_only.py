"""The audit trail is appended to and, when its retention ends, deleted from; nothing else."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are never changed' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE ON common_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_update();
"""
BACKWARD = "DROP TRIGGER audit_append_only ON common_auditentry; DROP FUNCTION audit_refuse_update();"


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
