"""What somebody does with the puck in a night for which nothing else is asked: the hands that
press its button and type at its console, so that its report shows what the governor does.
"""

# At so many seconds: a line for the console.
LINES = [
    "60:import puck",
    "70:puck.allow('wind-down')",
    "120:puck.ask('evening')",  # which ends by itself when they sleep
    "7200:puck.ask('evening')",  # asleep: refused
]
# At so many seconds, for so many ms: the consent is given by hand; lamp on, lamp off, at night.
PRESSES = ["80:6500", "10800:2400", "10990:120"]
