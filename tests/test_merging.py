"""One node from all that is claimed of it: who says that it is there, and which of its gaps are closed."""

from itertools import permutations

import pytest

from lineage_graph.graph import Claimed, Evidence, Kind, NodeClaim, State, merge_node


def claim(evidence: Evidence, state: State = State.LIVE, gaps: tuple[str, ...] = ()) -> Claimed:
    node = NodeClaim("model:m-1", Kind.MODEL, "m", {}, gaps, state, evidence)
    return Claimed(f"origin-{evidence.value}", f"{state.value}-{gaps}", node)


@pytest.mark.parametrize(
    ("claims", "state"),
    [
        ([claim(Evidence.LOGGED, State.DELETED), claim(Evidence.DECLARED)], State.DELETED),
        ([claim(Evidence.INFERRED, State.DELETED), claim(Evidence.DECLARED)], State.DELETED),
        ([claim(Evidence.LOGGED, State.DELETED), claim(Evidence.INFERRED)], State.DELETED),
        ([claim(Evidence.INFERRED, State.DELETED), claim(Evidence.POSSIBLE)], State.DELETED),
        ([claim(Evidence.LOGGED, State.DELETED), claim(Evidence.LOGGED)], State.LIVE),
        ([claim(Evidence.DECLARED), claim(Evidence.DECLARED, gaps=("x",))], State.LIVE),
    ],
)
def test_only_a_record_of_the_strongest_evidence_says_that_a_node_is_there(claims, state):
    assert {merge_node("model:m-1", Kind.MODEL, order).state for order in permutations(claims)} == {state}


@pytest.mark.parametrize(
    ("gaps", "left"),
    [
        ([("no-dataset",), ("-no-dataset",)], ()),
        ([("no-dataset", "no-run"), ("-no-dataset",)], ("no-run",)),
        ([("-no-dataset",)], ()),
        ([("no-dataset",)], ("no-dataset",)),
    ],
)
def test_a_claim_can_close_a_gap_of_another(gaps, left):
    claims = [claim(Evidence.LOGGED, gaps=each) for each in gaps]
    assert {merge_node("model:m-1", Kind.MODEL, order).gaps for order in permutations(claims)} == {left}
