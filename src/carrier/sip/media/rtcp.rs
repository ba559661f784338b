//! Reports about the sound (RTCP, RFC 3550), by `rtcp-types`: session border controllers take them as a sign of life.

use std::time::Duration;

use rtcp_types::{
    Bye, Compound, CompoundBuilder, Packet, ReceiverReport, ReportBlock, RtcpPacketWriterExt, Sdes, SdesChunk,
    SdesItem, SenderReport,
};

/// Room for what we write.
pub type Buffer = [u8; 256];

/// What was received, as reports tell it.
#[derive(Debug, Default)]
pub struct Reception {
    source: Option<Source>,
    /// The middle of the last report's time, and when it came.
    last_report: Option<(u32, Duration)>,
}

#[derive(Debug)]
struct Source {
    ssrc: u32,
    first: u32,
    highest: u32,
    received: u32,
    reported: (u32, u32),
    transit: Option<i64>,
    jitter: f64,
}

/// What was sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub ssrc: u32,
    /// The time of the report in RTP.
    pub timestamp: u32,
    pub packets: u32,
    pub bytes: u32,
}

impl Reception {
    /// Counts a packet that arrived now.
    pub fn count(&mut self, ssrc: u32, sequence: u16, timestamp: u32, now: Duration) {
        let begun = self.source.take_if(|source| source.ssrc == ssrc);
        let mut source = begun.unwrap_or(Source {
            ssrc,
            first: sequence.into(),
            highest: sequence.into(),
            received: 0,
            reported: (0, 0),
            transit: None,
            jitter: 0.0,
        });
        let ahead = sequence.wrapping_sub(source.highest as u16).cast_signed();
        if ahead > 0 {
            source.highest = source.highest.wrapping_add(ahead.unsigned_abs().into());
        }
        source.received = source.received.wrapping_add(1);
        let arrived = i64::try_from(now.as_micros() / 125).unwrap_or_default();
        let transit = arrived.wrapping_sub(timestamp.into());
        if let Some(before) = source.transit {
            // The difference is right even if the timestamp began anew at zero.
            let apart = (transit.wrapping_sub(before) as i32).unsigned_abs();
            source.jitter += (f64::from(apart) - source.jitter) / 16.0;
        }
        source.transit = Some(transit);
        self.source = Some(source);
    }

