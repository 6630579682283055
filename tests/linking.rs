//! What the build script works out about linking is tested here, since nothing runs the tests of a build script.

#[path = "../build/order.rs"]
mod order;
