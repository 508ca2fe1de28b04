"""How closely each withheld cell of linked tables can be told, by linear programming, and what to withhold besides.

Source: Fischetti and Salazar-Gonzalez, Solving the cell suppression problem on tabular data with linear constraints
(Management Science 47, 2001): the attacker's problem for one cell; the heuristic that finds further suppressions as the
cheapest change of published cells that lets the cell move (Kelly, Golden and Assad, Networks 22, 1992).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Row = tuple[dict[int, int], float, float]
FOLLOWS: Final = 1e6  # dearer than any change, so that a cell goes down as far as it can
SLACK: Final = 1e-6  # of the width that is asked for: what a linear programme's tolerance may eat


class Audit:
    """The attacker's linear programme over all cells of one measure, and the same as the defender's.

    ``truth``: each cell's number; ``least``: the least that a withheld one can be to the attacker; ``open``: which are
    withheld. Numbers are divided by ``unit`` inside, so that sums of losses keep their digits."""

    def __init__(self, rows: Sequence[Row], truth: Sequence[int], least: Sequence[int], withheld: Sequence[bool]):
        import numpy as np

        self.unit = max(1.0, max((abs(t) for t in truth), default=1) / 1e6)
        self.truth: Floats = np.asarray(truth, dtype=np.float64) / self.unit
        self.least: Floats = np.minimum(np.asarray(least, dtype=np.float64) / self.unit, self.truth)
        self.withheld = np.asarray(withheld, dtype=bool)
        self.low, self.high = self.truth.copy(), self.truth.copy()  # what some way of filling the cells has shown
        self._rows = [(r, low / self.unit, high / self.unit) for r, low, high in rows]
        self._attack = self._programme(self._rows)
        for cell in range(len(truth)):
            self._bound(cell)

    def _bound(self, cell: int) -> None:
        """What the attacker knows of one cell."""
        from highspy import kHighsInf

        if self.withheld[cell]:
            self._attack.changeColBounds(cell, self.least[cell], kHighsInf)
        else:
            self._attack.changeColBounds(cell, self.truth[cell], self.truth[cell])

    def _programme(self, rows: Sequence[Row], shift: bool = False) -> Any:
        """An empty programme with these lines; ``shift``: of changes from the truth, up and down apart."""
        import highspy
        import numpy as np

        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (("output_flag", False), ("threads", 1), ("random_seed", 0), ("solver", "simplex")):
            solver.setOptionValue(option, value)
        columns = len(self.truth) * (2 if shift else 1)
        solver.addVars(columns, np.zeros(columns), np.full(columns, highspy.kHighsInf))
        starts: list[int] = []
        index: list[int] = []
        values: list[int] = []
        lows: list[float] = []
        highs: list[float] = []
        for row, low, high in rows:
            starts.append(len(index))
            held = float(sum(times * self.truth[i] for i, times in row.items())) if shift else 0.0
            for i, times in sorted(row.items()):
                index += [2 * i, 2 * i + 1] if shift else [i]
                values += [times, -times] if shift else [times]
            lows.append(low - held)
            highs.append(high - held)
        solver.addRows(
            len(starts), np.array(lows), np.array(highs), len(index),
            np.array(starts, dtype=np.int32), np.array(index, dtype=np.int32), np.array(values, dtype=np.float64),
        )  # fmt: skip
        return solver

    def withhold(self, cell: int, least: int) -> None:
        """Take a cell out of what is published; ``least`` as above."""
        self.withheld[cell] = True
        self.least[cell] = min(least / self.unit, self.truth[cell])
        self._bound(cell)

    def interval(self, cell: int, width: float) -> tuple[float, float]:
        """Between which numbers a cell lies for the attacker; no further from the truth than ``width``, as more is not
        asked. Every solution on the way shows ranges for all other cells as well."""
        from highspy import kHighsInf

        wide = width / self.unit
        floor = max(self.least[cell], self.truth[cell] - wide)
        self._attack.changeColBounds(cell, floor, self.truth[cell] + wide)
        for sign in (-1.0, 1.0):
            if self._is_wide(cell, wide):
                break
            self._attack.changeColCost(cell, sign)
            self._attack.run()
            self._taken(self._attack)
            self._attack.changeColCost(cell, 0.0)
        self._attack.changeColBounds(cell, self.least[cell], kHighsInf)
        return float(self.low[cell] * self.unit), float(self.high[cell] * self.unit)

    def spread(self, widths: Mapping[int, int]) -> None:
        """Look at many cells at once: fill all that are not yet seen to be open as high, then as low, as goes together,
        again and again while that opens many. What stays is for ``interval``."""
        from highspy import kHighsInf

        left = {cell: width / self.unit for cell, width in widths.items()}
        for cell, wide in left.items():
            self._attack.changeColBounds(cell, max(self.least[cell], self.truth[cell] - wide), self.truth[cell] + wide)
        before = len(left) + 1
        while left and len(left) < before:
            before = len(left)
            for sign in (-1.0, 1.0):
                for cell in left:
                    self._attack.changeColCost(cell, sign)
                self._attack.run()
                self._taken(self._attack)
                for cell in left:
                    self._attack.changeColCost(cell, 0.0)
            left = {cell: wide for cell, wide in left.items() if not self._is_wide(cell, wide)}
        for cell in widths:
            self._attack.changeColBounds(cell, self.least[cell], kHighsInf)

    def _is_wide(self, cell: int, wide: float) -> bool:
        return bool(self.high[cell] - self.low[cell] >= wide * (1 - SLACK))

    def _taken(self, solver: Any) -> None:
        import highspy
        import numpy as np

        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"the attacker's programme ended as {solver.getModelStatus()}")
        found = np.asarray(solver.getSolution().col_value)
        np.minimum(self.low, found, out=self.low)
        np.maximum(self.high, found, out=self.high)

    def protected(self, cell: int, width: int) -> bool:
        """Whether the attacker's interval of a cell is at least so wide."""
        low, high = self.interval(cell, width)
        return high - low >= width * (1 - SLACK)

    def besides(self, cell: int, width: int, fixed: Sequence[bool], costs: Floats) -> list[int]:
        """Which published cells to withhold as well, so that this one may lie in an interval so wide: those that move
        in the cheapest change that takes it up, and in the cheapest that takes it down. ``fixed`` cannot be taken back
        (an earlier release); ``costs`` of moving a published cell by one. Raises ArithmeticError where none will do."""
        import highspy
        import numpy as np

        solver = self._programme(self._rows, shift=True)
        most = np.full(len(self.truth), highspy.kHighsInf)
        room = self.truth - self.least
        stuck = np.asarray(fixed, dtype=bool) & ~self.withheld
        most[stuck] = 0.0
        room[stuck] = 0.0
        both = np.arange(2 * len(self.truth), dtype=np.int32)
        price = np.repeat(np.where(self.withheld, 0.0, costs), 2) + 1e-4  # few cells rather than many, ever so lightly
        solver.changeColsCost(len(both), both, price)
        solver.changeColsBounds(len(both), both, np.zeros(len(both)), np.column_stack([most, room]).ravel())
        down = min(room[cell], width / self.unit / 2)
        found: set[int] = set()
        for up in (False, True):
            amount = width / self.unit - down if up else down
            if amount <= 0:
                continue
            way, other = 2 * cell + (0 if up else 1), 2 * cell + (1 if up else 0)
            # Down it goes as far as others can follow, as distinct crimes, which never are more than reports, may not;
            # up it goes all the rest of the way.
            solver.changeColBounds(way, amount if up else 0.0, amount)
            solver.changeColCost(way, 0.0 if up else -FOLLOWS)
            solver.changeColBounds(other, 0.0, 0.0)
            solver.run()
            if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                raise ArithmeticError(f"a withheld cell cannot be protected: {solver.getModelStatus()}")
            moved = np.asarray(solver.getSolution().col_value)
            change = moved[0::2] - moved[1::2]
            down = down if up else float(moved[way])
            solver.changeColCost(way, float(price[way]))
            found |= {int(i) for i in np.flatnonzero((np.abs(change) > 1e-7) & ~self.withheld)}
            solver.changeColBounds(way, 0.0, highspy.kHighsInf if up else room[cell])
            # What this way takes out is free for the other.
            for i in found:
                solver.changeColCost(2 * i, 1e-4)
                solver.changeColCost(2 * i + 1, 1e-4)
        return sorted(found)
