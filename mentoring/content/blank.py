"""An empty program: ground rules that hold everywhere, a short prep pack, one pulse; everything
else is the company's.
"""

from mentoring.content.model import ProgramTemplate, Question, Step, Survey

AGREEMENT = """\
What we say to each other stays with us. Either of us may share what they learnt, never who said it.

The {mentor} teaches, the {mentee} learns. Rank stays outside: nothing said here is used in an \
appraisal, a promotion or a staffing decision.

We keep our times, and propose another one at once when something comes up.

Either of us may ask for a break or end this at any time, without a reason.\
"""

BLANK = ProgramTemplate(
    key="blank",
    name="Blank",
    summary="Your own topics and texts. For a company that knows what it wants to learn and how.",
    contains=(
        "short ground rules to start from",
        "a prep pack of three steps",
        "one short survey every four weeks",
    ),
    agreement_text=AGREEMENT,
    mentor_prep=(
        Step(
            "You are the expert",
            "You were asked because you know something that a senior colleague does not. You "
            "need no slides and no permission to know it. Think of one thing that you could show "
            "in ten minutes, and bring it along.",
        ),
        Step(
            "Handling silence",
            "After you ask something, count to five before you speak again. Senior people often "
            "think before they answer; the silence is work, not rejection.",
        ),
        Step(
            "Where your limits are",
            "Decide now what you do not want to talk about. You can put it on the list of what "
            "is off limits, and you can say “let us leave that out” at any time. You owe nobody "
            "a reason.",
        ),
    ),
    mentee_prep=(
        Step(
            "Listen first",
            "You are here to learn from somebody who has less power than you. Ask, and let them "
            "finish. If you talk more than a third of the time, you are teaching again.",
        ),
        Step(
            "Do not fix, do not assess",
            "When you hear about a problem, resist solving it. Do not rate what you hear either, "
            "not even with praise: “tell me more” keeps the door open, “good point” marks a "
            "paper.",
        ),
        Step(
            "There are no silly questions",
            "Ask what you have always nodded through. It is the most useful thing you can bring, "
            "and it makes you easier to teach.",
        ),
    ),
    surveys=(
        Survey(
            kind="pulse",
            title="How is it going?",
            intro="Four short questions, so that we notice early what does not work.",
            first_day=28,
            every_weeks=4,
            questions=(
                Question("The last meeting was worth my time."),
                Question("I could say what I think."),
                Question("We find times that suit us both."),
                Question("What should we change? Please name nobody.", kind="text", required=False),
            ),
        ),
    ),
)
