"""Figures of a drawing for the layout's tests: overlaps, boxes crossed by foreign edges, crossings.  Plain loops."""

from itertools import combinations, pairwise

from ui.canvas.layout import layered_layout

BOX = (110.0, 46.0)


class Drawn:
    """A graph laid out, with what the tests ask of it."""

    def __init__(self, graph, *, size=None, **options):
        self.graph = graph
        self.size = size or dict.fromkeys(graph, BOX)
        self.info = {}
        self.pos = layered_layout(graph, size=self.size, info=self.info, **options)
        self.routes = self.info["routes"]

    def box(self, v, shrink=0.0):
        (x, y), (w, h) = self.pos[v], self.size[v]
        return x - w / 2 + shrink, y - h / 2 + shrink, x + w / 2 - shrink, y + h / 2 - shrink

    def overlaps(self):
        """Pairs of overlapping boxes, found by a sweep over y."""
        boxes = sorted((self.box(v, 0.5) for v in self.graph), key=lambda b: b[1])
        count = 0
        for i, (x0, _, x1, y1) in enumerate(boxes):
            for a0, b0, a1, _ in boxes[i + 1 :]:
                if b0 >= y1:
                    break
                count += a0 < x1 and x0 < a1
        return count

    def hits(self):
        """Boxes touched by edges that neither begin nor end at them."""
        boxes = {v: self.box(v, 1.0) for v in self.graph}
        count = 0
        for edge, points in self.routes.items():
            for p, q in pairwise(points):
                count += sum(_cuts(p, q, box) for v, box in boxes.items() if v not in edge[:2])
        return count

    def crossings(self):
        """Crossings of drawn segments; one that several edges share counts once."""
        segments = {tuple(sorted((p, q))) for points in self.routes.values() for p, q in pairwise(points)}
        return sum(_cross(*a, *b) for a, b in combinations(sorted(segments), 2))

    def ends_on_borders(self):
        """Whether every route begins on the border of its source and ends on that of its target."""
        return all(
            self._on_border(points[0], edge[0]) and self._on_border(points[-1], edge[1])
            for edge, points in self.routes.items()
        )

    def _on_border(self, point, v):
        x0, y0, x1, y1 = self.box(v)
        x, y = point
        inside = x0 - 0.01 <= x <= x1 + 0.01 and y0 - 0.01 <= y <= y1 + 0.01
        return inside and min(abs(x - x0), abs(x - x1), abs(y - y0), abs(y - y1)) < 0.01

    def moved(self, before, limit=60.0):
        """Old nodes displaced by more than ``limit``, beyond what the picture as a whole moved."""
        shifts = [(self.pos[v][0] - x, self.pos[v][1] - y) for v, (x, y) in before.pos.items()]
        middle = [sorted(axis)[len(shifts) // 2] for axis in zip(*shifts, strict=True)]
        return sum(abs(dx - middle[0]) > limit or abs(dy - middle[1]) > limit for dx, dy in shifts)


def _cuts(p, q, box):
    """Whether a segment passes through the inside of a box (Liang and Barsky)."""
    low, high = 0.0, 1.0
    for axis in (0, 1):
        start, length = p[axis], q[axis] - p[axis]
        near, far = box[axis] - start, box[axis + 2] - start
        if length == 0:
            if near >= 0 or far <= 0:
                return False
            continue
        near, far = sorted((near / length, far / length))
        low, high = max(low, near), min(high, far)
    return low < high


def _cross(a, b, c, d):
    def side(p, q, r):
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) < -1e-6 and side(c, d, a) * side(c, d, b) < -1e-6
