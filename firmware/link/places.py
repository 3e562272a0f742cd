"""Where the characteristics stand among the handles that services.py gets of the stack."""

LINK, REQUEST, RESPONSE, LIVE, RATE, PLACE, TEMPERATURE, HUMIDITY, LIGHT, NOISE, TIME = range(11)
STAGE, SUMMARY, FEATURES = range(11, 14)
