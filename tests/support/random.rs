//! Random choices that a seed repeats: a failed run is run again with its own seed.

/// SplitMix64 (Steele, Lea and Flood, 2014): enough for choosing what to send and when to kill.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// From `FAREBOX_SEED`, else from the clock; printed, so that a failure can be repeated.
    pub fn from_environment() -> Random {
        let seed = match std::env::var("FAREBOX_SEED") {
            Ok(text) => {
                text.parse().unwrap_or_else(|_| panic!("FAREBOX_SEED: wanted a number, got {text:?}"))
            }
            Err(_) => jiff::Timestamp::now().as_nanosecond() as u64,
        };
        println!("seed: FAREBOX_SEED={seed}");
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// 0 up to, and without, `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}
