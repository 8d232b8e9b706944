"""The smallest group shown never changes once a survey round has promised it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION program_refuse_other_k() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.anonymity_k_locked AND (NEW.anonymity_k <> OLD.anonymity_k OR NOT NEW.anonymity_k_locked) THEN
        RAISE EXCEPTION 'a survey round has promised this smallest group' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER program_k_locked BEFORE UPDATE OF anonymity_k, anonymity_k_locked ON programs_program
    FOR EACH ROW EXECUTE FUNCTION program_refuse_other_k();
"""
BACKWARD = "DROP TRIGGER program_k_locked ON programs_program; DROP FUNCTION program_refuse_other_k();"


class Migration(migrations.Migration):
    dependencies = [("programs", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
