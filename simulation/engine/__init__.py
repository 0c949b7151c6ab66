"""The engine: plays a shop's events in order of time. It knows no KPI; arrays in, one row per visit out.

A visit to a WORK state first waits `before` (nobody causes it), then at the gate of its batch if it has one, then in
the queue of its pool or, with probability `keep`, on the desk of the ticket's own agent: who worked on it last, if the
pool is among his skills. A free agent takes the first of his desk and his pools of tier 0, then of tier 1 and so on.
A visit that finds agents free goes to one of the lowest tier, then with the fewest tickets in hand, then free longest.
Patience counts from joining the queue. Work lasts service x speed; after it the agent is busy for the pool's
`after_work`. Only time on duty counts, but pools that finish what is begun go on past the end of the shift.
DELAY draws its edge, then how long that edge takes. END is no visit: the ticket is over, maybe followed by another.

What happens at one instant happens in this order, and within a kind in the order in which it was planned:
work is completed; shifts end; shifts begin; delays, waits before the queue, batches and patience end; repeat contacts
come; first contacts come, in the order of Tickets.
- At the instant his shift ends an agent takes no more work; at the instant it begins he does.
- The ticket whose work is completed enters its next state before the agent looks for work: it may be his next.
- Who joined a queue first is served first among equals; joins of a batch are in the order of coming to the gate.
- A run covers [0, minutes): what would happen at `minutes` has not happened.

Tickets open at the start (`arrived` <= 0, `entered` < 0) go on where they were: a delay lasts on given that it has
lasted since `entered`, its edge too; a visit that waits joined when it entered its state and `before` was over, its
patience lasts on likewise; a visit in work is in its agent's hand, begun at `entered`: what is left of it is drawn
given the minutes that he was on duty since (as far as Duty says so). Its record has the work done in the run only.
"""

from simulation.engine.prepare import prepare
from simulation.engine.run import run

__all__ = ["prepare", "run"]
