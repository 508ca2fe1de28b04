"""Whether a log-linear model gives one finite total at all. Pure; scipy's HiGHS.

    checked(design, cells, models)      # of each model: "exists", "extended" or "undetermined"

Maximum likelihood estimates of a log-linear model exist if and only if its margins lie in the relative interior of the
marginal cone, that is, if a table of positive cells has the observed margins (Haberman 1974; Eriksson, Fienberg,
Rinaldo & Sullivant 2006). Where they do not, the extended estimate lives on a face: cells off the facial set are 0
exactly, and a parameter is estimable if it is a combination of the rows of the facial set (Fienberg & Rinaldo 2012,
section 3). Both questions are linear programmes. The histories with a pair of the model that nobody is on both lists of
are taken out first, as in Chan, Silverman & Vincent (2021).
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from hueandcry.picture.mse.loglinear import Design, Floats, Ints

Status = Literal["exists", "extended", "undetermined"]
LEAST: Final = 1e-7  # of a cell, in shares of the largest margin


def checked(design: Design, cells: Floats, models: Ints) -> list[Status]:
    """The status of each model: "exists", the maximum likelihood estimate exists and is unique; "extended", it does
    with some cells fitted as 0 exactly, and the total is finite and unique; "undetermined", no finite unique total.

    If a model's estimate exists, so do those of all its parts with the same pairs at minus infinity: their margins are
    some of its margins. So mostly one linear programme per set of such pairs is solved.
    """
    empty = sum(1 << at for at in np.flatnonzero(cells @ design.both == 0).tolist())
    whole = (1 << len(design.pairs)) - 1
    largest: dict[int, Status] = {}
    found: list[Status] = []
    for model in models.tolist():
        gone = model & empty
        if gone not in largest:
            largest[gone] = status(design, cells, whole & ~empty | gone)
        found.append("exists" if largest[gone] == "exists" else status(design, cells, model))
    return found


def status(design: Design, cells: Floats, model: int) -> Status:
    """The status of one model (see ``checked``)."""
    pairs = np.array([model >> at & 1 for at in range(len(design.pairs))], dtype=bool)
    gone = pairs & (cells @ design.both == 0)
    possible = ~(design.both[:, gone] > 0).any(axis=1)
    columns = np.concatenate([np.ones(1 + design.size, dtype=bool), pairs & ~gone])
    matrix = design.matrix[possible][:, columns]
    face = _facial(matrix, cells[possible])
    if face.all():
        return "exists" if np.linalg.matrix_rank(matrix) == matrix.shape[1] else _estimable(matrix)
    return _estimable(matrix[face])


def _estimable(matrix: Floats) -> Status:
    """Whether the intercept, the first column, is determined by these cells."""
    first = np.zeros((1, matrix.shape[1]))
    first[0, 0] = 1.0
    same = np.linalg.matrix_rank(np.vstack([matrix, first])) == np.linalg.matrix_rank(matrix)
    return "extended" if same else "undetermined"


def _facial(matrix: Floats, cells: Floats) -> NDArray[np.bool_]:
    """The cells that some table of cells of 0 or more with these margins has above 0."""
    from scipy.optimize import linprog

    scale = max(float(cells.sum()), 1.0)
    shares = cells / scale
    margins = matrix.T @ shares
    positive = shares > 0
    while not positive.all():
        # The sum over cells not yet seen above 0 is made as large as it goes; at 0 none of them can be.
        told = linprog(-(~positive).astype(float), A_eq=matrix.T, b_eq=margins, bounds=(0, None), method="highs")
        if told.status == 3:
            # A margin without a bound cannot be: all cells are in some margin. Kept for what rounding may do.
            return np.ones(len(cells), dtype=bool)
        if told.x is None or -told.fun < LEAST:
            return positive
        positive |= told.x > LEAST / len(cells)
    return positive
