"""An SVG of waits beside a flood, and of when a low priority had its turn."""

WIDTH, HEIGHT, LEFT, TOP, BOTTOM, PANEL = 760, 340, 50, 40, 50, 300
FONT = 'font-family="sans-serif" font-size="12"'
BLUE, RED, GREY = "#1f5fa8", "#b5462f", "#888"


class Panel:
    def __init__(self, left, width, height, title, across, up):
        self.left, self.x_max, self.y_max = left, width, height
        self.parts = [f'<text x="{left}" y="22" {FONT}>{title}</text>',
                      f'<path d="M{left} {TOP}V{HEIGHT - BOTTOM}H{left + PANEL}" fill="none" '
                      f'stroke="{GREY}"/>',
                      f'<text x="{left + PANEL / 2}" y="{HEIGHT - 12}" text-anchor="middle" {FONT}>'
                      f'{across}</text>',
                      f'<text x="{left - 36}" y="{TOP - 6}" {FONT}>{up}</text>']
        for share in (0, 0.5, 1):
            self.parts.append(f'<text x="{left - 6}" y="{self.y(share * height) + 4:.1f}" '
                              f'text-anchor="end" {FONT}>{share * height:.0f}</text>')

    def x(self, value):
        return self.left + PANEL * value / self.x_max

    def y(self, value):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * min(value, self.y_max) / self.y_max

    def dots(self, points, colour, radius=3):
        self.parts += [f'<circle cx="{self.x(px):.1f}" cy="{self.y(py):.1f}" r="{radius}" '
                       f'fill="{colour}"/>' for px, py in points]

    def level(self, value, colour, text):
        at = self.y(value)
        self.parts.append(f'<path d="M{self.left} {at:.1f}H{self.left + PANEL}" stroke="{colour}" '
                          f'stroke-dasharray="4"/><text x="{self.left + 4}" y="{at - 4:.1f}" '
                          f'fill="{colour}" {FONT}>{text}</text>')


def svg(fair, aged, ageing_seconds):
    """What loadtest/fairness measured."""
    count = len(fair["alone_ms"])
    top = 1.3 * max(fair["bound_ms"], *fair["crowded_ms"])
    waits = Panel(LEFT, count + 1, top, "a user's single jobs: alone, beside 10,000 of another's",
                  "job", "wait, ms")
    waits.dots(enumerate(fair["alone_ms"], 1), BLUE)
    waits.dots(enumerate(fair["crowded_ms"], 1), RED)
    waits.level(fair["bound_ms"], GREY, "bound")
    last = max(begun for _, begun in aged["high"])
    turn = Panel(LEFT + PANEL + 70, max(at for at, _ in aged["high"]), last,
                 "priority 1 keeps coming; priority 0 came at 0 s", "came after, s", "began, s")
    turn.dots(aged["high"], BLUE, 1.5)
    turn.dots([(0, aged["low_wait_s"])], RED, 5)
    turn.level(aged["promised_s"], GREY,
               f"those of the first {ageing_seconds} s have begun")
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
                      f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
                      *waits.parts, *turn.parts, "</svg>"]) + "\n"
