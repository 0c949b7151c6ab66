"""What would you change? The draft of a scenario: its changes, new ones by levers, and when it is run."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import simulator_data, simulator_view
from dashboard.components.lever_fields import LEVERS, OF_A_WORKFLOW, OF_ANY_WORKFLOW, fields
from dashboard.data import Snapshot
from dashboard.format import plain
from dashboard.simulator_data import Learned
from dashboard.simulator_view import NEW, Document
from simulation.parameters import Parameters
from simulation.scenario.compare import content_hash
from simulation.scenario.document import Scenario
from simulation.scenario.words import change_told

DRAFT, DRAFT_OF, PARAMETER = "draft", "draft_of", "scenario"
EMPTY: Document = {"version": 1, "name": NEW, "changes": []}
EVERY_WORKFLOW = "All workflows"


def asked(shop: Parameters) -> tuple[Scenario | None, str]:
    """The scenario of the address, and a note when the address holds none that can be run. The draft follows it."""
    text = st.query_params.get(PARAMETER, "")
    if not text and st.session_state.get(DRAFT_OF):
        text = st.query_params[PARAMETER] = st.session_state[DRAFT_OF]
    scenario, note = simulator_view.read(text, shop) if text else (None, "")
    if st.session_state.get(DRAFT_OF) != text or DRAFT not in st.session_state:
        st.session_state[DRAFT_OF] = text if scenario else ""
        st.session_state[DRAFT] = simulator_view.document(scenario) if scenario else dict(EMPTY)
    return scenario, note


def form(snap: Snapshot, known: Learned, ran: Scenario | None) -> None:
    """The draft, with its button to run it."""
    assert known.shop is not None
    shop, draft = known.shop.today, st.session_state[DRAFT]
    st.markdown("#### What would you change?")
    scenario, problem = simulator_view.read(simulator_view.written(draft), shop)
    _suggestions(snap, known, draft)
    _changes(draft, scenario)
    if problem:
        st.error(plain(problem))
    _run(draft, scenario, ran)
    with st.expander("Add another change", expanded=False):
        _add(snap, known, draft)
    with st.expander("Name, cost of the change, weeks"):
        _about(draft)


def _suggestions(snap: Snapshot, known: Learned, draft: Document) -> None:
    """What the bottlenecks ask for, as long as nothing was chosen."""
    if draft["changes"]:
        return
    st.caption("From where customers wait today. Press one to try it, or add changes of your own below.")
    for place, one in enumerate(simulator_view.suggestions(snap.path, known)):
        if st.button(plain(one.label), key=f"suggestion_{place}", width="stretch"):
            run({**draft, "name": one.label[:80], "changes": [one.change]})
            st.rerun()


def _changes(draft: Document, scenario: Scenario | None) -> None:
    for place, change in enumerate(draft["changes"]):
        told = change_told(scenario.changes[place]) if scenario else next(iter(change))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{place + 1}. {plain(told[:1].upper() + told[1:])}", width="stretch")
            if st.button("✕", key=f"remove_{place}", help=f"Take out change {place + 1}"):
                draft["changes"] = [one for at, one in enumerate(draft["changes"]) if at != place]
                st.rerun()


def _run(draft: Document, scenario: Scenario | None, ran: Scenario | None) -> None:
    """Says when the picture is not of what stands here."""
    if scenario is None:
        return
    is_new = content_hash(scenario) != (content_hash(ran) if ran else content_hash(Scenario(name=NEW)))
    if is_new:
        st.warning("Changed, but not run yet: the answer shown is of what was run before.")
        if st.button("Run", type="primary", key="run", width="stretch"):
            run(draft)
            st.rerun()
    elif draft["changes"] and st.button("Start anew, without a change", key="anew"):
        run(dict(EMPTY))
        st.rerun()


def run(draft: Document) -> None:
    """Puts the draft into the address: what stands there is what is run and shared."""
    text = simulator_view.written(draft) if draft["changes"] else ""
    st.session_state[DRAFT], st.session_state[DRAFT_OF] = draft, text
    if text:
        st.query_params[PARAMETER] = text
    else:
        st.query_params.pop(PARAMETER, None)


def _add(snap: Snapshot, known: Learned, draft: Document) -> None:
    """A lever, its fields, and what is known of what it changes."""
    assert known.shop is not None
    shop = known.shop.today
    names = simulator_data.words_known(snap)
    lever = st.selectbox("What", list(LEVERS), format_func=lambda key: LEVERS[key][0], key="lever")
    made: Document = {}
    flows: Sequence[str] = [key for key in shop.workflows if key in shop.arrivals.workflow]
    if lever in OF_A_WORKFLOW | OF_ANY_WORKFLOW:
        options = [*([EVERY_WORKFLOW] if lever in OF_ANY_WORKFLOW else []), *flows]
        flow = st.selectbox("Workflow", options, format_func=names.workflow, key="lever_workflow")
        made = {} if flow == EVERY_WORKFLOW else {"workflow": flow}
    offer = simulator_view.offer(shop, made.get("workflow"), simulator_data.agents(snap.path))
    made |= fields(lever, offer)
    if made.get("agent"):
        made.pop("group", None)
    hint = simulator_view.seen(known.ranges, lever, made)
    if hint:
        st.caption(plain(hint))
    change = {lever: made}
    _, problem = simulator_view.read(simulator_view.written({**EMPTY, "changes": [*draft["changes"], change]}), shop)
    if problem:
        st.caption(f":orange[{plain(problem)}]")
    if st.button("Add this change", key="add", disabled=bool(problem)):
        draft["changes"] = [*draft["changes"], change]
        st.rerun()


def _about(draft: Document) -> None:
    draft["name"] = st.text_input("Name", draft["name"], max_chars=80) or NEW
    left, right = st.columns(2)
    cost = draft.get("cost", {})
    once = left.number_input("Costs once", min_value=0.0, value=float(cost.get("one_off", 0.0)), step=100.0)
    monthly = right.number_input("Costs a month", min_value=0.0, value=float(cost.get("monthly", 0.0)), step=50.0)
    draft["cost"] = {"one_off": once, "monthly": monthly}
    draft["weeks"] = int(st.number_input("Weeks to look ahead", 1, 26, int(draft.get("weeks", 4))))
