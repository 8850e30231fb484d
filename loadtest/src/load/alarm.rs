//! Wakes at an instant to about a tenth of a millisecond. Timers of tokio tick once a millisecond, which is a fifth of
//! the latency that is to be measured.

use std::os::fd::OwnedFd;
use std::time::Instant;

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use tokio::io::unix::AsyncFd;

use crate::clock;

/// A timer of the system, which the thread that waits for answers waits for at once.
pub struct Alarm(AsyncFd<OwnedFd>);

impl Alarm {
    /// To be called where tokio runs.
    pub fn new() -> Alarm {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags).expect("a descriptor is free");
        // SAFETY: the descriptor is valid, owned by what is returned, and neither replaced nor closed before that is.
        #[allow(unsafe_code)]
        let timer = unsafe { AsyncFd::register(timer) };
        Alarm(timer.expect("a timer can be waited for"))
    }

    /// Waits until then. One task at a time.
    pub async fn wait_until(&self, instant: Instant) {
        loop {
            let left = instant.saturating_duration_since(clock::tick());
            if left.is_zero() {
                return;
            }
            let once = Itimerspec {
                it_interval: Timespec::default(),
                it_value: left.try_into().expect("nobody waits for centuries"),
            };
            // Setting it forgets that it has rung before.
            timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &once).expect("a whole timer");
            let mut rung = self.0.readable().await.expect("tokio runs for as long as it is waited for");
            rung.clear_ready();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn it_never_rings_early_and_always_rings() {
        let alarm = Alarm::new();
        for micros in [0, 300, 2_000, 1, 50, 5_000] {
            let instant = clock::tick() + Duration::from_micros(micros);
            alarm.wait_until(instant).await;
            assert!(clock::tick() >= instant, "{micros} us");
        }
    }

    #[tokio::test]
    async fn one_that_was_given_up_does_not_ring_for_the_next() {
        let alarm = Alarm::new();
        let soon = clock::tick() + Duration::from_millis(1);
        // Polled once; on a machine that stands still meanwhile it may have rung by then.
        tokio::select! {
            biased;
            () = alarm.wait_until(soon) => {}
            () = std::future::ready(()) => {}
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
        let instant = clock::tick() + Duration::from_millis(2);
        alarm.wait_until(instant).await;
        assert!(clock::tick() >= instant);
    }
}
