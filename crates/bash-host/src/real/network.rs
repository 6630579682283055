//! Connections, for redirections from and to `/dev/tcp` and `/dev/udp`.

use crate::{ConnectError, Protocol};
use std::ffi::CString;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::fd::OwnedFd;
use std::sync::{Mutex, PoisonError};

/// The C library has one answer for all that ask for services.
static SERVICES: Mutex<()> = Mutex::new(());

/// Connects to the first address of the host that answers.
pub(super) fn connect(protocol: Protocol, host: &[u8], port: &[u8]) -> Result<OwnedFd, ConnectError> {
    let host = std::str::from_utf8(host).map_err(|_| ConnectError::UnknownHost)?;
    let port = port_number(protocol, port).ok_or(ConnectError::UnknownService)?;
    let addresses: Vec<SocketAddr> =
        (host, port).to_socket_addrs().map_err(|_| ConnectError::UnknownHost)?.collect();
    let connection = match protocol {
        Protocol::Tcp => TcpStream::connect(&addresses[..]).map(OwnedFd::from),
        Protocol::Udp => udp(&addresses).map(OwnedFd::from),
    };
    connection.map_err(ConnectError::Refused)
}

fn udp(addresses: &[SocketAddr]) -> std::io::Result<UdpSocket> {
    let any = if addresses.first().is_some_and(SocketAddr::is_ipv6) { "[::]:0" } else { "0.0.0.0:0" };
    let socket = UdpSocket::bind(any)?;
    socket.connect(addresses)?;
    Ok(socket)
}

/// A number (of which the system takes 16 bits) or the name of a service.
fn port_number(protocol: Protocol, text: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(text).ok()?;
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<u32>().ok().map(|number| number as u16);
    }
    let name = CString::new(text).ok()?;
    let protocol = match protocol {
        Protocol::Tcp => c"tcp",
        Protocol::Udp => c"udp",
    };
    let _asking = SERVICES.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: both strings end with a NUL; the answer is read before anybody else can ask, since we hold the lock.
    unsafe {
        let service = libc::getservbyname(name.as_ptr(), protocol.as_ptr());
        (!service.is_null()).then(|| u16::from_be((*service).s_port as u16))
    }
}
