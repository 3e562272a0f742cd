"""The parts of one simulated puck, on the wires that its board names.

Each is given its piece of the world, and its own seeded faults of manufacture. It must
never look into the firmware.
"""

import faults
from chips.button import press
from chips.drv2605l import DRV2605L
from chips.ds3231 import DS3231
from chips.i2s_microphone import I2SMicrophone, LoopedSound
from chips.lis3dh import LIS3DH
from chips.loudspeaker import USUAL_CDB, Loudspeaker
from chips.max30102 import MAX30102
from chips.max98357a import MAX98357A
from chips.sht4x import SHT4x
from chips.veml7700 import VEML7700
from chips.ws2812 import WS2812
from emitted import Logs
from table import table
from world import Room, Stream

from hw import actuators, pins

_LIGHT_BYTES = 12  # red, infrared, ambient: int32
_ACCELERATION_BYTES = 6  # x, y, z: int16
# Parts that cannot be asked, and by what of them something comes out.
_MUTE = {"ring": "emit", "amplifier": "play"}


class Parts:
    """The chips of the puck in `folder`, whose world is `world`, `start_us` after its start.

    `pulse`, `motion`, `light`, `climate`, `clock` and `haptic` hang on I2C; `microphone`,
    `amplifier`, `ring` and the button on wires of their own.
    """

    def __init__(self, folder: str, world: dict, start_us: int):
        self._folder = folder
        self._world = world
        self._start_us = start_us
        logs = Logs(folder, start_us)
        self._make_pod()
        self._make_bedside()
        self._make_sound(logs.sound_path)
        self.ring = WS2812(
            table.net(pins.RING_DATA), table.net(pins.RING_SUPPLY), actuators.RING_LIGHTS
        )
        logs.attach(self.ring, self.amplifier, self.haptic, actuators.RING_LIGHTS)
        table.net(pins.BUTTON).drive(1)
        pod, bedside = pins.POD_BUS, pins.BEDSIDE_BUS
        self._on_i2c = {
            "pulse": (pod, self.pulse),
            "motion": (pod, self.motion),
            "light": (bedside, self.light),
            "climate": (bedside, self.climate),
            "clock": (bedside, self.clock),
            "haptic": (bedside, self.haptic),
        }

    def connect(self, missing: tuple) -> None:
        """Put every chip on its bus, but for the names in `missing`."""
        for name, (bus, chip) in self._on_i2c.items():
            if name not in missing:
                table.connect(bus, chip.ADDRESS, chip)

    def harm(self, name: str, kind: str, from_us: int = 0, to_us: int = 0) -> None:
        """Part `name` has the fault `kind` (faults.py) from `from_us` on, until `to_us` if that is
        not 0. ValueError if there is no such fault.
        """
        span_us = from_us, to_us
        seed = self._world["seed"]
        if name == "microphone" and kind in faults.MICROPHONE_KINDS:
            faults.MicrophoneFault(self.microphone, kind, span_us, seed)
        elif name == "button" and kind == "stuck":
            faults.hold(table.net(pins.BUTTON), span_us)
        elif name in _MUTE and kind == "absent":
            faults.Unplugged(getattr(self, name), _MUTE[name], span_us)
        elif name in self._on_i2c and kind in faults.CHIP_KINDS:
            bus, chip = self._on_i2c[name]
            fault = faults.CHIP_KINDS[kind](bus, chip, _wires(bus), span_us, seed)
            self._on_i2c[name] = bus, fault
        else:
            raise ValueError("no fault %s of %s; %s" % (kind, name, self._choice()))

    def _choice(self):
        """What `harm` can be asked for, in words."""
        on_i2c, kinds = ", ".join(sorted(self._on_i2c)), ", ".join(sorted(faults.CHIP_KINDS))
        others = ", ".join(faults.MICROPHONE_KINDS)
        words = on_i2c, kinds, others
        return (
            "of %s: %s; of microphone: %s; of button: stuck; of ring and amplifier: absent" % words
        )

    def press(self, at_us: int, held_us: int) -> None:
        """Somebody presses the button."""
        press(table.net(pins.BUTTON), at_us, held_us, self._world["seed"])

    def settle(self) -> None:
        """The logs know all that was emitted until now."""
        self.ring.tell()
        self.haptic.tell()
        self.amplifier.tell()

    def let_go(self) -> None:
        """The processor drives nothing any more: pull-downs hold ring, amplifier, haptics off."""
        for gpio in (pins.RING_SUPPLY, pins.HAPTIC_ENABLE, pins.AMPLIFIER_SHUTDOWN):
            table.net(gpio).drive(0)

    def _make_pod(self):
        seed = self._world["seed"]
        light = self._stream("light", _LIGHT_BYTES)
        shaking = self._stream("accel", _ACCELERATION_BYTES)
        line = table.net(pins.PULSE_INTERRUPT)
        self.pulse = MAX30102(light, line, self._rate_ppm("max30102"), seed)
        line = table.net(pins.MOTION_INTERRUPT)
        self.motion = LIS3DH(shaking, line, self._rate_ppm("lis3dh"), seed)

    def _make_bedside(self):
        self._room = Room(self._folder + "/room.bin", self._start_us)
        self.light = VEML7700(self._room.light_mlx)
        self.climate = SHT4x(self._room.climate, self._world["seed"])
        start_s = self._world["start_s"] + self._start_us // 1000000
        self.clock = DS3231(start_s, self._rate_ppm("ds3231"))
        self.haptic = DRV2605L(table.net(pins.HAPTIC_ENABLE))

    def _make_sound(self, spool):
        self.amplifier = MAX98357A(table.net(pins.AMPLIFIER_SHUTDOWN), spool)
        speaker = Loudspeaker(self.amplifier, self._pillow_cdb())
        loop_cdb = self._world["sound_loop_cdb"]
        sound = LoopedSound(self._folder + "/sound.bin", loop_cdb, self._room.level_cdb)
        self.microphone = I2SMicrophone(sound, self._world["seed"], speaker)
        table.i2s[pins.MICROPHONE_I2S] = self.microphone
        table.i2s[pins.AMPLIFIER_I2S] = self.amplifier

    def _stream(self, name, frame_bytes):
        path = "%s/%s.bin" % (self._folder, name)
        return Stream(path, frame_bytes, self._world["rate_hz"], self._start_us)

    def _pillow_cdb(self):
        speaker = self._world["chips"].get("speaker")
        return speaker["pillow_cdb"] if speaker else USUAL_CDB

    def _rate_ppm(self, chip):
        return self._world["chips"][chip]["rate_ppm"]


def _wires(bus):
    """SCL and SDA of a bus."""
    if bus == pins.POD_BUS:
        return table.net(pins.POD_SCL), table.net(pins.POD_SDA)
    return table.net(pins.BEDSIDE_SCL), table.net(pins.BEDSIDE_SDA)
