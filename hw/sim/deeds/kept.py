"""What lies in NVS under power cuts: settings, alarms, bonds, the counters of boot.py."""

from deeds.deed import Deed, demand

_ZONES = "UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "NST3:30NDT,M3.2.0,M11.1.0"
_ALARM = 1 << 18 | 127 << 11  # an alarm on all days, as far as keep/settings.py asks

_WRITES = 53  # for each setting, of a partition that has 630 entries and keeps a page free


class Settings(Deed):
    """Everything that can be set, again and again: numbers, text, alarms."""

    def prepare(self):
        """Each setting once, of a puck that has run for long, and bytes of another room."""
        self._values = live_long()
        kept("alarm").save(b"an alarm that is armed")

    def act(self):
        """Set them all to something else, one after the other."""
        self._now, self._next = dict(self._values), None
        its = settings()
        for turn in (1, 2):
            for name, value in self.round(turn):
                self._next = name, value
                its.set(name, value)
                self._now[name], self._next = value, None

    def check(self):
        """Each is the old one or the new one, and all others are as they were."""
        its = settings()
        for name, value in self._now.items():
            found = its.get(name)
            may_be = (value, self._next[1]) if self._next and self._next[0] == name else (value,)
            demand(found in may_be, name, "is", found, "and not", may_be)
        demand(kept("alarm").load() == b"an alarm that is armed", "the alarm")
        its.set("early", 17)
        demand(settings().get("early") == 17, "it cannot be set any more")

    @staticmethod
    def round(turn: int):
        """[(setting, value)] of all, others in each turn."""
        yield "evening", turn
        yield "bedtime", 1320 + turn
        yield "zone", _ZONES[turn]
        for number in range(1, 9):
            yield "alarm%d" % number, _ALARM | (360 + 10 * number + turn)


class Standing(Deed):
    """What outlives a night: consents and the off switch, and the alarm that is armed."""

    _NAMES = "standing", "alarm"

    def prepare(self):
        """Both once, of a puck that has run for long."""
        self._beside = live_long()
        for name in self._NAMES:
            kept(name).save(_bytes(name, 0))

    def act(self):
        """Both again and again, longer and shorter."""
        self._may_be = {name: [_bytes(name, 0)] for name in self._NAMES}
        for turn in range(1, 40):
            for name in self._NAMES:
                self._may_be[name].append(_bytes(name, turn))
                kept(name).save(_bytes(name, turn))
                self._may_be[name] = self._may_be[name][-1:]

    def check(self):
        """Each is whole: what was saved last, or what was there before."""
        lasts(self._beside)
        for name in self._NAMES:
            demand(kept(name).load() in self._may_be[name], name, kept(name).load())
            kept(name).save(b"afterwards")
            demand(kept(name).load() == b"afterwards", name, "cannot be saved any more")


class Bonds(Deed):
    """Three phones are bonded, one is forgotten, another takes its place, one pairs anew."""

    def prepare(self):
        """One owner who must never be lost, of a puck that has run for long."""
        self._beside = live_long()
        pair(bonds(), 1, 100)

    def act(self):
        """The others come and go."""
        its = bonds()
        self._sure, self._maybe = {1: 100}, {1: (100,)}
        for number, since_s in ((2, 200), (3, 300), (2, 0), (4, 400), (3, 350), (5, 500)):
            was = self._sure.get(number)
            self._maybe[number] = was, since_s or None
            if since_s:
                pair(its, number, since_s)
            else:
                its.forget(next(place for place, bond in its.rows() if bond.since_s == was))
            self._sure[number] = since_s or None
            self._maybe[number] = (since_s or None,)

    def check(self):
        """Each owner is whole, with his own secrets, and nobody else is one."""
        lasts(self._beside)
        found = {}
        for _, bond in bonds().rows():
            found[bond.address[1]] = bond.since_s
            demand(bond.secrets == secrets(bond.address[1], bond.since_s), "secrets of", found)
        for number in range(1, 6):
            may_be = self._maybe.get(number, (None,))
            demand(found.get(number) in may_be, "owner", number, found.get(number), may_be)


class Boots(Deed):
    """The counters and the last words of boot.py, for as long as a page of NVS lasts and more."""

    def prepare(self):
        """Eight crashes that are kept, of a puck that has run for long."""
        self._beside = live_long()
        self._lines = "\n".join(["boot %d, slot a: %s" % (i, "x" * 60) for i in range(8)])
        _set(boots=7, bad=0, crashes=self._lines)

    def act(self):
        """Starts that are counted, each bad, and then good."""
        self._boots = 7
        for boots in range(8, 40):
            self._next = boots
            _set(boots=boots, bad=1)
            if boots % 6 == 0:
                _set(crashes=self._lines + "!" * boots)
            _set(bad=0)
            self._boots = boots

    def check(self):
        """No start is forgotten, and the crashes can be read."""
        lasts(self._beside)
        found = _number("boots")
        demand(found in (self._boots, self._next), "boots", found, "of", self._boots)
        demand(_number("bad") in (0, 1), "bad", _number("bad"))
        demand(_crashes().startswith(self._lines), "crashes", _crashes())


def live_long() -> dict:
    """Set everything, and in between let NVS write so much that its pages are nearly used up, each
    with something on it that lasts: soon one must be freed. {setting: value}.
    """
    from esp32 import NVS

    values = {}
    for name, value in Settings.round(0):
        settings().set(name, value)
        values[name] = value
        for writes in range(_WRITES):
            NVS("puck").set_i32("written", writes)
    return values


def lasts(values: dict) -> None:
    """Demand that all settings are what `live_long` has set."""
    its = settings()
    for name, value in values.items():
        demand(its.get(name) == value, name, "is", its.get(name), "and not", value)


def settings():
    """The firmware's own, with an empty memory."""
    from firmware.keep.settings import Settings
    from hw import storage

    return Settings(storage.Settings())


def kept(name: str):
    """Bytes under a name, as storage keeps them."""
    from hw import storage

    return storage.Kept(name)


def bonds():
    """The firmware's own, as they are kept."""
    from firmware.keep.bonds import Bonds
    from hw import storage

    return Bonds(storage.bonds())


def pair(its, number: int, since_s: int) -> None:
    """A phone is paired, and a person has confirmed it."""
    from firmware.keep.bonds import OURS, PEERS

    address = bytes((0, number, 0, 0, 0, 0, 7))
    for kind, secret in zip((OURS, PEERS), secrets(number, since_s)):
        its.set_secret(kind, address, secret)
    demand(its.confirm(since_s) == address, "phone", number, "cannot be paired")


def secrets(number: int, since_s: int) -> list:
    """What the stack made for a phone: 88 bytes each, as NimBLE's, of Secure Connections."""
    return [
        bytes(16) + bytes(8) + bytes([number, since_s & 255, which] * 22)[:64] for which in (1, 2)
    ]


def _bytes(name, turn):
    return bytes([len(name), turn]) * (3 + turn % 9)


def _set(**values):
    from esp32 import NVS

    nvs = NVS("puck")
    for key in values:
        put = nvs.set_blob if isinstance(values[key], str) else nvs.set_i32
        put(key, values[key])
    nvs.commit()


def _number(key):
    from esp32 import NVS

    return NVS("puck").get_i32(key)


def _crashes():
    from esp32 import NVS

    blob = bytearray(2000)
    return bytes(blob[: NVS("puck").get_blob("crashes", blob)]).decode()
