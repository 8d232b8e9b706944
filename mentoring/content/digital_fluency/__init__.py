"""Digital fluency: leaders learn social media and new technology from the people who grew up with
them.

The pattern is General Electric's of 1999: about 500 leaders, each taught the internet by a junior
colleague. The guides and prep packs are our own.
"""

from mentoring.content.digital_fluency.guides import GUIDES
from mentoring.content.digital_fluency.prep import MENTEE_PREP, MENTOR_PREP
from mentoring.content.digital_fluency.surveys import SURVEYS
from mentoring.content.model import ProgramTemplate

PURPOSE = (
    "Our leaders decide about technology that others use every day. In this program a junior "
    "colleague shows a senior one how social media, AI assistants and new tools really work: "
    "hands on, in their own words, in six short meetings. The senior colleague learns to use and "
    "to judge them. The junior colleague learns how decisions are made, and is heard."
)

AGREEMENT = """\
What we say to each other stays with us. Either of us may share what they learnt, never who said it.

The {mentor} teaches, the {mentee} learns. Rank stays outside: no tasks are given in our \
meetings, no work is judged, and nothing said here is used in an appraisal, a promotion or a \
staffing decision.

We ask before we share a screen, look into an account or try something on somebody's phone. \
Passwords and private messages are nobody's teaching material.

We keep our times. Whoever cannot make it says so a day ahead and proposes another time at once.

Questions may be simple and answers may be “I don't know, let us look it up”. Either of us may \
say “let us leave that out”, without a reason.

Either of us may ask for a break or end this at any time, without a reason and without a trace \
in any record on our work.\
"""

DIGITAL_FLUENCY = ProgramTemplate(
    key="digital_fluency",
    name="Digital fluency",
    summary=(
        "Senior people learn social media, AI assistants and new tools from junior colleagues "
        "who use them every day. For leaders who decide about technology and want to know it at "
        "first hand."
    ),
    contains=(
        "12 topics in four groups",
        "six session guides of 45 minutes, by the minute",
        "a ten-minute prep pack for each side",
        "ground rules to sign",
        "goal starters",
        "four surveys with their questions",
    ),
    purpose=PURPOSE,
    topics=(
        (
            "Social media",
            ("Social networks for leaders", "Short video", "Creators and communities"),
        ),
        (
            "New technology",
            (
                "AI assistants at work",
                "Collaboration tools",
                "Automating small tasks",
                "Reading data and dashboards",
            ),
        ),
        (
            "Digital customers",
            ("How people buy on a phone", "Reviews and reputation online"),
        ),
        (
            "Safe and sane",
            (
                "Privacy and security in daily life",
                "Spotting what is false",
                "Focus and digital habits",
            ),
        ),
    ),
    agreement_text=AGREEMENT,
    mentor_prep=MENTOR_PREP,
    mentee_prep=MENTEE_PREP,
    guides=GUIDES,
    goal_starters=(
        (
            "I want to use an AI assistant for real work at least three times a week, and know "
            "when not to trust it"
        ),
        "I want to write my own posts and answer the comments myself, once a week",
        (
            "I want to follow ten people outside my bubble and tell my team what I learn from "
            "them every month"
        ),
        (
            "I want to do every step that our customers do on a phone, myself, and name five "
            "things we should fix"
        ),
        "I want to replace one weekly meeting by a shared document that people really use",
        "I want to read our dashboards without somebody explaining them to me",
        "I want to explain a topic in a way that changes what somebody senior does",
        "I want to understand how decisions about money and people are made two levels above me",
    ),
    surveys=SURVEYS,
)
