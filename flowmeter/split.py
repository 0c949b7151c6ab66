"""Rules, ready to paste, that give every customer one of several variants by a hash of the customer's id.

The last digits of an id are no dice: helpdesks and shops count in strides, so that all ids of a shop may be even. A
cube modulo a prime that leaves 2 when divided by 3 hits every remainder exactly once and follows no stride, and its
numbers are small enough for any template language.
"""

import re
import zlib
from collections.abc import Sequence
from enum import StrEnum

PRIME = 10_007


class Tool(StrEnum):
    """Where the rule is pasted."""

    zendesk = "zendesk"
    shopify_flow = "shopify-flow"


def check_keys(arms: Sequence[str]) -> None:
    """ValueError for a word that is no key of a variant: it becomes a tag, and stands in a template."""
    for arm in arms:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}", arm):
            raise ValueError(f"'{arm}' is no key of a variant: letters, digits, _ and - only")


def salt_of(workflow: str, arms: Sequence[str]) -> int:
    """Another test divides customers in another way."""
    return zlib.crc32(f"{workflow}:{','.join(arms)}".encode()) % PRIME


def limits(arms: Sequence[str], share: float | None = None) -> list[int]:
    """Up to which hash (exclusive) an arm reaches, arm by arm; the last is PRIME. `share`: of the second of two arms.

    ValueError for fewer than two arms, for one named twice, or for a share that is none.
    """
    if len(arms) < 2 or len(set(arms)) < len(arms):
        raise ValueError(f"a test needs two or more different arms, such as a,b; found: {','.join(arms) or 'none'}")
    if share is None:
        return [PRIME * (at + 1) // len(arms) for at in range(len(arms))]
    if len(arms) != 2 or not 0 < share < 1:
        raise ValueError("a share lies between 0 and 1, and needs exactly two arms: it is that of the second")
    return [round(PRIME * (1 - share)), PRIME]


def arm_of(customer_id: int, workflow: str, arms: Sequence[str], share: float | None = None) -> str:
    """The arm that the pasted rule gives a customer: always the same."""
    rest = (customer_id + salt_of(workflow, arms)) % PRIME
    hashed = rest * rest % PRIME * rest % PRIME
    return next(arm for arm, limit in zip(arms, limits(arms, share), strict=True) if hashed < limit)


def liquid(customer_id: str, workflow: str, arms: Sequence[str], share: float | None = None) -> str:
    """The tag of a customer as a Liquid template of one line; `customer_id` is the variable that holds the id."""
    hashed = (
        f"{{% assign rest = {customer_id} | plus: {salt_of(workflow, arms)} | modulo: {PRIME} %}}"
        f"{{% assign hash = rest | times: rest | modulo: {PRIME} | times: rest | modulo: {PRIME} %}}"
    )
    words = [
        f"{{% {'elsif' if at else 'if'} hash < {limit} %}}{tag(workflow, arm)}"
        for at, (arm, limit) in enumerate(zip(arms[:-1], limits(arms, share), strict=False))
    ]
    return f"{hashed}{''.join(words)}{{% else %}}{tag(workflow, arms[-1])}{{% endif %}}"


def tag(workflow: str, arm: str) -> str:
    """The tag that says which arm a ticket's customer has."""
    return f"{workflow}_{arm}".lower()


def variants(workflow: str, arms: Sequence[str]) -> str:
    """The entry for config/workflows.yml."""
    lines = [f"  - key: {workflow}", "    variants:"]
    for arm in arms:
        lines += [
            f"      - key: {arm}",
            f"        name: {arm}",
            "        rules:",
            f"          - tag: {tag(workflow, arm)}",
        ]
    return "\n".join(lines) + "\n"


def rule(tool: Tool, workflow: str, arms: Sequence[str], share: float | None = None) -> str:
    """Everything to paste, with a comment on where it goes."""
    text = _ZENDESK if tool is Tool.zendesk else _SHOPIFY
    variable = "ticket.requester.id" if tool is Tool.zendesk else "order.customer.legacyResourceId"
    tags = ", ".join(tag(workflow, arm) for arm in arms)
    return (
        text.format(
            workflow=workflow, tags=tags, spaced=tags.replace(",", ""), liquid=liquid(variable, workflow, arms, share)
        )
        + f"\n# In config/workflows.yml, at this workflow (names are yours to change):\n{variants(workflow, arms)}"
    )


_ZENDESK = """\
# 1. Zendesk, Admin Center > Apps and integrations > Webhooks: create one.
Endpoint URL:    https://YOUR-SUBDOMAIN.zendesk.com/api/v2/tickets/{{{{ticket.id}}}}/tags.json
Request method:  PUT (it adds tags; POST would replace them)
Request format:  JSON, with an API token

# 2. Admin Center > Objects and rules > Triggers: create one, below the trigger that sorts tickets into '{workflow}'.
Meet ALL conditions:
  Ticket > Ticket            Is                             Created
  Ticket > Tags              Contains none of the following {spaced}
  (and the conditions by which a ticket belongs to '{workflow}')
Action: Notify active webhook, with this JSON body:
{{"tags": ["{liquid}"]}}
"""

_SHOPIFY = """\
# Shopify Flow: a workflow that starts with Order created, and the one action Add customer tags.
Condition:  order.customer.tags   none of them is equal to any of: {tags}
Action:     Add customer tags, with this as the tag:
{liquid}
# What the customer gets then hangs on a condition on that tag. A ticket must carry the tag too, or its arm is not
# known: let the helpdesk's Shopify integration copy customer tags, or set it with Flow's Send HTTP request.
"""
