"""What customers write about: subjects grouped into a few reasons by their words, and what could be spared.

Words are weighted by TF-IDF over the distinct subjects; with the workflow beside them, the subjects are grouped by
k-means with their tickets as weights: at most MOST_REASONS groups, the same for the same subjects in whatever order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

MOST_REASONS = 12
MOST_WORDS = 300
"""The most frequent words tell reasons apart; rarer ones cost time and name single customers' things."""

LABEL_WORDS = 3
IN_LABEL = 0.2
"""A word names a reason if a fifth of its tickets have it."""

UNKNOWN = "other words"
_WORD = r"(?u)\b[^\W\d_]{2,}\b"
_SUMS = ("ticket_count", "quarter_count", "before_count", "csat_n", "fcr_7d_n", "automated_rate_n", "total_cost")
_SHARES = {
    "csat": "csat_n",
    "fcr_7d": "fcr_7d_n",
    "automated_rate": "automated_rate_n",
    "after_order_share": "ticket_count",
}


def subject_reasons(subjects: pl.DataFrame, order_status: frozenset[str] = frozenset()) -> pl.DataFrame:
    """Rows of contact_subject of one period as reasons, most frequent first; `order_status` names workflows.

    Returns reason (its own most frequent words), example (its most frequent subject), subject_count, ticket_share (of
    the tickets with a subject), and the counts and figures of contact_subject over the whole reason, with
    order_status_share (tickets in those workflows) and growth.
    """
    if subjects.is_empty():
        return combined(subjects.with_columns(pl.lit(UNKNOWN).alias("reason")), order_status)
    placed = subjects.group_by("subject", "workflow").agg(pl.col("ticket_count").sum()).sort("subject", "workflow")
    return combined(subjects.join(_grouped(placed), on=["subject", "workflow"]), order_status)


def field_reasons(
    rows: pl.DataFrame, order_status: frozenset[str] = frozenset(), source: str = "field"
) -> pl.DataFrame:
    """Rows of contact_reason of one period and `source` ('field', 'tag') in the same form, over all workflows.

    ticket_share is of all tickets, with or without a reason.
    """
    used = rows.filter(pl.col("source") == source)
    parts = used.filter(pl.col("workflow") != "all").with_columns(pl.col("reason").alias("subject"))
    totals = used.filter(pl.col("workflow") == "all").select("reason", pl.col("ticket_share").alias("of_all"))
    joined = combined(parts, order_status).join(totals, on="reason", how="left")
    return joined.with_columns(pl.coalesce("of_all", "ticket_share").alias("ticket_share")).drop("of_all")


def combined(parts: pl.DataFrame, order_status: frozenset[str]) -> pl.DataFrame:
    """The rows of each `reason` as one: counts added, shares and means weighted, deviations pooled.

    Of macros used first the most frequent is kept; its count is of the parts in which it leads, so at least that many.
    """
    n = pl.col("ticket_count")
    shares = [
        ((pl.col(share) * pl.col(weight)).sum() / pl.col(weight).filter(pl.col(share).is_not_null()).sum())
        .fill_nan(None)
        .alias(share)
        for share, weight in _SHARES.items()
    ]
    mean = (pl.col("handle_mean_minutes") * n).sum() / n.sum()
    squares = ((pl.col("handle_deviation_minutes") ** 2 + pl.col("handle_mean_minutes") ** 2) * n).sum() / n.sum()
    known = pl.col("before_count").is_not_null().all()
    grouped = parts.group_by("reason").agg(
        pl.col("subject").sort_by(n, "subject", descending=[True, False]).first().alias("example"),
        pl.col("subject").n_unique().alias("subject_count"),
        *(pl.col(column).sum() for column in _SUMS if column != "before_count"),
        pl.when(known).then(pl.col("before_count").sum()).alias("before_count"),
        *shares,
        mean.alias("handle_mean_minutes"),
        (squares - mean**2).clip(0.0).sqrt().alias("handle_deviation_minutes"),
        (n.filter(pl.col("workflow").is_in(list(order_status))).sum() / n.sum()).alias("order_status_share"),
    )
    return (
        grouped.join(_top_macros(parts), on="reason", how="left")
        .with_columns(
            (n / n.sum()).alias("ticket_share"),
            (pl.col("total_cost") / n).alias("mean_cost_per_ticket"),
            (pl.col("quarter_count") / pl.col("before_count") - 1).alias("growth"),
            pl.col("top_macro_count").fill_null(0),
        )
        .with_columns(pl.when(pl.col("growth").is_finite()).then("growth").alias("growth"))
        .sort("ticket_count", "reason", descending=[True, False])
    )


