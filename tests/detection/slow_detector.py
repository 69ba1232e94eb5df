"""The rules of docs/methods.md once more, a patient and a rating at a time, with lists alone.

Written from the definitions to be read beside them; speed and the package's data structures play
no part. `detect_slowly` takes the ratings as {patient: {session: rating or None}}.
"""

import math

SAME = 1e-9


def mean(values):
    return math.fsum(values) / len(values)


def sum_of_squares(values):
    centre = mean(values)
    return math.fsum((value - centre) ** 2 for value in values)


def sample_sd(values):
    return math.sqrt(sum_of_squares(values) / (len(values) - 1)) if len(values) > 1 else None


def expected_sd(n):
    """c4(n): mean SD of n draws from a normal distribution with SD 1."""
    return math.sqrt(2 / (n - 1)) * math.gamma(n / 2) / math.gamma((n - 1) / 2)


def residual_sd(sessions, ratings):
    """SD of residuals about the patient's own least-squares line, n − 2 in the denominator."""
    if len(ratings) < 3:
        return None
    x_mean, y_mean = mean(sessions), mean(ratings)
    s_xy = math.fsum((x - x_mean) * (y - y_mean) for x, y in zip(sessions, ratings, strict=True))
    s_xx = math.fsum((x - x_mean) ** 2 for x in sessions)
    slope = s_xy / s_xx
    residuals = [
        y - (y_mean + slope * (x - x_mean)) for x, y in zip(sessions, ratings, strict=True)
    ]
    return math.sqrt(math.fsum(r**2 for r in residuals) / (len(ratings) - 2))


def pooled_sd(cohort):
    squares = freedom = 0.0
    for _, ratings in cohort.values():
        if ratings:
            squares += sum_of_squares(ratings)
            freedom += len(ratings) - 1
    return math.sqrt(squares / freedom) if freedom else None


def first_rating_sd(cohort):
    return sample_sd([ratings[0] for _, ratings in cohort.values() if ratings])


def difference_sd(cohort):
    differences = []
    for _, ratings in cohort.values():
        for t in range(1, len(ratings)):
            differences.append(ratings[t] - ratings[t - 1])
    return sample_sd(differences)


def scale_for(patient, cohort, criterion):
    """S of one patient, or None where it has no value."""
    sessions, ratings = cohort[patient]
    if criterion.scale == "own_sd":
        return sample_sd(ratings)
    if criterion.scale == "own_sd_c4":
        sd = sample_sd(ratings)
        return None if sd is None else sd / expected_sd(len(ratings))
    if criterion.scale == "own_see":
        return residual_sd(sessions, ratings)
    if criterion.scale == "pooled_within_sd":
        return pooled_sd(cohort)
    if criterion.scale == "between_sd":
        return first_rating_sd(cohort)
    if criterion.scale == "diff_sd":
        return difference_sd(cohort)
    if criterion.scale == "moving_range":
        ranges = [abs(ratings[t] - ratings[t - 1]) for t in range(1, len(ratings))]
        return mean(ranges) / 1.128 if ranges else None
    if criterion.scale == "rci":
        sd = first_rating_sd(cohort)
        if sd is None:
            return None
        return 1.96 * math.sqrt(2) * sd * math.sqrt(1 - criterion.reliability)
    if criterion.scale == "stricter":
        known = [s for s in (sample_sd(ratings), pooled_sd(cohort)) if s is not None]
        return max(known) if known else None
    if criterion.scale == "own_or_between":
        known = [s for s in (sample_sd(ratings), first_rating_sd(cohort)) if s is not None]
        return max(known) if known else None
    assert criterion.scale == "absolute"
    return 1.0


def reference_for(t, sessions, ratings, criterion):
    """r_t for the rating at position t (0, 1, …), or None where there is nothing to compare."""
    if criterion.reference == "own_mean":
        return mean(ratings) if len(ratings) > 1 else None
    if criterion.reference == "running_mean":
        return mean(ratings[:t]) if t >= 2 else None
    if t == 0:
        return None
    if criterion.max_gap is not None and sessions[t] - sessions[t - 1] > criterion.max_gap:
        return None
    if criterion.rule == "tang_derubeis" and min(map(len, sides(t, sessions, ratings))) < 2:
        return None
    if criterion.reference == "decline_start":
        peak = t - 1
        while (
            peak > 0
            and ratings[t] < ratings[t - 1] - SAME
            and ratings[peak] < ratings[peak - 1] - SAME
            and (
                criterion.max_gap is None
                or sessions[peak] - sessions[peak - 1] <= criterion.max_gap
            )
        ):
            peak -= 1
        return ratings[peak]
    return ratings[t - 1]


T_AT_95 = {2: 4.303, 3: 3.182, 4: 2.776}  # as printed in tables of Student's t


