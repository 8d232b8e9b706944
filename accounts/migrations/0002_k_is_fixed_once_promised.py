"""The smallest group shown of staff surveys never changes once one of them has promised it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION company_refuse_other_k() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.anonymity_k_locked AND (NEW.anonymity_k <> OLD.anonymity_k OR NOT NEW.anonymity_k_locked) THEN
        RAISE EXCEPTION 'a survey round has promised this smallest group' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER company_k_locked BEFORE UPDATE OF anonymity_k, anonymity_k_locked ON accounts_company
    FOR EACH ROW EXECUTE FUNCTION company_refuse_other_k();
"""
BACKWARD = "DROP TRIGGER company_k_locked ON accounts_company; DROP FUNCTION company_refuse_other_k();"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
