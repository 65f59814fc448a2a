"""One-to-one assignment with the greatest total weight (Kuhn 1955, Munkres 1957: the Hungarian method)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def one_to_one_assignment(weights: Mapping[tuple[int, int], float]) -> Iterable[tuple[int, int]]:
    """Yield the one-to-one pairs (new, old) of `weights`, all of them positive, whose total weight is greatest."""
    for rows, columns in _components(weights):
        yield from _maximise(rows, columns, weights)


def _components(weights: Mapping[tuple[int, int], float]) -> Iterable[tuple[list[int], list[int]]]:
    """Yield the connected components as (rows, columns). Pairs of two components never compete; most are single."""
    of_new: dict[int, set[int]] = {}
    of_old: dict[int, set[int]] = {}
    for i, j in weights:
        of_new.setdefault(i, set()).add(j)
        of_old.setdefault(j, set()).add(i)
    unvisited = set(of_new)
    for start in sorted(of_new):
        if start not in unvisited:
            continue
        rows: set[int] = set()
        columns: set[int] = set()
        stack = [start]
        while stack:
            row = stack.pop()
            if row in rows:
                continue
            rows.add(row)
            columns |= of_new[row]
            stack += [other for column in of_new[row] for other in of_old[column] - rows]
        unvisited -= rows
        yield sorted(rows), sorted(columns)


def _maximise(
    rows: list[int], columns: list[int], weights: Mapping[tuple[int, int], float]
) -> Iterable[tuple[int, int]]:
    """Solve one component: the Hungarian method with potentials, O(n²m), on negated weights.

    A spare column for each row stands for "no pair".
    """
    width = len(columns) + len(rows)
    cost = [[-weights.get((i, j), 0.0) for j in columns] + [0.0] * len(rows) for i in rows]
    height = len(rows)
    u, v = [0.0] * (height + 1), [0.0] * (width + 1)
    owner, back = [0] * (width + 1), [0] * (width + 1)
    for row in range(1, height + 1):
        owner[0], column = row, 0
        least, seen = [float("inf")] * (width + 1), [False] * (width + 1)
        while owner[column]:
            seen[column] = True
            current, delta, following = owner[column], float("inf"), 0
            for j in range(1, width + 1):
                if seen[j]:
                    continue
                reduced = cost[current - 1][j - 1] - u[current] - v[j]
                if reduced < least[j]:
                    least[j], back[j] = reduced, column
                if least[j] < delta:
                    delta, following = least[j], j
            for j in range(width + 1):
                if seen[j]:
                    u[owner[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            column = following
        while column:
            owner[column] = owner[back[column]]
            column = back[column]
    for j in range(1, len(columns) + 1):
        if owner[j] and (rows[owner[j] - 1], columns[j - 1]) in weights:
            yield rows[owner[j] - 1], columns[j - 1]
