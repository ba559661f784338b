//! Keys by RFC 4733: one press is one key, however many packets tell of it, and whatever the sender gets wrong.

use std::collections::VecDeque;
use std::time::Duration;

/// The keys by their number.
const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];
/// A packet with the end bit, first seen within this time of the last one of the same key, is of the old press: some
/// relays give each repetition of the end a new timestamp.
const ECHO_OF_END: Duration = Duration::from_millis(80);
/// A press that nothing was heard of for so long is over, even if its end was lost.
const LOST_END: Duration = Duration::from_millis(200);
/// How far a new segment of a long press may be from the end of the last one, in samples.
const SEAM: u32 = 400;
/// Presses whose late packets are recognised.
const REMEMBERED: usize = 16;

/// What a packet says about a press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    pub key: char,
    /// Whether the press is a new one.
    pub new: bool,
    /// When the packet's segment began, in the sender's time.
    pub timestamp: u32,
    /// How long the segment has lasted, in samples.
    pub lasted: u16,
}

/// A packet.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    pub ssrc: u32,
    pub marker: bool,
    pub timestamp: u32,
    code: u8,
    end: bool,
    duration: u16,
}

impl Event {
    /// Reads a payload. `None` if it isn't a key.
    pub fn read(ssrc: u32, marker: bool, timestamp: u32, payload: &[u8]) -> Option<Self> {
        let [code, flags, high, low] = *payload.first_chunk::<4>()?;
        let duration = u16::from_be_bytes([high, low]);
        KEYS.get(usize::from(code))?;
        Some(Self { ssrc, marker, timestamp, code, end: flags & 0x80 != 0, duration })
    }
}

#[derive(Debug, Clone, Copy)]
struct Press {
    event: Event,
    ended: bool,
    seen: Duration,
}

/// The presses of one call.
#[derive(Debug, Default)]
pub struct History {
    current: Option<Press>,
    /// Segments that were heard: (source, timestamp, code).
    known: VecDeque<(u32, u32, u8)>,
}

impl History {
    /// Takes a packet that arrived now. `None` if it tells nothing new: it is late or repeated.
    pub fn packet(&mut self, event: Event, now: Duration) -> Option<Heard> {
        let key = *KEYS.get(usize::from(event.code))?;
        let known = self.known.contains(&(event.ssrc, event.timestamp, event.code));
        let new = match &mut self.current {
            Some(press) if known && is_current(press, &event) => {
                press.ended |= event.end;
                press.event.duration = press.event.duration.max(event.duration);
                press.seen = now;
                false
            }
            _ if known => return None,
            Some(press) if goes_on(press, &event, now) => {
                *press = Press { event, ended: press.ended || event.end, seen: now };
                false
            }
            _ => {
                self.current = Some(Press { event, ended: event.end, seen: now });
                true
            }
        };
        if !known {
            self.known.truncate(REMEMBERED);
            self.known.push_front((event.ssrc, event.timestamp, event.code));
        }
        Some(Heard { key, new, timestamp: event.timestamp, lasted: event.duration })
    }
}

fn is_current(press: &Press, event: &Event) -> bool {
    let of = press.event;
    (of.ssrc, of.timestamp, of.code) == (event.ssrc, event.timestamp, event.code)
}

