//! Forks while other threads are made, work and end. One test, since no thread but the host's own may begin or end
//! meanwhile.
#![allow(clippy::unwrap_used, reason = "a test")]

use bash_host::real::RealHost;
use bash_host::{Files, Forked, Processes, Wait, WaitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// In the child: a pipe, and another thread at its end.
fn child(host: &RealHost) -> i32 {
    let (reader, writer) = host.pipe().unwrap();
    host.run_concurrently(Box::new(move || writer.write_all(b"x").unwrap())).unwrap();
    let mut buffer = [0; 8];
    let first = reader.read(&mut buffer).unwrap();
    let end = reader.read(&mut buffer).unwrap();
    i32::from((first, end) != (1, 0))
}

/// Keeps threads coming and going.
fn be_busy(host: &Arc<RealHost>, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let (_reader, writer) = host.pipe().unwrap();
        writer.write_all(&[1; 100]).unwrap();
        for _ in 0..20 {
            host.run_concurrently(Box::new(|| drop(vec![0_u8; 1000]))).unwrap();
        }
    }
}

#[test]
fn a_child_of_a_busy_process_does_not_hang() {
    let host = Arc::new(RealHost::owning_process());
    let stop = Arc::new(AtomicBool::new(false));
    for _ in 0..2 {
        let (of_worker, stop) = (host.clone(), stop.clone());
        host.run_concurrently(Box::new(move || be_busy(&of_worker, &stop))).unwrap();
    }
    for _ in 0..300 {
        match host.fork(&[]).unwrap() {
            Forked::Child => host.exit(child(&host)),
            Forked::Parent(child) => assert_eq!(child.wait(Wait::Exit).unwrap(), Some(WaitStatus::Exited(0))),
        }
    }
    stop.store(true, Ordering::Relaxed);
}
