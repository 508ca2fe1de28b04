"""HiGHS: one way to hand it an integer programme and to read its answer. The same programme gives the same answer: one
thread, one seed. The engine is loaded by who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

INFINITE = float("inf")


class Row(NamedTuple):
    """low <= sum of ``weights`` (column -> weight) times columns <= high."""

    weights: Mapping[int, float]
    low: float = -INFINITE
    high: float = INFINITE


def solver(
    cost: ArrayLike, rows: Sequence[Row], *, low: ArrayLike | None = None, high: ArrayLike | None = None,
    whole: Sequence[bool] | np.ndarray | None = None, most: bool = False, **options: Any,
) -> Any:  # fmt: skip
    """Least (``most``: greatest) ``cost`` of columns that keep all rows, ready to be run. Columns lie between ``low``
    and ``high`` (0 and 1 where not given) and are ``whole`` (all, where not said). ``options``: HiGHS's own."""
    import highspy
    import numpy as np

    made = highspy.Highs()  # type: ignore[no-untyped-call]
    for option, given in {"output_flag": False, "threads": 1, "random_seed": 1, "mip_rel_gap": 0.0, **options}.items():
        made.setOptionValue(option, given)
    costs = np.asarray(cost, float)
    count = len(costs)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = count, len(rows)
    lp.sense_ = highspy.ObjSense.kMaximize if most else highspy.ObjSense.kMinimize
    lp.col_cost_ = costs
    lp.col_lower_ = np.zeros(count) if low is None else np.asarray(low, float)
    lp.col_upper_ = np.ones(count) if high is None else np.asarray(high, float)
    lp.row_lower_ = np.array([row.low for row in rows], float)
    lp.row_upper_ = np.array([row.high for row in rows], float)
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[1]] * count if whole is None else [kinds[int(each)] for each in whole]
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(row.weights) for row in rows)])
    lp.a_matrix_.index_ = np.array([column for row in rows for column in row.weights])
    lp.a_matrix_.value_ = np.array([value for row in rows for value in row.weights.values()], float)
    made.passModel(lp)
    return made


def answer(made: Any) -> tuple[np.ndarray | None, bool]:
    """The columns that were found (None: none that keep all rows), and whether that is proven: that no others are
    better, or that there are none."""
    import highspy
    import numpy as np

    made.run()
    values, status = made.getSolution().col_value, made.getModelStatus()
    if not values or made.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None, status == highspy.HighsModelStatus.kInfeasible
    return np.array(values), status == highspy.HighsModelStatus.kOptimal
