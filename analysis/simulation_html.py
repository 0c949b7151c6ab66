"""The answer to a scenario as one page of HTML that can be sent to somebody, in the dress of a comparison's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from analysis import comparison_html as dress
from analysis import simulation_words as words
from analysis import tornado
from analysis.comparison_words import BETTER, WORSE, reach, sized
from analysis.simulation_words import Known
from analysis.wording import MINUS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class About:
    """The scenario's name, its changes in words, the workflow that they are about or 'all', agents' groups, and the
    metric whose effect is taken apart (empty: that of the title).
    """

    name: str
    changes: Sequence[str]
    workflow: str
    groups: Mapping[str, str]
    metric: str = ""


def simulation_html(answer: Row, known: Known, about: About) -> str:
    """The page: the finding, what is changed, money, people, every effect, what moves it, and how it was computed."""
    rows = words.effects(answer, known)
    return "\n".join(
        [
            dress.head(f"Simulation: {about.name}"),
            f"<h1>{escape(words.title(words.main(rows, about.workflow), about.name, known))}</h1>",
            dress.bullets([f"{told[:1].upper()}{told[1:]}." for told in about.changes]),
            f"<h2>{escape(words.money_title(answer['money'], known.speech))}</h2>",
            dress.bullets(words.money(answer["money"], known.speech)),
            f"<h2>{escape(words.overload_title(answer, about.groups))}</h2>",
            dress.bullets(words.overloaded(answer, about.groups)),
            *_tables(rows, known),
            *_unsure(answer, known, about),
            "<h2>How this is computed</h2>",
            dress.bullets([answer["method"]]),
            "</body>\n</html>\n",
        ]
    )


def _unsure(answer: Row, known: Known, about: About) -> Iterable[str]:
    """Which input moves the effect how far."""
    drawn = tornado.tornadoes(answer, known).get(about.metric or tornado.looked_at(answer, known, about.workflow))
    if drawn is not None:
        yield f"<h2>{escape(tornado.title(drawn))}</h2>"
        yield f'<p class="soft">{escape(tornado.subtitle(drawn, known))}</p>'
        yield tornado.tornado_html(drawn, known)


def _tables(rows: Sequence[Row], known: Known) -> Iterable[str]:
    for flow in dict.fromkeys(row["workflow"] for row in rows):
        own = [row for row in rows if row["workflow"] == flow and row["low"] is not None]
        if not own:
            continue
        widest = reach([dress.parts(row["low"], row["difference"], row["high"], row["baseline"]) for row in own])
        titles = ("Figure", "Today", "Then", f"{MINUS}{widest:.0%} to +{widest:.0%}", "Difference", "Better?")
        yield f"<h2>{escape(known.workflow(flow))}</h2>"
        yield f'<div class="wide"><table><tr>{"".join(f"<th>{escape(title)}</th>" for title in titles)}</tr>'
        yield from (_row(row, widest, known) for row in own)
        yield "</table></div>"


def _row(row: Row, widest: float, known: Known) -> str:
    kind = row["standing"] if row["standing"] in {BETTER, WORSE} else ""
    values = "".join(
        f"<td>{escape(known.speech.value(row[end], row['unit']))}</td>" for end in ("baseline", "scenario")
    )
    plot = dress.picture(dress.parts(row["low"], row["difference"], row["high"], row["baseline"]), widest)
    return (
        f'<tr><td>{escape(row["label"])}</td>{values}<td class="plot {kind}">{plot}</td>'
        f'<td>{escape(sized(row, known.speech))}</td><td class="word {kind}">{escape(row["standing"])}</td></tr>'
    )
