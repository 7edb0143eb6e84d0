"""How much faster than a peer each of our models is to be, on series of one frequency."""

from typing import NamedTuple


class Target(NamedTuple):
    model: str
    frequency: str
    peer: str
    ratio: float  # CPU time of the peer / ours, at least
    series: int | None = None  # at most so many: the peer takes seconds for each


TARGETS = [
    Target("theta", "Monthly", "statsforecast", 10),
    Target("theta", "Monthly", "anofox", 1),
    Target("auto_theta", "Monthly", "statsforecast", 15),
    Target("auto_theta", "Monthly", "anofox", 1),
    Target("ets", "Monthly", "statsforecast", 10),
    Target("ets", "Hourly", "statsforecast", 10, 5),
    Target("arima", "Yearly", "statsforecast", 20),
    Target("arima", "Yearly", "anofox", 1),
    Target("arima", "Monthly", "statsforecast", 20, 20),
    Target("arima", "Daily", "statsforecast", 20, 5),
    Target("ces", "Monthly", "statsforecast", 5),
    Target("mstl", "Monthly", "statsforecast", 8),
    Target("scum", "Monthly", "statsforecast", 18, 10),
    Target("prophet", "Monthly", "prophet", 20),
]
