"""The survey plan of *Digital fluency*: where people start, how it goes, half-way, and what came of
it.
"""

from mentoring.content.model import Question, Survey

SURVEYS = (
    Survey(
        kind="baseline",
        title="Where you start",
        intro="Five questions before it begins, so that we can see at the end what has changed.",
        first_day=1,
        open_days=14,
        questions=(
            Question("I know at first hand how the tools work that our company decides about."),
            Question("In this company people say what they think to those above them."),
            Question(
                "I regularly hear the views of colleagues much more junior or senior than I am."
            ),
            Question("I know what I want to get out of this program."),
            Question(
                "What would make the program worth your time? Please name nobody.",
                kind="text",
                required=False,
            ),
        ),
    ),
    Survey(
        kind="pulse",
        title="How is it going?",
        intro="One minute, so that we notice early what does not work.",
        first_day=35,
        every_weeks=4,
        open_days=7,
        questions=(
            Question("The last meeting was worth my time."),
            Question("I could say what I think."),
            Question("I have tried something out since the last meeting."),
            Question(
                "What gets in the way, if anything?",
                kind="multiple",
                options=(
                    "Finding a time",
                    "Knowing what to talk about",
                    "The difference in rank",
                    "The technology itself",
                    "Nothing",
                ),
                required=False,
            ),
            Question("What should we change? Please name nobody.", kind="text", required=False),
        ),
    ),
    Survey(
        kind="midpoint",
        title="Half-way",
        intro="Two minutes on what works and what should be different in the second half.",
        first_day=77,  # not on the day of a pulse
        open_days=10,
        questions=(
            Question("The two of us fit well."),
            Question("I learn something I would not learn elsewhere."),
            Question("The guides for our meetings help."),
            Question("My manager and my team give me the time for this."),
            Question("How likely are you to recommend the program to a colleague?", kind="scale10"),
            Question(
                "What should the second half do differently? Please name nobody.",
                kind="text",
                required=False,
            ),
        ),
    ),
    Survey(
        kind="closing",
        title="What came of it",
        intro="The same questions as at the start, and a few about what is different now.",
        days_before_end=14,
        open_days=14,
        questions=(
            Question("I know at first hand how the tools work that our company decides about."),
            Question("In this company people say what they think to those above them."),
            Question(
                "I regularly hear the views of colleagues much more junior or senior than I am."
            ),
            Question("I do something differently because of these meetings."),
            Question(
                "How do you want to go on?",
                kind="single",
                options=(
                    "With the same partner, on our own",
                    "With somebody new in the next round",
                    "On the other side",
                    "Not at the moment",
                ),
            ),
            Question("How likely are you to recommend the program to a colleague?", kind="scale10"),
            Question("What is different now? Please name nobody.", kind="text", required=False),
        ),
    ),
)
