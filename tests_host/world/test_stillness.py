"""How long real people lie still: the figure that the live score's hour rests on."""

import pytest
from sleepsync.bench import recovered


def person(folder, counts):
    rows = [f"{i / 120:.6f},0.5,{count},0,1" for i, count in enumerate(counts)]
    head = "time_h,hr_feature,count_feature,cosine_feature,stage"
    folder.joinpath("1.csv").write_text("\n".join([head, *rows]) + "\n")


@pytest.mark.parametrize(
    ("counts", "minutes"),
    [
        ([0, 0, 1, 0, 0, 0, 2], 1.5),
        ([0, 0, 0, 0, 3, 0], 2.0),
        ([1, 0.5, 0, 0, 0, 0, 0], 2.5),
        ([0] * 9, 4.5),
        ([1, 1, 1], 0.0),
    ],
)
def test_the_longest_run_without_a_count_is_found(tmp_path, monkeypatch, counts, minutes):
    person(tmp_path, counts)
    monkeypatch.setattr(recovered, "people", lambda: [tmp_path / "1.csv"])
    longest, within = recovered.stillness()
    assert longest.value == minutes
    assert (within.value, within.unit) == (1, "of_1")


def test_an_hour_still_is_an_hour(tmp_path, monkeypatch):
    monkeypatch.setattr(recovered, "people", lambda: [tmp_path / "1.csv"])
    for epochs, within in ((119, 1), (120, 0)):
        person(tmp_path, [1, *[0] * epochs])
        assert [figure.value for figure in recovered.stillness()] == [epochs / 2, within]
