//! The agenda shared by whoever feeds it (the writer), wakes by it (the supervisor) and runs what it says.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use tokio::sync::Notify;

use crate::engine::agenda::{Agenda, Plan};
use crate::engine::directory::Cell;

pub struct Schedule {
    agenda: Mutex<Agenda>,
    changed: Notify,
}

impl Schedule {
    pub fn new(agenda: Agenda) -> Schedule {
        Schedule { agenda: Mutex::new(agenda), changed: Notify::new() }
    }

    pub fn put(&self, cell: &Arc<Cell>, plan: Plan) {
        self.agenda.lock().put(cell, plan);
        self.look_again();
    }

    /// Held for the length of a look only.
    pub fn agenda(&self) -> MutexGuard<'_, Agenda> {
        self.agenda.lock()
    }

    /// Time has moved, or something is done: whoever waits looks again.
    pub fn look_again(&self) {
        self.changed.notify_one();
    }

    /// Ends when something has changed since it was last waited for. For one waiter.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}
