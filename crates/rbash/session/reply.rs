//! What the result of a host command means: a status, and perhaps something to write.

use super::call::Call;
use bash_session::Status;
use std::error::Error;
use std::io;

/// The result of a [`crate::HostCommand`].
///
/// `()` is success; numbers, [`Status`] and `bool` are the status; text and bytes are written to standard output; an error
/// is written to standard error as a message of the command, with status 1.
pub trait Reply {
    /// Writes what is to be written, and gives the status.
    fn reply(self, call: &mut Call<'_>) -> Status;
}

impl Reply for () {
    fn reply(self, _: &mut Call<'_>) -> Status {
        Status::SUCCESS
    }
}

impl Reply for Status {
    fn reply(self, _: &mut Call<'_>) -> Status {
        self
    }
}

impl Reply for i32 {
    fn reply(self, _: &mut Call<'_>) -> Status {
        Status::new(self)
    }
}

impl Reply for bool {
    fn reply(self, _: &mut Call<'_>) -> Status {
        Status::from_truth(self)
    }
}

impl Reply for &str {
    fn reply(self, call: &mut Call<'_>) -> Status {
        call.print(self);
        Status::SUCCESS
    }
}

impl Reply for String {
    fn reply(self, call: &mut Call<'_>) -> Status {
        self.as_str().reply(call)
    }
}

impl Reply for &[u8] {
    fn reply(self, call: &mut Call<'_>) -> Status {
        call.print(self);
        Status::SUCCESS
    }
}

impl Reply for Vec<u8> {
    fn reply(self, call: &mut Call<'_>) -> Status {
        self.as_slice().reply(call)
    }
}

impl<T: Reply> Reply for Option<T> {
    /// Nothing is a failure.
    fn reply(self, call: &mut Call<'_>) -> Status {
        self.map_or(Status::FAILURE, |value| value.reply(call))
    }
}

impl<T: Reply, E: Into<Box<dyn Error>>> Reply for Result<T, E> {
    /// An output that nobody reads any more ends the (sub)shell without a word, as SIGPIPE does.
    fn reply(self, call: &mut Call<'_>) -> Status {
        let error = match self {
            Ok(value) => return value.reply(call),
            Err(error) => error.into(),
        };
        let broken =
            error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe);
        if broken {
            return call.leave_as_by_pipe();
        }
        call.error(error.to_string());
        Status::FAILURE
    }
}
