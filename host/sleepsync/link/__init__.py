"""The desktop's end of the radio link to a puck.

`frames` is what goes over it, `client` a puck that is connected, `finding` which one and through
which radio, `commands` what a person types. It must never hold a night's figure of its own: what
it shows, the puck has said.
"""
