"""Hands over to the firmware."""

from firmware import app

app.run()