def _top_macros(parts: pl.DataFrame) -> pl.DataFrame:
    return (
        parts.filter(pl.col("top_macro").is_not_null())
        .group_by("reason", "top_macro")
        .agg(pl.col("top_macro_count").sum())
        .sort("top_macro_count", "top_macro", descending=[True, False])
        .group_by("reason", maintain_order=True)
        .first()
    )


def _grouped(placed: pl.DataFrame) -> pl.DataFrame:
    """subject, workflow, reason: the group of every subject. Those without a known word are a group of their own."""
    from sklearn.cluster import KMeans
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer

    from analysis.words import STOP_WORDS

    keys = placed.select("subject", "workflow")
    counter = CountVectorizer(token_pattern=_WORD, stop_words=STOP_WORDS, max_features=MOST_WORDS, binary=True)
    try:
        counter.fit(placed["subject"].unique(maintain_order=True).to_list())
    except ValueError:  # not one word is left
        return keys.with_columns(pl.lit(UNKNOWN).alias("reason"))
    has_word = counter.transform(placed["subject"].to_list())
    told = np.asarray(has_word.sum(axis=1)).ravel() > 0
    weights = placed["ticket_count"].to_numpy().astype(np.float64)
    number = np.full(len(told), -1)
    if told.any():
        words = TfidfTransformer().fit_transform(has_word).astype(np.float32).toarray()
        # A workflow weighs as much as all words of a subject together.
        features = np.hstack([words, _workflow_marks(placed)])[told]
        groups = min(MOST_REASONS - (not told.all()), _distinct(features))
        means = KMeans(groups, n_init=1, random_state=0, max_iter=50).fit(features, sample_weight=weights[told])
        number[told] = means.labels_
    labels = _labels(has_word.multiply(weights[:, None]).tocsr(), number, weights, counter.get_feature_names_out())
    return keys.with_columns(pl.Series("reason", [labels[key] for key in number.tolist()], pl.String))


def _distinct(features: Floats) -> int:
    return len({row.tobytes() for row in features})


def _workflow_marks(placed: pl.DataFrame) -> Floats:
    names, place = np.unique(placed["workflow"].to_numpy(), return_inverse=True)
    return np.eye(len(names), dtype=np.float32)[place]


def _labels(counts: Any, number: Ints, weights: Floats, words: Any) -> dict[int, str]:
    """A group's words that are frequent in it and not everywhere, most frequent first; equal labels are one reason."""
    everywhere = np.asarray(counts.sum(axis=0)).ravel()
    labels = {-1: UNKNOWN}
    for group in np.unique(number[number >= 0]).tolist():
        own = np.asarray(counts[number == group].sum(axis=0)).ravel()
        in_group = own / weights[number == group].sum()
        own_words = in_group * own / np.maximum(everywhere, 1)
        ranked = np.argsort(-own_words, kind="stable")[:LABEL_WORDS]
        frequent = [place for place in ranked.tolist() if in_group[place] >= IN_LABEL] or ranked[:1].tolist()
        frequent.sort(key=lambda place: (-own[place], words[place]))
        labels[group] = ", ".join(str(words[place]) for place in frequent)
    return labels
