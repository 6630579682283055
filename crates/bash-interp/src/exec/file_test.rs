//! The unary and binary tests that `[[` and `test` share.
