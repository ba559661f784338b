//! RTP packets (RFC 3550), by `rtp-types`.

use rtp_types::{RtpPacket, RtpPacketBuilder};

use super::FRAME;

/// Bytes of the header that we write.
const HEADER: usize = 12;

/// A packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    pub payload_type: u8,
    pub marker: bool,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    pub payload: &'a [u8],
}

/// Reads a packet. `None` if it isn't one.
pub fn read(bytes: &[u8]) -> Option<Packet<'_>> {
    let packet = RtpPacket::parse(bytes).ok()?;
    let payload_begins = packet.payload_offset();
    let payload = bytes.get(payload_begins..payload_begins.checked_add(packet.payload_len())?)?;
    Some(Packet {
        payload_type: packet.payload_type(),
        marker: packet.marker_bit(),
        sequence: packet.sequence_number(),
        timestamp: packet.timestamp(),
        ssrc: packet.ssrc(),
        payload,
    })
}

/// A written packet of at most 20 ms.
pub type Buffer = [u8; HEADER + FRAME];

/// Writes a packet. A payload that is longer than a frame isn't written.
pub fn write<'b>(packet: &Packet<'_>, buffer: &'b mut Buffer) -> Option<&'b [u8]> {
    let written = RtpPacketBuilder::<&[u8], &[u8]>::new()
        .payload_type(packet.payload_type)
        .marker_bit(packet.marker)
        .sequence_number(packet.sequence)
        .timestamp(packet.timestamp)
        .ssrc(packet.ssrc)
        .payload(packet.payload)
        .write_into(buffer);
    buffer.get(..written.ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_can_be_read(
            payload in prop::collection::vec(any::<u8>(), 0..=FRAME), payload_type in 0_u8..128, marker: bool,
            sequence: u16, timestamp: u32, ssrc: u32,
        ) {
            let packet = Packet { payload_type, marker, sequence, timestamp, ssrc, payload: &payload };
            let mut buffer = [0; HEADER + FRAME];
            let written = write(&packet, &mut buffer).unwrap();
            prop_assert_eq!(written.len(), HEADER + payload.len());
            prop_assert_eq!(read(written), Some(packet));
        }

        #[test]
        fn nothing_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200), first in 0x80_u8..0xC0) {
            _ = read(&bytes);
            let mut bytes = bytes;
            if let Some(byte) = bytes.first_mut() {
                *byte = first;
            }
            if let Some(packet) = read(&bytes) {
                prop_assert!(packet.payload.len() + HEADER <= bytes.len());
            }
        }
    }

    #[test]
    fn csrcs_extensions_and_padding_are_skipped() {
        let mut bytes = vec![0xB1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        bytes.extend([9; 4]);
        bytes.extend([0xBE, 0xDE, 0, 1, 7, 7, 7, 7]);
        bytes.extend([5, 6, 0, 2]);
        assert_eq!(read(&bytes).unwrap().payload, [5, 6]);
        *bytes.last_mut().unwrap() = 200;
        assert_eq!(read(&bytes), None);
    }
}
