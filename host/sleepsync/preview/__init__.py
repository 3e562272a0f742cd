"""A scene before it is on a puck: rendered by the puck's own code, seen and heard on a desktop.

It must never render a scene itself, nor show what no actuator was sent.
"""
