from __future__ import annotations

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.linkage.assignment import one_to_one_assignment

# A few examples of this size are enough, and the machine may be slow.
few = settings(max_examples=40, deadline=None)

tables = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 12).map(float), max_size=14)


def best(table):
    """Return the greatest total of any one-to-one choice, by trying all."""
    return max(sum(table.get(pair, 0.0) for pair in enumerate(chosen)) for chosen in permutations(range(5)))


@few
@given(tables)
def test_the_total_is_that_of_the_best_of_all_choices(table):
    chosen = list(one_to_one_assignment(table))
    assert sum(table[pair] for pair in chosen) == best(table)


@few
@given(tables)
def test_nothing_is_paired_twice_nor_without_a_weight(table):
    chosen = list(one_to_one_assignment(table))
    assert len({new for new, _ in chosen}) == len({old for _, old in chosen}) == len(chosen)
    assert set(chosen) <= set(table)


def test_a_greedy_choice_would_be_wrong_where_titles_were_swapped():
    # Both weigh most with candidate 0, but only the first has no other candidate.
    assert set(one_to_one_assignment({(0, 0): 5.0, (1, 0): 6.0, (1, 1): 4.0})) == {(0, 0), (1, 1)}


def test_hundreds_of_pairs_that_compete_with_each_other_are_decided():
    table = {(i, j): 100.0 - abs(i - j) for i in range(60) for j in range(60)}
    assert set(one_to_one_assignment(table)) == {(i, i) for i in range(60)}
