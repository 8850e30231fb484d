//! Downloads are whole or seen to be cut, however their exports end; and exports end when they are to.

use futures_util::StreamExt as _;

use super::*;

const NONE: Result<(), String> = Ok(());

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
}

/// Everything of a download, and whether it was whole.
async fn all_of(mut download: Download) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    while let Some(piece) = download.next().await {
        match piece {
            Ok(piece) => bytes.extend_from_slice(&piece),
            Err(Cut) => {
                assert!(download.next().await.is_none(), "nothing comes after a cut");
                return (bytes, false);
            }
        }
    }
    (bytes, true)
}

/// Writes for as long as somebody waits.
fn endless(mut outlet: Outlet) -> Result<Outlet, String> {
    loop {
        outlet.write_all(&[7; 1_000]).map_err(|error| error.to_string())?;
    }
}

#[test]
fn a_download_is_whole_where_its_export_came_to_its_end_and_cut_where_not() {
    type Ending = fn(Outlet) -> Result<Outlet, String>;
    let table: [(&str, Ending, bool); 3] = [
        ("to its end", Ok, true),
        ("an error", |_| Err("no more".to_owned()), false),
        ("a panic", |_| panic!("this panic is part of a test"), false),
    ];
    runtime().block_on(async {
        for (name, ending, whole) in table {
            for length in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 10 * PIECE_BYTES + 7] {
                let exports = Exports::beside(|| false);
                let wanted: Vec<u8> = (0..length).map(|place| (place % 251) as u8).collect();
                let written = wanted.clone();
                let write = move |_: u64, mut outlet: Outlet| {
                    outlet.write_all(&written).unwrap();
                    ending(outlet)
                };
                let (rows, download) = exports.start(|| Ok(5), write).await.ok().unwrap();
                assert_eq!(rows, 5, "what is to come is said first");
                let (found, found_whole) = all_of(download).await;
                assert_eq!(found_whole, whole, "{name} after {length} bytes");
                if whole {
                    assert!(found == wanted, "{name}: {length} bytes");
                }
                exports.join();
                let ExportFigures { running, ended, bytes } = exports.figures();
                let want = if whole { [1, 0, 0, 0] } else { [0, 0, 1, 0] };
                assert_eq!((running, ended), (0, want), "{name} after {length} bytes");
                assert!(!whole || bytes == length as u64, "{bytes} of {length} bytes are counted");
            }
        }
    });
}

#[test]
fn what_fails_before_it_begins_is_told_and_sends_nothing() {
    runtime().block_on(async {
        let exports = Exports::beside(|| false);
        let begun = exports.start(|| Err::<(), _>("no cells".to_owned()), |(), outlet| Ok(outlet)).await;
        assert!(matches!(begun, Err(NotBegun::Failed(why)) if why == "no cells"));
        let begin = || -> Result<(), String> { panic!("this panic is part of a test") };
        assert!(matches!(exports.start(begin, |(), outlet| Ok(outlet)).await, Err(NotBegun::Ended(_))));
    });
}

#[test]
fn as_many_as_there_is_room_for_and_a_client_that_goes_away_makes_room() {
    runtime().block_on(async {
        let exports = Exports::beside(|| false);
        let start = || exports.start(|| NONE, |(), outlet| endless(outlet));
        let mut downloads = Vec::new();
        for _ in 0..EXPORTS_MAX {
            downloads.push(start().await.ok().unwrap());
        }
        let Err(NotBegun::Busy(busy)) = start().await else { panic!("there is no room") };
        assert_eq!((busy.retry_after_seconds, busy.stopping), (RETRY_AFTER_SECONDS, false));
        downloads.pop();
        while exports.room.available_permits() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        assert!(start().await.is_ok(), "one has gone");
    });
}

#[test]
fn a_stop_ends_exports_whose_clients_do_not_read_and_those_that_write_nothing() {
    runtime().block_on(async {
        let exports = Exports::beside(|| false);
        let (_, blocked) = exports.start(|| NONE, |(), outlet| endless(outlet)).await.ok().unwrap();
        let silent = |(), outlet: Outlet| {
            let wanted = outlet.wanted();
            while wanted.is_so() {
                std::thread::yield_now();
            }
            Err("given up".to_owned())
        };
        let (_, waiting) = exports.start(|| NONE, silent).await.ok().unwrap();
        exports.stop();
        exports.join();
        for download in [blocked, waiting] {
            assert!(!all_of(download).await.1, "cut, and seen to be");
        }
        let Err(NotBegun::Busy(busy)) = exports.start(|| NONE, |(), outlet| Ok(outlet)).await else {
            panic!("nothing begins after a stop")
        };
        assert!(busy.stopping);
    });
}

#[test]
fn an_export_rests_eight_times_what_it_works_in_bites_while_events_wait() {
    let busy = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let asked = Arc::clone(&busy);
    let mut rest = Rest::new(Arc::new(move || asked.load(Relaxed)));
    let millis = Duration::from_millis;
    assert_eq!(rest.due(millis(3)), millis(24));
    assert_eq!(rest.due(millis(10)), REST_MAX, "80, of which 30 remain");
    assert_eq!(rest.due(millis(1)), millis(38));
    assert_eq!(rest.due(millis(0)), millis(0));
    rest.due(millis(1_000));
    busy.store(false, Relaxed);
    assert_eq!(rest.due(millis(40)), millis(0), "nothing is owed any more");
}

#[test]
fn an_export_beside_events_is_whole_and_asks_after_them_with_every_piece() {
    runtime().block_on(async {
        let times = Arc::new(AtomicU64::new(0));
        let asked = Arc::clone(&times);
        let exports = Exports::beside(move || asked.fetch_add(1, Relaxed).is_multiple_of(2));
        let write = |(), mut outlet: Outlet| {
            outlet.write_all(&[7; 5 * PIECE_BYTES + 1]).map_err(|error| error.to_string())?;
            Ok(outlet)
        };
        let ((), download) = exports.start(|| NONE, write).await.ok().unwrap();
        let (found, whole) = all_of(download).await;
        assert_eq!((found.len(), whole), (5 * PIECE_BYTES + 1, true));
        assert_eq!(times.load(Relaxed), 6, "the last is a piece too, though not a full one");
    });
}
