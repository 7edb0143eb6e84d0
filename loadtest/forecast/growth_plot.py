"""An SVG of how time and memory grow with the number of series, on logarithmic axes."""

import math

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 60, 40, 50
FONT = 'font-family="sans-serif" font-size="12"'
LINES = [("cpu_seconds", "CPU seconds", "#1f5fa8"), ("peak_mb", "peak memory, MB", "#b5462f")]


def decades(values):
    """The powers of ten around the values."""
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return list(range(first, max(last, first + 1) + 1))


def svg(rows, title):
    """`rows` have series, cpu_seconds and peak_mb, all above 0."""
    rows = sorted(rows, key=lambda row: row["series"])
    across = decades([row["series"] for row in rows])
    up = decades([row[key] for row in rows for key, _, _ in LINES])

    def x(value):
        share = (math.log10(value) - across[0]) / (across[-1] - across[0])
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(value):
        share = (math.log10(value) - up[0]) / (up[-1] - up[0])
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             f'<text x="{LEFT}" y="22" {FONT}>{title}</text>']
    for power in across:
        at = x(10 ** power)
        parts.append(f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
                     f'<text x="{at:.1f}" y="{HEIGHT - 30}" text-anchor="middle" {FONT}>'
                     f'{10 ** power:,}</text>')
    for power in up:
        at = y(10 ** power)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
                     f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end" {FONT}>'
                     f'{10 ** power:,}</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 10}" text-anchor="middle" {FONT}>series'
                 '</text>')
    for number, (key, name, colour) in enumerate(LINES):
        points = [(x(row["series"]), y(row[key])) for row in rows]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{colour}"/>'
                  for px, py in points]
        parts.append(f'<text x="{LEFT + 12}" y="{TOP + 18 + 18 * number}" fill="{colour}" {FONT}>'
                     f'{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
