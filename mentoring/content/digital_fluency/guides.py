"""The six session guides of *Digital fluency*: 45 minutes each, by the minute.

{mentor} and {mentee} stand for the program's words for its two sides.
"""

from mentoring.content.model import Guide, Item

GUIDES = (
    Guide(
        "Getting to know each other",
        "You know how the other one works, what the {mentee} wants to be able to do, and what "
        "the first experiment is.",
        (
            Item(
                5,
                "Arrive",
                "Sit beside each other. Phones on the table. Say what you were doing an hour ago.",
            ),
            Item(
                10,
                "My day on a screen",
                "Each shows the home screen of their phone and tells of three apps: one I could "
                "not work without, one I am a little ashamed of, one I have never understood. "
                "The {mentee} asks first.",
            ),
            Item(
                10,
                "What I want to be able to do",
                "The {mentee} finishes the sentence “In six months I want to be able to …” three "
                "times. The {mentor} asks “what would you then do differently on a Monday?” "
                "until one of the three becomes concrete.",
            ),
            Item(
                10,
                "How we do this",
                "Read the agreement aloud, a paragraph each. What do we add? What is off limits? "
                "How do we say “stop”? {Mentee}: say aloud that nothing here will be used to "
                "judge anybody's work.",
            ),
            Item(
                7,
                "First experiment",
                "Choose something small that the {mentee} does alone before next time: follow "
                "five accounts that the {mentor} names, or let an AI assistant rewrite one mail.",
            ),
            Item(
                3,
                "Close",
                "Each says one word for how it was. Next date in both calendars before you get up.",
            ),
        ),
    ),
    Guide(
        "Where people look",
        "The {mentee} has scrolled for themselves and can say why people stay, who earns by it, "
        "and what our company looks like there.",
        (
            Item(
                5,
                "The experiment",
                "What did you try? What surprised you? Not doing it is a result as well: what "
                "was in the way?",
            ),
            Item(
                15,
                "Scroll together",
                "The {mentee} holds the phone. Two feeds, five minutes each, one chosen by the "
                "{mentor} and one the {mentee} would never open. Think aloud: why do I stop "
                "here? The {mentor} explains only when asked.",
            ),
            Item(
                10,
                "Why is it shown to me?",
                "Pick three posts and guess why each was shown. The {mentor} explains in two "
                "sentences how a feed decides. Who pays, and with what?",
            ),
            Item(
                10,
                "Us, from outside",
                "Search for the company on the same networks. What would a 22-year-old think who "
                "has never heard of us? Read three comments before any official post.",
            ),
            Item(
                5,
                "Next experiment",
                "Ten minutes a day in one feed, with a note of one thing a day. Date and time of "
                "the next meeting.",
            ),
        ),
    ),
    Guide(
        "Saying something yourself",
        "The {mentee} has written something of their own and answered a reaction, without a "
        "communications department.",
        (
            Item(5, "The experiment", "What did you note? What has become normal already?"),
            Item(
                10,
                "Good and painful",
                "The {mentor} brings two posts by leaders: one that works and one that hurts. "
                "What is the difference in the first line? Whose voice is it?",
            ),
            Item(
                15,
                "Write",
                "The {mentee} writes a post of five lines about something they got wrong and "
                "learnt from. The {mentor} strikes out every word that nobody says aloud. Twice.",
            ),
            Item(
                10,
                "What could go wrong?",
                "Play the three comments you fear most. The {mentee} answers each in one "
                "sentence. What would you not answer at all? What must never be posted from this "
                "company?",
            ),
            Item(
                5,
                "Next experiment",
                "Post it, or send it to five people. Answer every reaction yourself. Next date.",
            ),
        ),
    ),
    Guide(
        "Working with an AI assistant",
        "The {mentee} has done a real task of their own with an assistant, found a mistake in "
        "its answer, and knows what must not go in.",
        (
            Item(5, "The experiment", "What came back? Which answer was hard to write?"),
            Item(
                5,
                "What must not go in",
                "Before anything is typed: names, figures that are not public, anything about a "
                "person. Which assistant has our company allowed? If you don't know, finding out "
                "is the first task.",
            ),
            Item(
                15,
                "A real task",
                "The {mentee} brings a task of this week. First try: one sentence. Second try: "
                "who it is for, what it is for, an example of good. Compare. The {mentee} types.",
            ),
            Item(
                10,
                "Catch it out",
                "Ask about something that the {mentee} knows better than anybody. Find the "
                "mistake. How sure did it sound? How would somebody notice who does not know the "
                "matter?",
            ),
            Item(
                7,
                "What does it change?",
                "Which tasks in the {mentee}'s area change this year? Which of them are done by "
                "people like the {mentor} today? An honest talk: no promises, no plans.",
            ),
            Item(
                3,
                "Next experiment",
                "Three real tasks with the assistant; note what had to be put right. Next date.",
            ),
        ),
    ),
    Guide(
        "Being our own customer",
        "The {mentee} has gone the customer's way on a phone to the end and names five things "
        "that should be different.",
        (
            Item(
                5,
                "The experiment",
                "What did the assistant get wrong? What have you stopped doing by hand?",
            ),
            Item(
                15,
                "All the way through",
                "On the {mentee}'s own phone, without help: find our product, compare it, buy it "
                "or ask for it, complain. The {mentor} keeps quiet and writes down every sigh.",
            ),
            Item(
                10,
                "The same elsewhere",
                "Do the same with whatever the {mentor} thinks does it best, in whatever "
                "industry. Where was the difference: in the technology, or in what somebody "
                "decided?",
            ),
            Item(
                10,
                "Five things",
                "The {mentee} names five things that should be different, and for each who could "
                "decide it. Choose one that you could move. No names of those who got it wrong.",
            ),
            Item(
                5,
                "Commitment",
                "Write it down with a date: what will I do about the one? Next date.",
            ),
        ),
    ),
    Guide(
        "What stays",
        "Both know what has changed, what goes on, and say thank you.",
        (
            Item(
                5,
                "The commitment",
                "What happened? If nothing: what was in the way, and who should know?",
            ),
            Item(
                10,
                "Then and now",
                "For each topic, the {mentee} says in one word where they stood at the start and "
                "where they stand now. What moved? What did not, and is that all right?",
            ),
            Item(
                10,
                "What the {mentor} learnt",
                "Now the {mentor} talks: what did I learn about how decisions are made? What do "
                "I see differently? What would I do in your place? The {mentee} listens and does "
                "not explain.",
            ),
            Item(
                10,
                "What goes on without us",
                "One habit each that stays, one person each to whom we pass something on. Do we "
                "go on meeting? Anything from “never” to “every month” is a good answer.",
            ),
            Item(
                7,
                "Thank you",
                "Each says one concrete thing the other did that helped. Write it down for "
                "each other while you sit there.",
            ),
            Item(3, "Close", "The closing survey is two minutes. Then leave the room together."),
        ),
    ),
)
