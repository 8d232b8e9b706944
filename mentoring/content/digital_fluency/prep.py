"""The prep packs of *Digital fluency*: five steps of two minutes for each side."""

from mentoring.content.model import Step

MENTOR_PREP = (
    Step(
        "You are the expert",
        "You were not asked to be polite. You were asked because you use things every day that a "
        "senior colleague decides about and hardly touches. You need no slides. Think of one "
        "thing that you could show on your phone in ten minutes, and that made you think “why "
        "does nobody up there know this?”. That is your first lesson.",
    ),
    Step(
        "Let them hold the phone",
        "People learn with their fingers. Whenever you could show something, say what to tap "
        "instead and wait. It feels slow. After the meeting they can do it again without you, "
        "and that is the whole point. If they say “just do it for me”, answer “one more try, "
        "then I'll show you”.",
    ),
    Step(
        "Handling silence",
        "You ask something, and nothing comes. Count to five before you speak again. Senior "
        "people are used to answering carefully, and a quiet face often means that they are "
        "thinking, not that you are wrong. If it stays quiet, make the question smaller: not "
        "“what do you think of this?” but “where would you tap first?”.",
    ),
    Step(
        "Disagreeing upward",
        "Sooner or later you hear something that you know is not so. Try three parts: what you "
        "heard, what you see, and a way to check. “You said young people don't read mail. I see "
        "that we read it, but not on the day. Shall we look at how my team does it?” You "
        "disagree with a sentence, not with a person, and the check settles it instead of the "
        "rank.",
    ),
    Step(
        "Your limits",
        "You teach technology, not your private life. Decide now what stays out: your own "
        "accounts, your team's gossip, what you think of your boss. Put it on the list of what "
        "is off limits, or say “let us leave that out” when it comes up. You are not there to do "
        "their tasks either: if they ask you to post for them, show them how. And if something "
        "feels wrong, you can pause or leave at any time, without a reason.",
    ),
)

MENTEE_PREP = (
    Step(
        "Listen",
        "You are here to learn from somebody with less power than you, who has thought about "
        "what to show you. Let them finish. A simple measure: if you have talked for more than a "
        "third of the time, you were teaching again. Write down what you hear; it is the "
        "strongest sign that it counts.",
    ),
    Step(
        "Do not fix",
        "You will hear about things that do not work: a tool, a process, perhaps a manager. Your "
        "reflex is to solve it. Don't, at least not today. A call you make after the meeting can "
        "expose the one person who trusted you. Ask “do you want me to do something about this, "
        "or just to know it?”, and keep to the answer.",
    ),
    Step(
        "Do not assess",
        "Praise is a mark too. “Good point” tells your {mentor} that you are grading. Say what "
        "it does with you instead: “I did not know that”, “that contradicts what I have been "
        "told”, “show me again”. Nothing you hear is used in an appraisal, and it helps to say "
        "so aloud in the first meeting.",
    ),
    Step(
        "There are no silly questions",
        "Ask what you have always nodded through. What is a feed? Who pays for this? Why would "
        "anybody watch that? The person opposite has answered it for their parents already and "
        "is not shocked. The questions that embarrass you a little are the ones worth the hour.",
    ),
    Step(
        "Make it safe, and make it stick",
        "Come on time, with your own phone, and without your assistant. Sit beside each other, "
        "not across a desk. At the end of every meeting say one thing that you will do "
        "differently, with a date. Then do it, and tell: nothing encourages a junior colleague "
        "more than to see that something moved.",
    ),
)