def sides(t, sessions, ratings):
    """Ratings in the three sessions up to the rating before, and in the three from this one."""
    p = sessions[t - 1]
    before = [r for s, r in zip(sessions, ratings, strict=True) if p - 2 <= s <= p]
    after = [
        r for s, r in zip(sessions, ratings, strict=True) if sessions[t] <= s <= sessions[t] + 2
    ]
    return before, after


def tang_derubeis(t, sessions, ratings, min_share):
    """Second and third rule of Tang and DeRubeis (1999) for the drop to position t."""
    before, after = sides(t, sessions, ratings)
    if ratings[t - 1] - ratings[t] < min_share * ratings[t - 1] - SAME:
        return False
    df = len(before) + len(after) - 2
    pooled = math.sqrt((sum_of_squares(before) + sum_of_squares(after)) / df)
    return mean(before) - mean(after) > T_AT_95[df] * pooled + SAME


def run_is_complete(t, ratings, sigma):
    """Whether one of the Western Electric rules for low ratings is met at position t."""
    centre = mean(ratings)

    def below(rating, sigmas):
        if sigmas == 0:
            return rating < centre and centre - rating >= SAME
        return rating <= centre - sigmas * sigma + SAME

    for least, of, sigmas in [(2, 3, 2), (4, 5, 1), (8, 8, 0)]:
        latest = ratings[max(t - of + 1, 0) : t + 1]
        if below(ratings[t], sigmas) and sum(below(r, sigmas) for r in latest) >= least:
            return True
    return False


def declines(sessions, ratings, scale, criterion):
    """(first position, last position, number of drops, r at the first) of each rupture."""
    found = []
    if scale is None or criterion.k * scale <= SAME:
        return found
    for t in range(len(ratings)):
        reference = reference_for(t, sessions, ratings, criterion)
        if reference is None:
            continue
        large = reference - ratings[t] >= criterion.k * scale - SAME
        run = criterion.western_electric and run_is_complete(t, ratings, scale)
        if not large and not run:
            continue
        if criterion.rule == "tang_derubeis" and not tang_derubeis(
            t, sessions, ratings, criterion.min_share
        ):
            continue
        if criterion.merge_consecutive and found and found[-1][1] == t - 1:
            first, _, drops, start = found[-1]
            found[-1] = (first, t, drops + 1, start)
        else:
            found.append((t, t, 1, reference))
    return found


def repair_of(last, needed, sessions, ratings, window):
    """Session number of the first sufficient return, or None."""
    for u in range(last + 1, len(ratings)):
        if window is not None and sessions[u] - sessions[last] > window:
            return None
        if ratings[u] >= needed - SAME:
            return sessions[u]
    return None


def pattern_of(n_rated, n_testable, mended, aggregate):
    if n_rated < 2 or n_testable == 0:
        return "unclassifiable"
    if not mended:
        return "none"
    verdict = {
        "all": all(mended),
        "any": any(mended),
        "first": mended[0],
        "last": mended[-1],
    }[aggregate]
    return "repaired" if verdict else "unrepaired"


def detect_slowly(table, criterion):
    """Return (events, patterns): lists of dictionaries, sorted by patient and session."""
    cohort = {}
    for patient in sorted(table):
        rated = [s for s in sorted(table[patient]) if table[patient][s] is not None]
        cohort[patient] = (rated, [table[patient][s] for s in rated])
    events, patterns = [], []
    for patient, (sessions, ratings) in cohort.items():
        scale = scale_for(patient, cohort, criterion)
        mended = []
        for first, last, drops, reference in declines(sessions, ratings, scale, criterion):
            drop = reference - ratings[last]
            needed = reference - criterion.repair_tolerance * drop
            back = repair_of(last, needed, sessions, ratings, criterion.repair_window)
            mended.append(back is not None)
            events.append(
                {
                    "patient_id": patient,
                    "session": sessions[first],
                    "reference": reference,
                    "rating": ratings[last],
                    "drop": drop,
                    "threshold": criterion.k * scale,
                    "n_drops": drops,
                    "last_session": sessions[last],
                    "repair_level": needed,
                    "repaired_at": back,
                    "sessions_to_repair": None if back is None else back - sessions[last],
                    "repair_observable": last < len(ratings) - 1,
                }
            )
        own = [event for event in events if event["patient_id"] == patient]
        n_testable = sum(
            scale is not None and reference_for(t, sessions, ratings, criterion) is not None
            for t in range(len(ratings))
        )
        patterns.append(
            {
                "patient_id": patient,
                "pattern": pattern_of(len(ratings), n_testable, mended, criterion.aggregate),
                "n_rated": len(ratings),
                "n_testable": n_testable,
                "n_ruptures": len(own),
                "n_repaired": sum(mended),
                "n_unobservable": sum(not event["repair_observable"] for event in own),
                "first_rupture": own[0]["session"] if own else None,
            }
        )
    return events, patterns
