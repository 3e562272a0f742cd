"""A replay makes again what the rituals asked for: what led to nothing, or what kept silent, is
found.
"""

import pytest
from sleepsync.breaches.pages import closed, opened, places
from sleepsync.paths import records
from sleepsync.replay.explained import explain
from sleepsync.simulate import journals, run_puck

WAKING = 4  # Request.rule
CALL, ALARM = 12, 11  # scenes


@pytest.fixture(scope="module")
def rung(short_world, tmp_path_factory):
    """The journal of a nap that rang by both rungs of its ladder, and was stopped."""
    folder = tmp_path_factory.mktemp("nap")
    for path in short_world.iterdir():
        (folder / path.name).symlink_to(path)
    run_puck(folder, type=["20:import puck", "30:puck.nap(2)"], press="300:2500")
    return journals(folder)[-1]


def led(path, rung, change):
    """What is found of the rituals in the night after `change` of its rows."""
    rows = opened(rung.read_bytes())
    change(rows)
    (path / rung.name).write_bytes(closed(rows))
    return [
        finding.words for finding in explain(path / rung.name).findings if finding.kind == "led"
    ]


def asked(rows, scene):
    (at,) = places(rows, lambda row: row.layout is records.REQUEST and row.one.scene == scene)
    return at


def test_a_night_that_rituals_led_is_explained_with_their_reasons(rung):
    explained = explain(rung)
    assert explained.findings == []
    by_name = {request.what: request for request in explained.requests}
    assert set(by_name) == {"call", "alarm"}
    assert by_name["call"].because == "the alarm's time has come"
    assert [name for _, name in explained.states if name == "waking"]


def test_an_alarm_that_kept_silent_is_found(rung, tmp_path):
    def silent(rows):
        told = records.REQUEST, records.ACT, records.EMITTED
        rows[:] = [row for row in rows if row.layout not in told]

    assert f"scene {CALL} was wanted, and is not asked for" in led(tmp_path, rung, silent)


def test_what_nothing_led_to_is_found(rung, tmp_path):
    def never_set(rows):
        del rows[
            places(
                rows,
                lambda row: row.layout is records.EVENT and row.one.kind == records.ALARM_SET,
            )[0]
        ]

    assert led(tmp_path, rung, never_set)[0] == "nothing of the night led to request 1"


def test_another_scene_than_was_wanted_is_found(rung, tmp_path):
    def louder(rows):
        at = asked(rows, CALL)
        rows[at] = rows[at].but(scene=ALARM)

    assert (
        led(tmp_path, rung, louder)[0] == f"the night led to scene {CALL}, and request 1 is another"
    )


def test_what_comes_before_its_time_is_found(rung, tmp_path):
    def later(rows):
        (at, *_) = places(
            rows, lambda row: row.layout is records.EVENT and row.one.kind == records.ALARM_SET
        )
        rows[at] = rows[at].but(value=rows[at].one.value + 1000)

    assert led(tmp_path, rung, later)[0] == "nothing of the night led to request 1"
