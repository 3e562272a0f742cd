"""org.bluez on a bus of a test's own, over a Bumble central: for clients that know nothing of it.

bleak's BlueZ backend and Chromium's Web Bluetooth speak to it as to bluetoothd. It has that one's
manners as far as these two meet them: agents by their sender, bonds, resolvable addresses, security
raised by what GATT answers, ATT errors under BlueZ's names, notifications for each client, clients
that vanish. What it has not: AcquireWrite and AcquireNotify, classic Bluetooth, being a peripheral.
"""

import asyncio
import logging
from contextlib import asynccontextmanager

from bluez_objects import (
    ADAPTER,
    AGENTS,
    CHARACTERISTIC,
    DESCRIPTOR,
    DEVICE,
    SERVICE,
    TYPES,
    BusError,
    Tree,
    typed,
)
from bumble.core import AdvertisingData, BaseBumbleError, ProtocolError
from bumble.device import Peer
from bumble.pairing import PairingConfig, PairingDelegate
from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from sleepsync.link.backend import uuid_text, uuids_of

HCI = "/org/bluez/hci0"
NO_INPUT_NO_OUTPUT = 3
CAPABILITIES = ("DisplayOnly", "DisplayYesNo", "KeyboardOnly", "NoInputNoOutput", "KeyboardDisplay")
FLAGS = ("broadcast", "read", "write-without-response", "write", "notify", "indicate")
HIDDEN = ("00001800", "00001801")  # services that bluetoothd keeps to itself
PAIRING_S = 40

UNPAIRED = (0x05, 0x0C, 0x0F)  # authentication, key size, encryption are insufficient
# As create_gatt_dbus_error() in BlueZ's src/gatt-client.c has it; all else is Failed.
ERRORS = {
    0x02: ("NotPermitted", "Read not permitted"),
    0x03: ("NotPermitted", "Write not permitted"),
    0x06: ("NotSupported", "Operation is not supported"),
    0x07: ("InvalidArguments", "Invalid offset"),
    0x08: ("NotAuthorized", "Operation Not Authorized"),
    0x0D: ("InvalidArguments", "Invalid Length"),
    **dict.fromkeys(UNPAIRED, ("NotPermitted", "Not paired")),
}

log = logging.getLogger("fake_bluez")


class Agent:
    """Who asks a person: a client of the bus, an object of it, and what it can do."""

    def __init__(self, sender, path, capability):
        self.sender, self.path = sender, path
        self.capability = CAPABILITIES.index(capability or "KeyboardDisplay")


class Asks(PairingDelegate):
    """Hands Bumble's questions to an agent; without one there is nobody to ask."""

    def __init__(self, bluez, agent, path):
        number = agent.capability if agent else NO_INPUT_NO_OUTPUT
        super().__init__(PairingDelegate.IoCapability(number))
        self._bluez, self._agent, self._path = bluez, agent, path

    async def get_number(self):
        reply = await self._ask("RequestPasskey", "o")
        return reply[0] if reply is not None else None

    async def compare_numbers(self, number, digits):
        return await self._ask("RequestConfirmation", "ou", number) is not None

    async def _ask(self, member, signature, *words):
        message = Message(
            destination=self._agent.sender,
            path=self._agent.path,
            interface="org.bluez.Agent1",
            member=member,
            signature=signature,
            body=[self._path, *words],
        )
        reply = await self._bluez.bus.call(message)
        return None if reply.message_type == MessageType.ERROR else reply.body


