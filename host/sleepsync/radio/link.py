"""The virtual air and its controllers: Bumble's, mended where they differ from a real one.

What is mended: scan responses are sent, and adverts that nobody can connect to; an address may
change while connections go on; whoever vanishes is missed by its peers; controllers do legacy
advertising only, as the ESP32's. There is no loss, no range and no connection interval: how
fast it is depends on the desktop.
"""

import asyncio
from dataclasses import dataclass

from bumble import hci, ll
from bumble.controller import Controller, LegacyAdvertiser
from bumble.core import PhysicalTransport
from bumble.link import LocalLink

_ACL_BYTES = 251  # of the link layer's longest packet
_RSSI_DBM = -50

_Type = hci.HCI_LE_Set_Advertising_Parameters_Command.AdvertisingType
_Report = hci.HCI_LE_Advertising_Report_Event
_REPORTED_AS = {
    _Type.ADV_IND: _Report.EventType.ADV_IND,
    _Type.ADV_SCAN_IND: _Report.EventType.ADV_SCAN_IND,
    _Type.ADV_NONCONN_IND: _Report.EventType.ADV_NONCONN_IND,
}


@dataclass
class Advert(ll.AdvInd):
    """An advert with all that a scanner may learn of it."""

    type: int
    scan_response: bytes


class Air(LocalLink):
    """Where controllers hear each other."""

    def send_acl_data(self, sender_controller, destination_address, transport, data) -> None:  # type: ignore[no-untyped-def]
        """Deliver under the address that the connection was made with."""
        connection = sender_controller.le_connections.get(destination_address)
        receiver = self.find_le_controller(destination_address)
        if connection is None or receiver is None or transport != PhysicalTransport.LE:
            return
        loop = asyncio.get_running_loop()
        loop.call_soon(receiver.on_link_acl_data, connection.self_address, transport, data)

    def send_ll_control_pdu(self, sender_address, receiver_address, packet) -> None:  # type: ignore[no-untyped-def]
        """Deliver, or lose it if the peer has vanished."""
        if self.find_le_controller(receiver_address):
            super().send_ll_control_pdu(sender_address, receiver_address, packet)


class VirtualController(Controller):
    """A controller in the air `link`, with the public address `address`."""

    le_features = Controller.le_features & ~hci.LeFeatureMask.LE_EXTENDED_ADVERTISING
    le_acl_data_packet_length = _ACL_BYTES

    def __init__(self, name: str, link: Air, address: str) -> None:
        super().__init__(name, link=link, public_address=address)
        self.le_legacy_advertiser = _Advertiser(self)

    def vanish(self) -> None:
        """Be gone without a word: peers lose their connections by time-out."""
        self.le_legacy_advertiser.stop()
        peers = [
            (self.link.find_le_controller(connection.peer_address), connection.self_address)
            for connection in self.le_connections.values()
        ]
        self.link.remove_controller(self)
        self.le_connections.clear()
        for peer, address in peers:
            if peer and (connection := peer.le_connections.get(address)):
                peer.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def on_le_disconnected(self, connection, reason) -> None:  # type: ignore[no-untyped-def]
        """Tell it once, should both sides end the connection at the same time."""
        if connection.peer_address in self.le_connections:
            super().on_le_disconnected(connection, reason)

    def on_le_connect_ind(self, packet: ll.ConnectInd) -> None:
        """Let itself be connected to while it advertises that one may."""
        if self.le_legacy_advertiser.advertising_type == _Type.ADV_IND:
            super().on_le_connect_ind(packet)

    def on_hci_le_create_connection_cancel_command(
        self, command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        """Wait for nobody any more, and say that it came to nothing."""
        waited, self.pending_le_connection = self.pending_le_connection, None
        if not isinstance(waited, hci.HCI_LE_Create_Connection_Command):
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        asyncio.get_running_loop().call_soon(self.send_hci_packet, _came_to_nothing(waited))
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_advertising_pdu(self, pdu: ll.AdvInd | ll.AdvExtInd) -> None:
        """Report it if the host scans, and connect if it waits for this one."""
        if not isinstance(pdu, Advert):
            return
        if self.le_scan_enable:
            self._report(pdu, _REPORTED_AS[_Type(pdu.type)], pdu.data)
            if self.le_scan_type and pdu.type != _Type.ADV_NONCONN_IND:
                self._report(pdu, _Report.EventType.SCAN_RSP, pdu.scan_response)
        waits = self.pending_le_connection
        if waits and waits.peer_address == pdu.advertiser_address and pdu.type == _Type.ADV_IND:
            self.create_le_connection(pdu.advertiser_address)

    def _report(self, pdu: Advert, kind: int, data: bytes) -> None:
        report = _Report.Report(
            event_type=kind,
            address_type=pdu.advertiser_address.address_type,
            address=pdu.advertiser_address,
            data=data,
            rssi=_RSSI_DBM,
        )
        self.send_hci_packet(_Report([report]))


def _came_to_nothing(
    waited: hci.HCI_LE_Create_Connection_Command,
) -> hci.HCI_LE_Connection_Complete_Event:
    return hci.HCI_LE_Connection_Complete_Event(
        status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
        connection_handle=0,
        role=hci.Role.CENTRAL,
        peer_address_type=waited.peer_address_type,
        peer_address=waited.peer_address,
        connection_interval=0,
        peripheral_latency=0,
        supervision_timeout=0,
        central_clock_accuracy=0,
    )


class _Advertiser(LegacyAdvertiser):
    def send_advertising_data(self) -> None:
        if not self.enabled:
            return
        advert = Advert(
            self.address, self.advertising_data, self.advertising_type, self.scan_response_data
        )
        self.controller.send_advertising_pdu(advert)