    /// Takes a report of the other side. Whether it was one.
    pub fn heard(&mut self, bytes: &[u8], now: Duration) -> bool {
        let Ok(compound) = Compound::parse(bytes) else { return false };
        for packet in compound {
            match packet {
                Ok(Packet::Sr(report)) => self.last_report = Some(((report.ntp_timestamp() >> 16) as u32, now)),
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        true
    }

    fn block(&mut self, now: Duration) -> Option<rtcp_types::ReportBlockBuilder> {
        let source = self.source.as_mut()?;
        let expected = source.highest.wrapping_sub(source.first).wrapping_add(1);
        let (expected_before, received_before) = source.reported;
        let expected_since = expected.wrapping_sub(expected_before);
        let lost_since = expected_since.saturating_sub(source.received.wrapping_sub(received_before));
        let fraction = lost_since.saturating_mul(256).checked_div(expected_since).unwrap_or_default().min(255);
        source.reported = (expected, source.received);
        let block = ReportBlock::builder(source.ssrc)
            .fraction_lost(fraction as u8)
            .cumulative_lost(expected.saturating_sub(source.received).min(0x7F_FFFF))
            .extended_sequence_number(source.highest)
            .interarrival_jitter(source.jitter as u32);
        Some(match self.last_report {
            None => block,
            Some((middle, came)) => block
                .last_sender_report_timestamp(middle)
                .delay_since_last_sender_report_timestamp((now.saturating_sub(came).as_secs_f64() * 65_536.0) as u32),
        })
    }

    /// Writes a report. The time in it is that of the call's clock, not of the day.
    pub fn report<'b>(
        &mut self,
        sent: Sent,
        name: &str,
        bye: bool,
        now: Duration,
        buffer: &'b mut Buffer,
    ) -> Option<&'b [u8]> {
        let block = self.block(now);
        let compound = Compound::builder();
        let compound: CompoundBuilder<'_> = if sent.packets > 0 {
            let fraction = u64::from(now.subsec_nanos()).wrapping_shl(32).wrapping_div(1_000_000_000);
            let report = SenderReport::builder(sent.ssrc)
                .ntp_timestamp(now.as_secs().wrapping_shl(32) | fraction)
                .rtp_timestamp(sent.timestamp)
                .packet_count(sent.packets)
                .octet_count(sent.bytes);
            compound.add_packet(match block {
                Some(block) => report.add_report_block(block),
                None => report,
            })
        } else {
            let report = ReceiverReport::builder(sent.ssrc);
            compound.add_packet(match block {
                Some(block) => report.add_report_block(block),
                None => report,
            })
        };
        let name = SdesItem::builder(SdesItem::CNAME, name);
        let compound = compound.add_packet(Sdes::builder().add_chunk(SdesChunk::builder(sent.ssrc).add_item(name)));
        let compound = if bye { compound.add_packet(Bye::builder().add_source(sent.ssrc)) } else { compound };
        let length = compound.write_into(buffer).ok()?;
        buffer.get(..length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    const SENT: Sent = Sent { ssrc: 5, timestamp: 800, packets: 3, bytes: 480 };

    #[test]
    fn a_report_tells_what_was_lost() {
        let mut reception = Reception::default();
        for nth in (0..100_u16).filter(|nth| nth % 4 != 3) {
            reception.count(9, 65_500_u16.wrapping_add(nth), u32::from(nth) * 160, at(u64::from(nth) * 20));
        }
        let mut buffer = [0; 256];
        let written = reception.report(SENT, "a@b", false, at(3_500), &mut buffer).unwrap();
        let packets: Vec<_> = Compound::parse(written).unwrap().map(Result::unwrap).collect();
        let [Packet::Sr(report), Packet::Sdes(_)] = &packets[..] else { panic!("{packets:?}") };
        let block = report.report_blocks().next().unwrap();
        assert_eq!((block.ssrc(), block.cumulative_lost(), block.extended_sequence_number()), (9, 24, 65_598));
        assert_eq!((block.fraction_lost(), block.interarrival_jitter()), (62, 0));
        assert_eq!((report.packet_count(), report.ntp_timestamp() >> 31), (3, 7));

        let mut other = Reception::default();
        assert!(other.heard(written, at(5_000)));
        other.count(5, 1, 0, at(5_000));
        let none = Sent { packets: 0, ..SENT };
        let written = other.report(none, "a@b", true, at(6_000), &mut buffer).unwrap();
        let packets: Vec<_> = Compound::parse(written).unwrap().map(Result::unwrap).collect();
        let [Packet::Rr(report), Packet::Sdes(_), Packet::Bye(_)] = &packets[..] else { panic!("{packets:?}") };
        let block = report.report_blocks().next().unwrap();
        assert_eq!(block.last_sender_report_timestamp(), (3 << 16) + (1 << 15));
        assert_eq!(block.delay_since_last_sender_report_timestamp(), 65_536);
    }

    proptest! {
        #[test]
        fn nothing_breaks_it(
            bytes in prop::collection::vec(any::<u8>(), 0..200), first in 0x80_u8..0xA0, kind in 200_u8..208,
            counted in prop::collection::vec((0_u32..3, any::<u16>(), any::<u32>(), 0_u64..99), 0..50),
        ) {
            let mut reception = Reception::default();
            let mut bytes = bytes;
            for (place, byte) in bytes.iter_mut().zip([first, kind, 0]) {
                *place = byte;
            }
            reception.heard(&bytes, at(1));
            for (ssrc, sequence, timestamp, ms) in counted {
                reception.count(ssrc, sequence, timestamp, at(ms));
                prop_assert!(reception.report(SENT, "x", true, at(ms), &mut [0; 256]).is_some());
            }
        }
    }
}
