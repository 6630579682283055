//! Bytes to characters and back, losing nothing: pest reads `&str`, a script is bytes.
