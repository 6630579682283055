//! Caught signals are noted once, interrupt the main thread, and reach no other.

use crate::real::RealHost;
use crate::real::testing::{Program, alone};
use crate::{Clock, Delimited, Disposition, Files, Line, Processes, Signal, Signals, Wait, WaitStatus};
use std::sync::Arc;
use std::time::{Duration, Instant};

const USR1: i32 = libc::SIGUSR1;

fn send_soon(signal: i32) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(30));
        // SAFETY: takes no pointers.
        unsafe { libc::kill(libc::getpid(), signal) };
    })
}

fn usr1() -> Signal {
    Signal::new(USR1).unwrap()
}

fn catching() -> RealHost {
    let host = RealHost::owning_process();
    host.set_disposition(usr1(), Disposition::Catch).unwrap();
    host
}

#[test]
fn blocking_calls_end_with_a_caught_signal() {
    let _alone = alone();
    let host = catching();
    let (reader, _writer) = host.pipe().unwrap();
    let child = Program::shell(&host, "exec sleep 10").start(&host).unwrap();
    let line = Line { delimiter: Some(b'\n'), limit: usize::MAX, deadline: None };
    let is_interrupted = |error: std::io::Error| error.kind() == std::io::ErrorKind::Interrupted;
    let calls: [&dyn Fn() -> bool; 6] = [
        &|| is_interrupted(reader.read(&mut [0; 8]).unwrap_err()),
        &|| reader.read_line(&line, &mut Vec::new()).unwrap() == Delimited::Interrupted,
        &|| is_interrupted(child.wait(Wait::UntilSignal).unwrap_err()),
        &|| host.wait_any(std::slice::from_ref(&child)).unwrap().is_none(),
        &|| !host.sleep(Duration::from_secs(10)),
        &|| {
            host.pause();
            true
        },
    ];
    for call in calls {
        let sender = send_soon(USR1);
        let start = Instant::now();
        assert!(call());
        assert!(start.elapsed() < Duration::from_secs(5));
        assert!(host.signal_waits());
        assert_eq!((host.take_signal(), host.take_signal()), (Some(usr1()), None));
        sender.join().unwrap();
    }
    child.kill(Signal::KILL).unwrap();
    child.wait(Wait::Exit).unwrap();
    host.set_disposition(usr1(), Disposition::Default).unwrap();
}

#[test]
fn waiting_for_the_end_outlasts_signals() {
    let _alone = alone();
    let host = catching();
    let child = Program::shell(&host, "sleep 0.2; exit 3").start(&host).unwrap();
    let sender = send_soon(USR1);
    assert_eq!(child.wait(Wait::Exit).unwrap(), Some(WaitStatus::Exited(3)));
    sender.join().unwrap();
    host.pause();
    assert_eq!(host.take_signal(), Some(usr1()));
    host.set_disposition(usr1(), Disposition::Default).unwrap();
}

#[test]
fn workers_go_on_reading() {
    let _alone = alone();
    let host = Arc::new(catching());
    let (reader, writer) = host.pipe().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    host.run_concurrently(Box::new(move || sender.send(reader.read(&mut [0; 8]).unwrap()).unwrap())).unwrap();
    let thread = send_soon(USR1);
    host.pause();
    assert_eq!(host.take_signal(), Some(usr1()));
    writer.write_all(b"abc").unwrap();
    assert_eq!(receiver.recv().unwrap(), 3);
    thread.join().unwrap();
    host.set_disposition(usr1(), Disposition::Default).unwrap();
}

#[test]
fn the_lowest_signal_comes_first_and_each_once() {
    let host = RealHost::embedded();
    for signal in [Signal::TERM, Signal::INT, Signal::TERM] {
        host.post_signal(signal);
    }
    let taken = [host.take_signal(), host.take_signal(), host.take_signal()];
    assert_eq!(taken, [Some(Signal::INT), Some(Signal::TERM), None]);
}

#[test]
fn programs_see_caught_signals_at_their_default() {
    let _alone = alone();
    let host = catching();
    host.set_disposition(Signal::TSTP, Disposition::Ignore).unwrap();
    let end = Program::shell(&host, "kill -USR1 $$").start(&host).unwrap().wait(Wait::Exit).unwrap();
    assert_eq!(end, Some(WaitStatus::Signaled { signal: usr1(), core: false }));
    let text = Program::shell(&host, "grep SigIgn /proc/self/status").output(&host).1;
    let set = u64::from_str_radix(text.split_whitespace().nth(1).unwrap(), 16).unwrap();
    assert_eq!(set & 1 << (libc::SIGTSTP - 1), 0);
    host.set_disposition(Signal::TSTP, Disposition::Default).unwrap();
    host.set_disposition(usr1(), Disposition::Default).unwrap();
    assert!(host.set_disposition(Signal::KILL, Disposition::Catch).is_err());
}

#[test]
fn a_writer_gets_an_error_where_the_process_is_ours() {
    let _alone = alone();
    let host = RealHost::owning_process();
    let (reader, writer) = host.pipe().unwrap();
    drop(reader);
    assert_eq!(writer.write(b"x").unwrap_err().kind(), std::io::ErrorKind::BrokenPipe);
    let (sender, receiver) = std::sync::mpsc::channel();
    let work = move || sender.send(writer.write(b"x").unwrap_err().kind()).unwrap();
    host.run_concurrently(Box::new(work)).unwrap();
    assert_eq!(receiver.recv().unwrap(), std::io::ErrorKind::BrokenPipe);
    assert!(!host.signal_waits());
}

#[test]
fn sigpipe_from_outside_still_kills() {
    let _alone = alone();
    let host = RealHost::owning_process();
    if super::start::pipe_was_ignored() {
        return;
    }
    let crate::Forked::Parent(child) = host.fork(&[]).unwrap() else {
        host.sleep(Duration::from_secs(5));
        host.exit(0)
    };
    std::thread::sleep(Duration::from_millis(50));
    child.kill(Signal::PIPE).unwrap();
    let end = child.wait(Wait::Exit).unwrap();
    assert_eq!(end, Some(WaitStatus::Signaled { signal: Signal::PIPE, core: false }));
}

#[test]
fn an_embedded_host_changes_no_disposition() {
    let _alone = alone();
    let host = RealHost::embedded();
    let before = super::is_ignored_now(libc::SIGUSR2);
    host.set_disposition(Signal::new(libc::SIGUSR2).unwrap(), Disposition::Ignore).unwrap();
    assert_eq!(super::is_ignored_now(libc::SIGUSR2), before);
}
