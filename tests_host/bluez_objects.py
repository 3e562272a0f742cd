"""Objects on a bus, with the properties and signals that BlueZ's have."""

from dbus_fast import Message, MessageType, Variant

ADAPTER, DEVICE = "org.bluez.Adapter1", "org.bluez.Device1"
SERVICE, CHARACTERISTIC = "org.bluez.GattService1", "org.bluez.GattCharacteristic1"
DESCRIPTOR, AGENTS = "org.bluez.GattDescriptor1", "org.bluez.AgentManager1"
PROPERTIES, OBJECTS = "org.freedesktop.DBus.Properties", "org.freedesktop.DBus.ObjectManager"

TYPES = {
    **dict.fromkeys(("Address", "AddressType", "Name", "Alias", "PowerState", "Modalias"), "s"),
    **dict.fromkeys(("Powered", "Discoverable", "Pairable", "Discovering", "Paired"), "b"),
    **dict.fromkeys(("Bonded", "Trusted", "Blocked", "LegacyPairing", "Connected"), "b"),
    **dict.fromkeys(("ServicesResolved", "Primary", "Notifying"), "b"),
    **dict.fromkeys(("Class", "DiscoverableTimeout", "PairableTimeout"), "u"),
    **dict.fromkeys(("Adapter", "Device", "Service", "Characteristic"), "o"),
    **dict.fromkeys(("UUIDs", "Roles", "Flags"), "as"),
    **dict.fromkeys(("Handle", "MTU"), "q"),
    **{"UUID": "s", "Includes": "ao", "RSSI": "n", "Value": "ay", "ManufacturerData": "a{qv}"},
}


class BusError(Exception):
    """What a caller is told: org.bluez.Error.`name`."""

    def __init__(self, name, text=""):
        super().__init__(text)
        self.name = name if "." in name else f"org.bluez.Error.{name}"


class Tree:
    """Objects with their properties, and the signals when they change."""

    def __init__(self):
        self.objects = {}  # {path: {interface: {property: value}}}
        self.bus = None

    def add(self, path, interface, **values):
        self.objects.setdefault(path, {})[interface] = values
        body = [path, {interface: typed(values)}]
        self._signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", body)

    def remove(self, path):
        """This object and what is below it."""
        for each in sorted(self.objects, reverse=True):
            if each == path or each.startswith(f"{path}/"):
                body = [each, list(self.objects.pop(each))]
                self._signal("/", OBJECTS, "InterfacesRemoved", "oas", body)

    def put(self, path, interface, **values):
        if path in self.objects:
            self.objects[path][interface].update(values)
            body = [interface, typed(values), []]
            self._signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)

    def values(self, path, interface):
        found = self.objects.get(path, {}).get(interface)
        if found is None:
            raise BusError("org.freedesktop.DBus.Error.UnknownObject", f"{path} {interface}")
        return found

    def _signal(self, path, interface, member, signature, body):
        self.bus.send(
            Message(
                message_type=MessageType.SIGNAL,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )


def typed(values):
    return {name: Variant(TYPES[name], value) for name, value in values.items()}
