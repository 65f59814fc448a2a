"""One-to-one assignment that maximises the evidence of all pairs together (Kuhn 1955, Munkres 1957)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def one_to_one_assignment(table: Mapping[tuple[int, int], float]) -> Iterable[tuple[int, int]]:
    """The one-to-one pairs of `table` whose evidence, all of it positive, is greatest in total."""
    for rows, columns in _components(table):
        yield from _maximise(rows, columns, table)


def _components(table: Mapping[tuple[int, int], float]) -> Iterable[tuple[list[int], list[int]]]:
    """Pairs that compete with each other, apart from those that do not: most of them stand alone."""
    of_new: dict[int, set[int]] = {}
    of_old: dict[int, set[int]] = {}
    for i, j in table:
        of_new.setdefault(i, set()).add(j)
        of_old.setdefault(j, set()).add(i)
    waiting = set(of_new)
    for start in sorted(of_new):
        if start not in waiting:
            continue
        rows: set[int] = set()
        columns: set[int] = set()
        todo = [start]
        while todo:
            row = todo.pop()
            if row in rows:
                continue
            rows.add(row)
            columns |= of_new[row]
            todo += [other for column in of_new[row] for other in of_old[column] - rows]
        waiting -= rows
        yield sorted(rows), sorted(columns)


def _maximise(rows: list[int], columns: list[int], table: Mapping[tuple[int, int], float]) -> Iterable[tuple[int, int]]:
    """The Hungarian method with potentials, O(n²m), on negated evidence; spare columns leave rows alone."""
    width = len(columns) + len(rows)
    cost = [[-table.get((i, j), 0.0) for j in columns] + [0.0] * len(rows) for i in rows]
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
        if owner[j] and (rows[owner[j] - 1], columns[j - 1]) in table:
            yield rows[owner[j] - 1], columns[j - 1]
