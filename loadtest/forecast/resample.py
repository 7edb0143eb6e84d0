"""As many series as wanted, drawn with replacement from those of one frequency."""

import numpy as np

NOISE = 0.01  # relative; no two series are alike, so that no fit of one serves another


def write(dataset, count, path, seed=1):
    """A CSV with unique_id, ds and y of `count` series, each a drawn one on a scale of its own."""
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(dataset.meta), count)
    ids = dataset.meta.unique_id.to_numpy()
    dates = {key: group.ds.tolist()
             for key, group in dataset.train.groupby("unique_id", sort=False)}
    with open(path, "w") as file:
        file.write("unique_id,ds,y\n")
        for number, source in enumerate(drawn):
            past = dataset.past[ids[source]]
            scale = np.exp(random.normal())
            values = past * scale * (1 + NOISE * random.normal(size=len(past)))
            file.writelines(f"S{number:06},{date},{value:.7g}\n"
                            for date, value in zip(dates[ids[source]], values))
