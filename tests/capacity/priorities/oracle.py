"""Asks pref_voting, in its own environment, for the Schulze order of profiles on standard input; prints JSON.

A profile is a list of ballots, a ballot a list of ranks from 1, null where an option is not ranked.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    from pref_voting.profiles_with_ties import ProfileWithTies  # type: ignore[import-not-found]
    from pref_voting.voting_methods import beat_path, beat_path_defeat  # type: ignore[import-not-found]

    made = []
    for ballots in json.load(sys.stdin):
        options = len(ballots[0])
        ranks = [{o: r for o, r in enumerate(b) if r is not None} for b in ballots]
        profile = ProfileWithTies(ranks, candidates=list(range(options)))
        profile.use_extended_strict_preference()  # what is ranked stands above what is not
        winners = beat_path(profile, strength_function=profile.support)
        defeat = beat_path_defeat(profile, strength_function=profile.support)
        made.append(
            {"winners": sorted(map(int, winners)), "defeats": sorted([int(a), int(b)] for a, b in defeat.edges)}
        )
    json.dump(made, sys.stdout)


main()
