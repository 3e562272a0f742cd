"""What somebody does with the puck in a night for which nothing else is asked: the hands that
press its button and type at its console, so that its report shows a whole evening, night and
morning.
"""

# At so many seconds: a line for the console.
LINES = [
    "60:import puck",
    "70:puck.allow('wind-down', 7)",
    "90:puck.allow('sunrise', 7)",
    "110:puck.allow('early', 7)",
    "130:puck.allow('relief', 7)",
    "150:puck.set('evening', 2)",
    "160:puck.alarm('06:40')",
    "5400:puck.ask('evening')",  # asleep: refused
]
# At so many seconds, for so many ms. Each consent is given by hand; lamp on, and on to the way to
# sleep; lamp on, lamp off, at night; in the morning a rest, and the end of the alarm.
PRESSES = [
    *("78:6500", "98:6500", "118:6500", "138:6500"),
    *("180:2400", "200:2400"),
    *("10800:2400", "10990:120"),
    *("27150:120", "27780:2500"),
]
