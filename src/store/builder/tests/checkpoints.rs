//! Checkpoints of so many wallets that their snapshots go in as a file, one of which fails.

use crate::domain::record::Terms;
use crate::domain::samples::TERMS;
use crate::journal::embedded::{self, Embedded};
use crate::journal::frame::FrameBuilder;
use crate::journal::rows::put_record;
use crate::journal::{Append, Log, Sealed};

use super::*;

const WALLETS: u32 = 5_000;

/// A journal with a frame that opens so many wallets.
fn journal(folder: &std::path::Path) -> Embedded {
    let settings =
        embedded::Settings { folder: folder.to_owned(), partitions: 1, write_buffer_bytes: 1 << 20 };
    let (mut journal, _) = Embedded::open(&settings).unwrap();
    let (mut frame, mut head) = (FrameBuilder::default(), Head::default());
    for number in 0..WALLETS {
        let name = format!("wallet-{number}");
        let change = Change::Opened(Terms { wallet: &name, ..TERMS });
        frame.push(|out| put_record(out, number, &Record { number: 1, occurred_at: NOW, change }));
    }
    let bytes = frame.seal(0, &mut head, NOW).into();
    let sealed = Sealed { partition: 0, number: 1, rows: WALLETS, bytes, ids: Default::default() };
    assert_eq!(journal.append(&[sealed]), Append::Durable);
    journal
}

#[test]
fn what_a_failed_checkpoint_could_not_write_the_next_one_writes() {
    let [of_journal, of_views] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let journal = journal(of_journal.path());
    let open = || {
        let views = Arc::new(Views::open(&settings(of_views.path())).unwrap());
        Builder::new(views, journal.frames(), SECRET, 1).unwrap()
    };
    let mut builder = open();
    assert_eq!(builder.pass(u64::MAX, |_| ()).unwrap().rows, u64::from(WALLETS));
    let incoming = builder.views.incoming.clone();
    fs::remove_dir_all(&incoming).unwrap();
    builder.checkpoint().expect_err("there is no place for the file of snapshots");
    assert_eq!(builder.views.position().unwrap().map(|(mark, _)| mark.commit), None);
    fs::create_dir_all(&incoming).unwrap();
    builder.checkpoint().unwrap();
    drop(builder);
    let builder = open();
    assert_eq!(builder.position().commit, 1);
    let ids: Vec<_> = (0..WALLETS).map(|number| WalletId { partition: 0, number }).collect();
    for (id, snapshot) in ids.iter().zip(builder.views.snapshots(&ids).unwrap()) {
        assert_eq!(snapshot, Some(first_snapshot(*id, &TERMS, NOW)), "{id:?}");
    }
}