class FakeBlueZ(Tree):
    """`central`: a Bumble device that is powered on. `calls`: what was called, in order."""

    def __init__(self, central):
        super().__init__()
        self.central = central
        self.calls = []
        self._agents = {}  # {sender: Agent}
        self._default = None
        self._scanning = set()  # senders
        self._addresses = {}  # {path of a device: where it was last heard}
        self._connections = {}  # {path of a device: connection}
        self._attributes = {}  # {path: (path of the device, Bumble's proxy)}
        self._listening = {}  # {path of a characteristic: senders}
        self.tasks = set()

    async def start(self, address):
        self.bus = await MessageBus(bus_type=BusType.SYSTEM, bus_address=address).connect()
        self.bus.add_message_handler(self._heard)
        self.objects["/org/bluez"] = {AGENTS: {}}
        self._add_adapter()
        await self._watch_clients()
        await self.bus.request_name("org.bluez")
        self.central.on("advertisement", self._advertised)
        self.central.pairing_config_factory = self._pairing

    def _add_adapter(self):
        self.objects[HCI] = {
            ADAPTER: {
                **{"Address": plain(self.central.random_address), "AddressType": "public"},
                **{"Name": "fake", "Alias": "fake", "Class": 0, "Powered": True},
                **{"PowerState": "on", "Discoverable": False, "DiscoverableTimeout": 0},
                **{"Pairable": True, "PairableTimeout": 0, "Discovering": False, "UUIDs": []},
                **{"Modalias": "usb:v1D6Bp0246d0542", "Roles": ["central"]},
            }
        }

    # -- who calls

    async def _watch_clients(self):
        rule = "type='signal',member='NameOwnerChanged'"
        message = Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="AddMatch",
            signature="s",
            body=[rule],
        )
        await self.bus.call(message)

    def _heard(self, message):
        if message.message_type == MessageType.SIGNAL and message.member == "NameOwnerChanged":
            name, _, owner = message.body
            if not owner:
                self._later(self._vanished(name))
        is_call = message.message_type == MessageType.METHOD_CALL
        if is_call and message.interface.rsplit(".", 1)[-1] not in ("Peer", "Introspectable"):
            self._later(self._serve(message))
            return True
        return None

    async def _vanished(self, sender):
        """What a client had asked for ends with it."""
        self._forget_agent(sender)
        if sender in self._scanning:
            await self.Adapter1_StopDiscovery(HCI, sender)
        for path, senders in self._listening.items():
            if sender in senders:
                await self.GattCharacteristic1_StopNotify(path, sender)

    def _later(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _serve(self, message):
        interface = message.interface.rsplit(".", 1)[-1]
        self.calls.append((interface, message.member))
        try:
            signature, body = await self._call(message, interface)
            reply = Message.new_method_return(message, signature, body)
        except BusError as error:
            log.info("%s.%s: %s %s", interface, message.member, error.name, error)
            reply = Message.new_error(message, error.name, str(error))
        except Exception as error:
            log.exception("%s.%s", interface, message.member)
            reply = Message.new_error(message, "org.bluez.Error.Failed", repr(error))
        self.bus.send(reply)

    async def _call(self, message, interface):
        method = getattr(self, f"{interface}_{message.member}", None)
        if method is None:
            raise BusError("org.freedesktop.DBus.Error.UnknownMethod", message.member)
        if interface not in ("Properties", "ObjectManager"):
            self.values(message.path, message.interface)  # or there is no such object
        reply = await method(message.path, message.sender, *message.body)
        return reply or ("", [])

    async def ObjectManager_GetManagedObjects(self, path, sender):
        found = {
            each: {name: typed(values) for name, values in interfaces.items()}
            for each, interfaces in self.objects.items()
        }
        return "a{oa{sa{sv}}}", [found]

    async def Properties_GetAll(self, path, sender, interface):
        return "a{sv}", [typed(self.values(path, interface))]

    async def Properties_Get(self, path, sender, interface, name):
        values = self.values(path, interface)
        if name not in values:
            raise BusError("org.freedesktop.DBus.Error.InvalidArgs", name)
        return "v", [Variant(TYPES[name], values[name])]

    async def Properties_Set(self, path, sender, interface, name, value):
        self.values(path, interface)
        self.put(path, interface, **{name: value.value})

    # -- agents and pairing

    async def AgentManager1_RegisterAgent(self, path, sender, agent, capability):
        self._agents[sender] = Agent(sender, agent, capability)

    async def AgentManager1_RequestDefaultAgent(self, path, sender, agent):
        self._default = self._agents[sender]

    async def AgentManager1_UnregisterAgent(self, path, sender, agent):
        if sender not in self._agents:
            raise BusError("DoesNotExist", "Does Not Exist")
        self._forget_agent(sender)

    def _forget_agent(self, sender):
        if self._default is self._agents.pop(sender, None):
            self._default = None

    async def Device1_Pair(self, path, sender):
        if self.values(path, DEVICE)["Paired"]:
            raise BusError("AlreadyExists", "Already Exists")
        if path not in self._connections:
            await self.Device1_Connect(path, sender)
        await self._secure(path, sender)

    async def Device1_CancelPairing(self, path, sender):
        raise BusError("DoesNotExist", "No pairing in progress")

    def _pairing(self, connection):
        path = self._path(connection.peer_address)
        agent = self._agents.get(getattr(self, "_pairs_for", None), self._default)
        return PairingConfig(
            mitm=agent is not None,
            identity_address_type=PairingConfig.AddressType.RANDOM,
            delegate=Asks(self, agent, path),
        )

    async def _secure(self, path, sender=None):
        """Encrypt by the bond, or pair; by the agent of `sender`, or the default one."""
        connection = self._connections[path]
        if await self._bond(connection):
            await self._encrypt(connection)
            return
        self._pairs_for = sender
        try:
            await asyncio.wait_for(until_gone(connection, connection.pair()), PAIRING_S)
        except (BaseBumbleError, TimeoutError, ConnectionError) as error:
            raise BusError("AuthenticationFailed", "Authentication Failed") from error
        identity = plain(connection.peer_address)
        self.put(path, DEVICE, Address=identity, Paired=True, Bonded=True)

    async def _bond(self, connection):
        return await self.central.keystore.get(str(connection.peer_address))

    async def _encrypt(self, connection):
        """Linux ends a connection whose key the other side has lost."""
        try:
            await until_gone(connection, connection.encrypt())
        except (BaseBumbleError, ConnectionError):
            await hung_up(connection)

    # -- the adapter

    async def Adapter1_SetDiscoveryFilter(self, path, sender, filters):
        return None

    async def Adapter1_GetDiscoveryFilters(self, path, sender):
        return "as", [["UUIDs", "RSSI", "Transport", "DuplicateData", "Pattern"]]

    async def Adapter1_StartDiscovery(self, path, sender):
        if not self._scanning:
            await self.central.start_scanning(active=True, filter_duplicates=False)
        self._scanning.add(sender)
        self.put(HCI, ADAPTER, Discovering=True)

    async def Adapter1_StopDiscovery(self, path, sender):
        if sender not in self._scanning:
            raise BusError("Failed", "No discovery started")
        self._scanning.discard(sender)
        if not self._scanning:
            await self.central.stop_scanning()
            self.put(HCI, ADAPTER, Discovering=False)

    async def Adapter1_RemoveDevice(self, path, sender, device):
        if device not in self._addresses:
            raise BusError("DoesNotExist", "Does Not Exist")
        if device in self._connections:
            await hung_up(self._connections[device])
        identity = self.values(device, DEVICE)["Address"]
        for name, _ in await self.central.keystore.get_all():
            if plain(name) == identity:
                await self.central.keystore.delete(name)
        await self.central.refresh_resolving_list()
        self._addresses.pop(device)
        self.remove(device)

    def _path(self, address):
        """The device's object: by its identity if that is known, which its path need not tell."""
        resolver = self.central.address_resolver
        known = resolver.resolve(address) if resolver and address.is_resolvable else None
        identity = plain(known or address)
        for path in self._addresses:
            if self.objects[path][DEVICE]["Address"] == identity:
                return path
        return f"{HCI}/dev_{identity.replace(':', '_')}"

    def _advertised(self, heard):
        path = self._path(heard.address)
        is_new = path not in self._addresses
        self._addresses[path] = heard.address
        values = {"RSSI": heard.rssi}
        if name := heard.data.get(AdvertisingData.COMPLETE_LOCAL_NAME):
            values |= {"Name": name, "Alias": name}
        before = [] if is_new else self.objects[path][DEVICE]["UUIDs"]
        values["UUIDs"] = list(dict.fromkeys(before + uuids_of(heard.data)))
        if is_new:
            self.add(path, DEVICE, **self._unknown(heard.address) | values)
        else:
            self.put(path, DEVICE, **values)

    def _unknown(self, address):
        address_type = "public" if address.is_public else "random"
        named = {"Address": plain(address), "AddressType": address_type, "Adapter": HCI}
        flags = ("Paired", "Bonded", "Trusted", "Blocked", "LegacyPairing", "Connected")
        return {**named, "Alias": "", "ServicesResolved": False, **dict.fromkeys(flags, False)}

    # -- connections

    async def Device1_Connect(self, path, sender):
        if path in self._connections:
            return
        try:
            connection = await self.central.connect(self._addresses[path], timeout=10)
        except BaseBumbleError as error:
            raise BusError("Failed", "br-connection-page-timeout") from error
        self._connections[path] = connection
        connection.on("disconnection", lambda _: self._disconnected(path))
        self.put(path, DEVICE, Connected=True)
        self._later(self._resolve(path, connection))

    async def Device1_Disconnect(self, path, sender):
        if path not in self._connections:
            raise BusError("NotConnected", "Not Connected")
        await hung_up(self._connections[path])

    def _disconnected(self, path):
        self._connections.pop(path, None)
        self.put(path, DEVICE, ServicesResolved=False)
        for each in [each for each in self._attributes if each.startswith(f"{path}/")]:
            del self._attributes[each]
            self._listening.pop(each, None)
        for each in [each for each in self.objects if each.startswith(f"{path}/service")]:
            self.remove(each)
        self.put(path, DEVICE, Connected=False)

    async def _resolve(self, path, connection):
        try:
            if await self._bond(connection):
                await self._encrypt(connection)
            peer = Peer(connection)
            await until_gone(connection, peer.request_mtu(517))
            await until_gone(connection, peer.discover_all())
        except (BaseBumbleError, ConnectionError) as error:
            log.info("%s: %r", path, error)
            return
        for service in peer.services:
            if not uuid_text(service.uuid).startswith(HIDDEN):
                self._add_service(path, service, connection.att_mtu)
        uuids = [uuid_text(service.uuid) for service in peer.services]
        self.put(path, DEVICE, UUIDs=uuids, ServicesResolved=True)

    def _add_service(self, device, service, mtu):
        path = f"{device}/service{service.handle:04x}"
        values = {"UUID": uuid_text(service.uuid), "Device": device, "Primary": True}
        self.add(path, SERVICE, **values, Includes=[], Handle=service.handle)
        for its in service.characteristics:
            self._add_characteristic(device, path, its, mtu)

    def _add_characteristic(self, device, service, its, mtu):
        path = f"{service}/char{its.handle - 1:04x}"
        flags = [name for bit, name in enumerate(FLAGS) if its.properties >> bit & 1]
        values = {"UUID": uuid_text(its.uuid), "Service": service, "Value": b"", "Flags": flags}
        if {"notify", "indicate"} & set(flags):
            values["Notifying"] = False
        self._attributes[path] = device, its
        self.add(path, CHARACTERISTIC, **values, MTU=mtu, Handle=its.handle - 1)
        for one in its.descriptors:
            below = f"{path}/desc{one.handle:04x}"
            self._attributes[below] = device, one
            values = {"UUID": uuid_text(one.type), "Characteristic": path, "Value": b""}
            self.add(below, DESCRIPTOR, **values, Flags=[], Handle=one.handle)

    # -- GATT

    async def _att(self, path, operation):
        """bluetoothd raises the security by itself, once, when it is told that it is too low."""
        device, its = self._attributes[path]
        connection = self._connections[device]
        try:
            try:
                return await until_gone(connection, operation(its))
            except ProtocolError as error:
                if error.error_code not in UNPAIRED or connection.is_encrypted:
                    raise
            await self._secure(device)
            return await until_gone(connection, operation(its))
        except ProtocolError as error:
            code = error.error_code
            told = ERRORS.get(code, ("Failed", f"Operation failed with ATT error: 0x{code:02x}"))
            raise BusError(*told) from error
        except ConnectionError as error:
            raise BusError("Failed", "Not connected") from error

    async def GattCharacteristic1_ReadValue(self, path, sender, options):
        value = bytes(await self._att(path, lambda its: its.read_value()))
        self.put(path, next(iter(self.objects[path])), Value=value)
        return "ay", [value]

    async def GattCharacteristic1_WriteValue(self, path, sender, value, options):
        kind = options["type"].value if "type" in options else "request"
        await self._att(path, lambda its: its.write_value(bytes(value), kind != "command"))

    async def GattCharacteristic1_StartNotify(self, path, sender):
        values, senders = self.values(path, CHARACTERISTIC), self._listening.setdefault(path, set())
        if "Notifying" not in values:
            raise BusError("NotSupported", "Operation is not supported")
        if sender in senders:
            raise BusError("InProgress", "In Progress")
        if not senders:

            def told(value):
                self.put(path, CHARACTERISTIC, Value=bytes(value))

            await self._att(path, lambda its: its.subscribe(told))
        senders.add(sender)
        self.put(path, CHARACTERISTIC, Notifying=True)

    async def GattCharacteristic1_StopNotify(self, path, sender):
        senders = self._listening.get(path, set())
        if sender not in senders:
            raise BusError("Failed", "No notify session started")
        senders.discard(sender)
        if not senders and path in self._attributes:
            await self._att(path, lambda its: its.unsubscribe(force=True))
            self.put(path, CHARACTERISTIC, Notifying=False)

    GattDescriptor1_ReadValue = GattCharacteristic1_ReadValue
    GattDescriptor1_WriteValue = GattCharacteristic1_WriteValue


async def until_gone(connection, operation):
    """What `operation` gives. ConnectionError if the connection ends first."""
    work, gone = asyncio.ensure_future(operation), asyncio.get_running_loop().create_future()
    connection.once("disconnection", lambda _: gone.done() or gone.set_result(None))
    try:
        await asyncio.wait((work, gone), return_when=asyncio.FIRST_COMPLETED)
        if work.done() and not work.cancelled():
            return work.result()
        raise ConnectionError("the connection ended")
    finally:
        work.cancel()
        gone.cancel()


async def hung_up(connection):
    try:
        await connection.disconnect()
    except BaseBumbleError as error:  # the other side was faster
        log.info("disconnect: %r", error)


def plain(address):
    return str(address).removesuffix("/P")


@asynccontextmanager
async def fake_bluez(central, address):
    """BlueZ on the bus at `address`, over this central."""
    bluez = FakeBlueZ(central)
    await bluez.start(address)
    try:
        yield bluez
    finally:
        for connection in list(central.connections.values()):
            await hung_up(connection)
        for task in bluez.tasks:
            task.cancel()
        await asyncio.gather(*bluez.tasks, return_exceptions=True)
        bluez.bus.disconnect()
