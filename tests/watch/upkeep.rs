//! Memory stays where it is although nobody scrapes.

use std::time::Duration;

use farebox::actors::start;
use farebox::clock::Clock;
use farebox::config::Config;
use tikv_jemalloc_ctl::{epoch, stats};

/// Each takes eight bytes until it is folded into its buckets.
const SAMPLES: u32 = 4_000_000;
/// Half of what they take.
const NOTICED_BYTES: usize = 16 << 20;
/// The supervisor looks once a second.
const FOLDED_WITHIN: Duration = Duration::from_secs(20);

fn allocated() -> usize {
    epoch::advance().expect("the allocator counts");
    stats::allocated::read().expect("the allocator counts")
}

#[test]
fn what_histograms_have_gathered_is_folded_while_nobody_scrapes() {
    let home = tempfile::tempdir().expect("a home for the engine");
    let config = Config { data_dir: home.path().join("data"), ..Config::default() };
    actix_rt::System::new().block_on(async {
        let running = start::start(config, Clock::system(), false).expect("a start");
        let seconds = &running.engine.meters().journal.commit_seconds;
        let before = allocated();
        for _ in 0..SAMPLES {
            seconds.record(0.001);
        }
        // The supervisor may have folded some of them already: what is still there counts from here.
        let gathered = allocated();
        let mut left = gathered;
        let tries = FOLDED_WITHIN.as_millis() / 100;
        for _ in 0..tries {
            left = allocated();
            if left < before + NOTICED_BYTES {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(
            left < before + NOTICED_BYTES,
            "{before} bytes before, {gathered} after, {left} were never let go"
        );
        running.stop().await;
    });
}
