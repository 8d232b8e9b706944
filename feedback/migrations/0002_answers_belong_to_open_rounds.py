"""The database itself refuses answers to a round that is not open (the share lock waits for a close under way), and drafts of
an anonymous round.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION feedback_round_must_be_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
    SELECT state INTO found FROM feedback_surveyround WHERE id = NEW.round_id FOR SHARE;
    IF found IS DISTINCT FROM 'open' THEN
        RAISE EXCEPTION 'the survey round is not open' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER response_round_open BEFORE INSERT OR UPDATE ON feedback_response
    FOR EACH ROW EXECUTE FUNCTION feedback_round_must_be_open();
CREATE TRIGGER anonymous_answer_round_open BEFORE INSERT OR UPDATE ON feedback_anonymousanswer
    FOR EACH ROW EXECUTE FUNCTION feedback_round_must_be_open();
CREATE FUNCTION feedback_no_anonymous_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM feedback_surveyround WHERE id = NEW.round_id AND label = 'anonymous') THEN
        RAISE EXCEPTION 'an anonymous round keeps no drafts' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER participation_no_anonymous_draft BEFORE INSERT OR UPDATE ON feedback_participation
    FOR EACH ROW WHEN (NEW.draft IS NOT NULL) EXECUTE FUNCTION feedback_no_anonymous_draft();
"""
BACKWARD = """
DROP TRIGGER response_round_open ON feedback_response;
DROP TRIGGER anonymous_answer_round_open ON feedback_anonymousanswer;
DROP FUNCTION feedback_round_must_be_open();
DROP TRIGGER participation_no_anonymous_draft ON feedback_participation;
DROP FUNCTION feedback_no_anonymous_draft();
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