/// Whether a packet with a new timestamp belongs to the press all the same.
fn goes_on(press: &Press, event: &Event, now: Duration) -> bool {
    let since = now.saturating_sub(press.seen);
    if press.event.code != event.code || since > LOST_END {
        return false;
    }
    if event.end && since <= ECHO_OF_END && (press.ended || !event.marker) {
        return true;
    }
    if press.ended || event.marker {
        return false;
    }
    // A long press in segments, a timestamp that moves with each packet, or another source after a re-INVITE.
    let later = event.timestamp.wrapping_sub(press.event.timestamp);
    press.event.ssrc != event.ssrc || later <= u32::from(press.event.duration).saturating_add(SEAM)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn packet(marker: bool, timestamp: u32, code: u8, end: bool, duration: u16) -> Event {
        let [high, low] = duration.to_be_bytes();
        Event::read(7, marker, timestamp, &[code, if end { 0x8A } else { 0x0A }, high, low]).unwrap()
    }

    /// The keys of packets, 20 ms apart.
    fn keys(packets: &[Event]) -> String {
        let mut history = History::default();
        let heard = packets.iter().zip(0..).map(|(event, nth)| history.packet(*event, at(20 * nth)));
        heard.flatten().filter(|heard| heard.new).map(|heard| heard.key).collect()
    }

    fn press(timestamp: u32, code: u8, packets: u16) -> Vec<Event> {
        let mut all: Vec<Event> =
            (1..=packets).map(|nth| packet(nth == 1, timestamp, code, false, nth * 160)).collect();
        all.extend([packet(false, timestamp, code, true, packets * 160 + 160); 3]);
        all
    }

    #[test]
    fn one_press_is_one_key() {
        assert_eq!(keys(&press(1_000, 5, 5)), "5");
        assert_eq!(keys(&[press(1_000, 5, 5), press(2_000, 5, 5), press(3_000, 11, 1)].concat()), "55#");
        assert_eq!(keys(&press(1_000, 10, 0)), "*", "only the end is heard");
        assert!(Event::read(7, true, 0, &[16, 0, 0, 0]).is_none(), "a hook flash");
        assert!(Event::read(7, true, 0, &[1, 0, 0]).is_none());
    }

    #[test]
    fn repeated_ends_with_new_timestamps_are_the_old_press() {
        let mut packets = press(1_000, 7, 4);
        packets.push(packet(false, 1_160, 7, true, 960));
        packets.push(packet(false, 1_320, 7, true, 960));
        packets.push(packet(true, 1_480, 7, true, 960));
        assert_eq!(keys(&packets), "7");
    }

    #[test]
    fn a_long_press_is_one_key() {
        let mut packets = vec![packet(true, 0, 1, false, 64_000), packet(false, 0, 1, false, 0xFFFF)];
        packets.extend([packet(false, 0xFFFF, 1, false, 160), packet(false, 0xFFFF, 1, false, 320)]);
        packets.extend([packet(false, 0xFFFF, 1, true, 480); 3]);
        assert_eq!(keys(&packets), "1");
        let moving: Vec<Event> = (0..50).map(|nth| packet(nth == 0, nth * 160, 3, nth > 47, 160)).collect();
        assert_eq!(keys(&moving), "3", "the timestamp moves with each packet");
    }

    #[test]
    fn late_packets_of_an_old_press_are_nothing() {
        let (first, second) = (press(1_000, 1, 3), press(2_000, 2, 3));
        assert_eq!(keys(&[&first[..], &second[..], &first[4..], &second[..1]].concat()), "12");
    }

    #[test]
    fn two_presses_whose_ends_were_lost_are_two() {
        assert_eq!(keys(&[&press(1_000, 1, 3)[..3], &press(2_200, 1, 3)[..3]].concat()), "11");
        let mut history = History::default();
        assert!(history.packet(packet(false, 0, 4, false, 160), at(0)).unwrap().new);
        assert!(history.packet(packet(false, 900, 4, true, 160), at(300)).unwrap().new);
    }

    #[test]
    fn another_source_in_mid_press_is_the_same_press() {
        let mut history = History::default();
        assert!(history.packet(packet(true, 500, 4, false, 160), at(0)).unwrap().new);
        let moved = Event { ssrc: 8, timestamp: 90_000, ..packet(false, 0, 4, false, 320) };
        assert!(!history.packet(moved, at(20)).unwrap().new);
    }

    proptest! {
        #[test]
        fn each_press_is_a_key_with_loss_and_repetition(
            codes in prop::collection::vec(0_u8..16, 1..30), lengths in prop::collection::vec(2_u16..40, 30),
            fates in prop::collection::vec(0_u8..5, 2_000), first: u32,
        ) {
            let mut history = History::default();
            let (mut found, mut ms, mut fates) = (String::new(), 0_u64, fates.into_iter().cycle());
            for (code, length) in codes.iter().zip(&lengths) {
                let timestamp = first.wrapping_add(u32::try_from(ms).unwrap() * 8);
                for (nth, event) in press(timestamp, *code, *length).into_iter().enumerate() {
                    // The first packet and an end arrive, the others may be lost or doubled.
                    let copies = if nth == 0 || nth > usize::from(length + 1) { 1 } else { fates.next().unwrap() / 2 };
                    for _ in 0..copies {
                        let heard = history.packet(event, at(ms));
                        found.extend(heard.filter(|heard| heard.new).map(|heard| heard.key));
                    }
                    ms += 20;
                }
                ms += 40;
            }
            let wanted: String = codes.iter().map(|code| KEYS[usize::from(*code)]).collect();
            prop_assert_eq!(found, wanted);
        }

        #[test]
        fn nothing_breaks_it(
            packets in prop::collection::vec((any::<[u8; 4]>(), any::<u32>(), any::<bool>(), 0_u64..99), 0..99),
        ) {
            let mut history = History::default();
            let mut now = 0;
            for (payload, timestamp, marker, later) in packets {
                now += later;
                if let Some(event) = Event::read(timestamp % 3, marker, timestamp, &payload) {
                    history.packet(event, at(now));
                }
            }
        }
    }
}
