"""What the room could do better before bed, by what was measured in it.

A pure step, loaded when somebody asks. It must never advise by what is not known, nor act by it.
"""

from micropython import const

# Limits. Warmth and dryness are general sleep hygiene, from memory: check before relying on them.
WARM_CDEG = const(2100)  # 21 degrees: above it a body cools less well, as it does falling asleep
COLD_CDEG = const(1600)  # 16 degrees: below it people wake of cold hands and feet
BRIGHT_MLX = const(10000)  # 10 lx: what is advised of melanopic light in the last hours before bed
LOUD_DDB = const(300)  # 30 dBA: WHO's guideline for bedrooms, as a mean of the night
HEARD_DDB = const(50)  # by which the puck's own microphone may hear itself above that
DRY_PCT = const(30)  # below it noses and throats dry out

# Kinds: (name, what stands behind the figure, how many of its units are one).
TOO_WARM, TOO_COLD, BRIGHT, LOUD, DRY = range(5)
KINDS = (
    ("too warm", "C", 100),
    ("too cold", "C", 100),
    ("bright", "lx", 1000),
    ("loud", "dBA", 10),
    ("dry", "%", 1),
)


def advice(light_mlx, temperature_cdeg, humidity_pct, level_ddb) -> list:
    """[(kind, measured, limit)] of the room's latest values, each None if unknown."""
    found = []
    if temperature_cdeg is not None and temperature_cdeg > WARM_CDEG:
        found.append((TOO_WARM, temperature_cdeg, WARM_CDEG))
    if temperature_cdeg is not None and temperature_cdeg < COLD_CDEG:
        found.append((TOO_COLD, temperature_cdeg, COLD_CDEG))
    if light_mlx is not None and light_mlx > BRIGHT_MLX:
        found.append((BRIGHT, light_mlx, BRIGHT_MLX))
    if level_ddb is not None and level_ddb > LOUD_DDB + HEARD_DDB:
        found.append((LOUD, level_ddb, LOUD_DDB))
    if humidity_pct is not None and humidity_pct < DRY_PCT:
        found.append((DRY, humidity_pct, DRY_PCT))
    return found
