"""Short, plausible wording for subjects and messages; nothing here carries meaning for the numbers."""

from demo.shop import CART, ONBOARDING, ORDERS, OTHER, RETURNS, ROUTING

SPAM, TEST = 10, 11
SUBJECTS: dict[int, tuple[str, ...]] = {
    ROUTING: (
        "Question about a product",
        "Do you ship to Switzerland?",
        "Gift wrapping",
        "Can I change my address?",
        "Invoice with VAT number",
        "Is the wool throw back in stock?",
    ),
    ORDERS: (
        "Where is my order {o}?",
        "Order {o} not arrived",
        "Tracking for {o}",
        "Delivery date of {o}",
        "Parcel {o} late?",
    ),
    ONBOARDING: (
        "First order: how do I set up my account?",
        "Welcome gift",
        "How do I wash linen?",
        "Account and newsletter",
    ),
    CART: ("Discount code not accepted", "Payment failed at checkout", "Checkout does not open"),
    RETURNS: ("Return of order {o}", "Wrong size, order {o}", "Refund for {o}", "I want to send back {o}"),
    OTHER: ("Press enquiry", "Job application", "Feedback on your shop window", "Partnership"),
    SPAM: ("Boost your ranking today", "You have won", "Cheap followers"),
    TEST: ("Test ticket, please ignore",),
}
OUTREACH_SUBJECT = "You left something in your cart"
_PRIVATE_SUBJECT = "Please write to {mail} or call {phone}"
_OPENINGS: dict[int, tuple[str, ...]] = {
    ROUTING: (
        "Hello, a quick question before I order.",
        "Hi, could you tell me more about this?",
        "Good day, who can help me here?",
    ),
    ORDERS: (
        "My order {o} has not arrived yet.",
        "Could you tell me where {o} is?",
        "The tracking of {o} has not moved for days.",
    ),
    ONBOARDING: ("I have just placed my first order and need a hand.", "I am new here, how does this work?"),
    CART: ("I cannot finish my order.", "The code from your newsletter is refused."),
    RETURNS: (
        "I would like to return {o}.",
        "The colour of {o} is not what I expected.",
        "Please send me a label for {o}.",
    ),
    OTHER: ("I am writing about something else.", "Please pass this on."),
    SPAM: ("Click here for an offer.", "Limited time only."),
    TEST: ("Testing the form.",),
}
ANSWERS: dict[int, tuple[str, ...]] = {
    ROUTING: ("Thanks for asking. Here is what you need to know.", "Good question, the details are below."),
    ORDERS: ("Your parcel {o} is on its way, here is the link.", "I have checked {o} with our warehouse."),
    ONBOARDING: ("Welcome! These are the first steps.", "Glad you are here, let us set this up together."),
    CART: ("Here is a fresh code for your cart.", "I have unlocked the payment, please try again."),
    RETURNS: ("Here is your return label for {o}.", "Please send {o} back with the label attached."),
    OTHER: ("Thank you for your message.", "I have passed this on."),
}
FOLLOW_UPS = (
    "Thanks for the details, this is sorted now.",
    "I have looked again, here is the answer.",
    "All done on our side.",
)
CUSTOMER_REPLIES = (
    "Thanks, here is what you asked for.",
    "It still does not work.",
    "Yes, that is right.",
    "When will it be done?",
)
REOPENINGS = ("Sorry, this is not solved.", "It happened again.", "I have one more question.")
NUDGES = ("Any news?", "Is anybody there?", "I am still waiting.")


def pick(choices: tuple[str, ...], draw: float) -> str:
    """One of the choices by a uniform draw."""
    return choices[int(draw * len(choices))]


def subject(topic: int, draw: float, order: str, mail: str, phone: str) -> str:
    """Subject line of a new ticket; a few carry contact data, as customers do."""
    if draw > 0.996 and topic < SPAM:
        return _PRIVATE_SUBJECT.format(mail=mail, phone=phone)
    return pick(SUBJECTS[topic], draw).replace("{o}", order)


def opening(topic: int, draw: float, order: str) -> str:
    """First message of a new ticket."""
    return pick(_OPENINGS[topic], draw).replace("{o}", order)


def answer(workflow: int, draw: float, order: str) -> str:
    """First answer of a person."""
    return pick(ANSWERS[workflow], draw).replace("{o}", order)
