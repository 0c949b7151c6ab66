"""The demo shop's parameters: who works there, what its helpdesk is set up with, and how big it is.

Everything that another room must know to read the demo's exports stands here.

Workflows (truth keys, in order) and the tag that a trigger sets when the ticket is opened:
    ticket_routing -> ``routing`` · order_updates -> ``order_status`` (and ``wismo_a`` or ``wismo_b``) ·
    onboarding, cart_recovery, returns -> a tag of the same name · unclassified -> no tag.
    Truth variants of order_updates are ``a`` and ``b``; every other workflow has none (null).
Other tags: ``spam`` (agent), ``test`` (admin), ``closed_by_merge`` (merge), ``bot_handover`` (bot),
    ``pending_reminder`` (automation), ``refund_approval`` (agent, waits for the lead).
Groups: 360000000201 Triage, ...202 Orders, ...203 Returns, ...204 Onboarding, ...205 Sales, ...206 Night.
    Day groups work inside Mon-Fri 08:00-18:00 and Sat 10:00-14:00, Night every day 21:00-05:00 (Europe/Berlin),
    none on German public holidays (Night works through them).
Users: bot 900000000001, admin 900000000011, returns lead 900000000012, agents from 900000000101,
    customers from 700000000000. Automations write as -1.
Custom fields: 360000000101 order number (text), 360000000102 contact reason (dropdown), 360000000103 refund amount.
Forms: 360000000401 "Contact us" (default), 360000000402 "Return request" (returns sent through the web form).
Brand 360000000301. Macros from 360000000501 (MACROS below), triggers from 360000000601, automations from 360000000651.
Channels (``via.channel``): email, web, native_messaging (opened by the bot), voice (an agent opens the ticket during
    the call: not outreach), and web by an agent for cart-recovery outreach (outreach).
"""

from dataclasses import dataclass, replace
from datetime import date

TIME_ZONE = "Europe/Berlin"
SHOP_NAME = "Hearth & Loom"
HELP_ADDRESS = "help@hearthandloom.example"
HELPDESK_URL = "https://hearthandloom.zendesk.com"

BOT_ID = 900000000001
ADMIN_ID = 900000000011
LEAD_ID = 900000000012
FIRST_AGENT_ID = 900000000101
FIRST_CUSTOMER_ID = 700000000000
AUTOMATION_ID = -1
BRAND_ID = 360000000301
FORM_ID = 360000000401
RETURN_FORM_ID = 360000000402
ORDER_FIELD = 360000000101
REASON_FIELD = 360000000102
REFUND_FIELD = 360000000103

ROUTING, ORDERS, ONBOARDING, CART, RETURNS, OTHER = range(6)
WORKFLOWS = ("ticket_routing", "order_updates", "onboarding", "cart_recovery", "returns", "unclassified")
WORKFLOW_TAGS = ("routing", "order_status", "onboarding", "cart_recovery", "returns", None)
REASONS = (
    "general_question",
    "where_is_my_order",
    "getting_started",
    "checkout_help",
    "return_refund",
    "something_else",
)

G_TRIAGE, G_ORDERS, G_RETURNS, G_ONBOARDING, G_SALES, G_NIGHT = range(6)
GROUPS = ("Triage", "Orders", "Returns", "Onboarding", "Sales", "Night")
FIRST_GROUP_ID = 360000000201
GROUP_OF_WORKFLOW = (G_TRIAGE, G_ORDERS, G_ONBOARDING, G_SALES, G_RETURNS, G_TRIAGE)

FIRST_MACRO_ID = 360000000501
MACROS = (
    "Tracking link",
    "Tracking link (prefilled)",
    "Parcel delayed: apology",
    "Carrier enquiry opened",
    "Return label",
    "Refund issued",
    "Refund refused",
    "Welcome and first steps",
    "Set-up checklist",
    "Discount code help",
    "Answer from the help centre",
    "Loyalty points explained",
)
(
    M_TRACKING,
    M_PREFILLED,
    M_DELAYED,
    M_CARRIER,
    M_LABEL,
    M_REFUND,
    M_REFUSED,
    M_WELCOME,
    M_CHECKLIST,
    M_DISCOUNT,
    M_HELP,
    M_LOYALTY,
) = range(12)

# (title, rel). Triggers fire inside the audit that set them off, automations write audits of their own.
RULES = (
    ("Tag general questions", "trigger"),
    ("Tag order status", "trigger"),
    ("Tag onboarding", "trigger"),
    ("Tag cart recovery", "trigger"),
    ("Tag returns", "trigger"),
    ("Route to the group of the topic", "trigger"),
    ("Confirm receipt to the customer", "trigger"),
    ("Answer at night goes to the day team", "trigger"),
    ("Remind after 2 days pending", "automation"),
    ("Solve after 4 days pending", "automation"),
    ("Close 4 days after solved", "automation"),
    ("Request customer satisfaction rating", "automation"),
    ("Carrier answered: open again", "automation"),
    ("Night queue to the day team", "automation"),
)
R_TAG, R_ROUTE, R_CONFIRM, R_DAY, R_REMIND, R_SOLVE, R_CLOSE, R_CSAT, R_CARRIER, R_MORNING = (
    0,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
)
FIRST_TRIGGER_ID = 360000000601
FIRST_AUTOMATION_ID = 360000000651

HOUR = 3600
DAY = 86400


def rule_id(rule: int) -> int:
    """The helpdesk's id of a rule (position in RULES)."""
    return FIRST_TRIGGER_ID + rule if rule < R_REMIND else FIRST_AUTOMATION_ID + rule - R_REMIND


def group_id(group: int | None) -> int | None:
    """The helpdesk's id of a group (position in GROUPS), none for no group."""
    return None if group is None else FIRST_GROUP_ID + group


@dataclass(frozen=True)
class Shop:
    """One demo shop. Two shops that differ in a flag only share their customers, orders and luck.

    tickets: wanted number in the year (the result is within a few percent, repeat contacts being an outcome).
    end: the last day, a Sunday. seed: of every random stream.
    future: a number by which the contacts since `changes_from` are drawn anew; None: as the seed has them.
    approval_step: refunds over `approval_over` euros wait for the lead. extra_agents: added to the Orders group.
    bot_containment: share of the bot's order-status sessions that it ends without a person.
    proactive_notice: the shop tells customers of late parcels before they ask.
    changes_from: the day from which on these four count; until then the shop is the usual one. None: always.
    """

    tickets: int = 20000
    end: date = date(2026, 11, 22)
    seed: int = 7
    approval_step: bool = True
    approval_over: float = 60.0
    extra_agents: int = 0
    bot_containment: float = 0.40
    proactive_notice: bool = False
    changes_from: date | None = None
    future: int | None = None

    def on(self, day: date) -> "Shop":
        """The shop as it is on a day."""
        if self.changes_from is None or day >= self.changes_from:
            return self
        usual = Shop()
        return replace(
            self,
            approval_step=usual.approval_step,
            extra_agents=usual.extra_agents,
            bot_containment=usual.bot_containment,
            proactive_notice=usual.proactive_notice,
        )

    @property
    def orders(self) -> int:
        """Orders placed in the year."""
        return 2 * self.tickets
